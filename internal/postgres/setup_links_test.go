package postgres_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func TestSetupLinkMakesOneAdministrator(t *testing.T) {
	ctx, s := store(t)
	link := []byte("hash of a link")
	must(t, s.CreateSetupLink(ctx, link, now))
	must(t, s.CheckSetupLink(ctx, link, now))
	must(t, s.CheckSetupLink(ctx, link, now)) // looking does not use it up

	wantKind(t, s.UseSetupLink(ctx, link, now, &directory.User{Email: "nonsense"}, "hash"), fault.Invalid)
	must(t, s.CheckSetupLink(ctx, link, now)) // what fails does not either

	u := &directory.User{Email: "ada@example.org"}
	must(t, s.UseSetupLink(ctx, link, now, u, "hash"))
	if got, err := s.User(ctx, u.ID); err != nil || got.Role != directory.RoleOwner {
		t.Errorf("made %+v, %v", got, err)
	}
	wantKind(t, s.CheckSetupLink(ctx, link, now), fault.NotFound)
	wantKind(t, s.UseSetupLink(ctx, link, now, &directory.User{Email: "eve@example.org"}, "hash"), fault.NotFound)
}

func TestSetupLinkRunsOutAfterADay(t *testing.T) {
	ctx, s := store(t)
	link := []byte("hash of a link")
	must(t, s.CreateSetupLink(ctx, link, now))
	must(t, s.CheckSetupLink(ctx, link, now.Add(24*time.Hour-time.Second)))
	late := now.Add(24 * time.Hour)
	wantKind(t, s.CheckSetupLink(ctx, link, late), fault.NotFound)
	wantKind(t, s.UseSetupLink(ctx, link, late, &directory.User{Email: "ada@example.org"}, "hash"), fault.NotFound)
	must(t, s.CreateSetupLink(ctx, []byte("another"), late))
	must(t, s.CreateSetupLink(ctx, link, late)) // the old row is gone
	wantKind(t, s.CheckSetupLink(ctx, []byte("never made"), now), fault.NotFound)
}

func TestSetupLinkIsUsedByOneOfMany(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
	link := []byte("hash of a link")
	must(t, s.CreateSetupLink(ctx, link, now))
	var all sync.WaitGroup
	var made atomic.Int32
	for _, name := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			if s.UseSetupLink(ctx, link, now, &directory.User{Email: name + "@example.org"}, "hash") == nil {
				made.Add(1)
			}
		})
	}
	all.Wait()
	if n, _ := s.CountOwners(ctx); n != 1 || made.Load() != 1 {
		t.Errorf("%d administrators, %d told so", n, made.Load())
	}
}

func TestFirstAdministratorUsesUpAllLinks(t *testing.T) {
	t.Run("AUTHN-21 links of earlier starts make nobody an administrator once there is one", func(t *testing.T) {
		ctx, s := store(t)
		first, old, later, more := []byte("first"), []byte("old"), []byte("later"), []byte("more")
		must(t, s.CreateSetupLink(ctx, old, now))
		must(t, s.CreateSetupLink(ctx, first, now))
		must(t, s.UseSetupLink(ctx, first, now, &directory.User{Email: "ada@example.org"}, "hash"))
		wantKind(t, s.CheckSetupLink(ctx, old, now), fault.NotFound)
		wantKind(t, s.UseSetupLink(ctx, old, now, &directory.User{Email: "eve@example.org"}, "hash"), fault.NotFound)

		must(t, s.CreateSetupLink(ctx, later, now)) // made on purpose, for others
		must(t, s.CreateSetupLink(ctx, more, now))
		must(t, s.UseSetupLink(ctx, later, now, &directory.User{Email: "bob@example.org"}, "hash"))
		must(t, s.CheckSetupLink(ctx, more, now))
	})
	t.Run("AUTHN-21 of two links used at once before there is an administrator one works", func(t *testing.T) {
		t.Parallel()
		ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
		links := []string{"a", "b", "c", "d"}
		for _, l := range links {
			must(t, s.CreateSetupLink(ctx, []byte(l), now))
		}
		var all sync.WaitGroup
		for _, l := range links {
			all.Go(func() {
				if err := s.UseSetupLink(ctx, []byte(l), now, &directory.User{Email: l + "@example.org"}, "hash"); err != nil && !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n, _ := s.CountOwners(ctx); n != 1 {
			t.Errorf("%d administrators", n)
		}
	})
}
