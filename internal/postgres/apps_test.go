package postgres_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func newApp(name string) *apps.App {
	return &apps.App{Name: name, EntityID: "https://" + name + ".example.org/saml", Enabled: true, Settings: apps.Settings{
		ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: "https://" + name + ".example.org/acs"}},
	}}
}

func mustApp(t *testing.T, s *postgres.Store, name string) *apps.App {
	t.Helper()
	a := newApp(name)
	must(t, s.CreateApp(t.Context(), a))
	return a
}

func TestAppIsKeptWhole(t *testing.T) {
	ctx, s := store(t)
	yes := true
	a := newApp("wiki")
	a.Settings.ACS[0].IsDefault = &yes
	a.Settings.Claims = []apps.Claim{{Name: "mail", Source: apps.SourceEmail, Required: true}}
	a.Settings.Lifetime = apps.Duration(90 * time.Second)
	a.Settings.Sign = apps.SignAssertion
	a.Settings.MetadataValidUntil = time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)
	a.MetadataXML = []byte("<EntityDescriptor/>")
	must(t, s.CreateApp(ctx, a))
	if a.Slug != "wiki" || a.Version != 1 {
		t.Errorf("slug %s, version %d", a.Slug, a.Version)
	}
	for _, ref := range []string{string(a.ID), "wiki", a.EntityID} {
		got, err := s.FindApp(ctx, ref)
		if diff := cmp.Diff(*a, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
	}
	if got, err := s.AppByEntityID(ctx, a.EntityID); err != nil || got.ID != a.ID {
		t.Errorf("by entity ID: %v, %v", got.ID, err)
	}
	for _, ref := range []string{"", "nothing", "00000000-0000-0000-0000-000000000000", strings.ToUpper(a.EntityID)} {
		_, err := s.FindApp(ctx, ref)
		wantKind(t, err, fault.NotFound)
		_, err = s.AppByEntityID(ctx, ref)
		wantKind(t, err, fault.NotFound)
	}
}

func TestAppsAreListedByNameWithoutDocuments(t *testing.T) {
	ctx, s := store(t)
	b, a := newApp("beta"), newApp("alpha")
	b.MetadataXML = []byte("<EntityDescriptor/>")
	must(t, s.CreateApp(ctx, b))
	must(t, s.CreateApp(ctx, a))
	got, err := s.Apps(ctx)
	if err != nil || len(got) != 2 || got[0].ID != a.ID || got[1].ID != b.ID || got[1].MetadataXML != nil {
		t.Fatalf("got %+v, %v", got, err)
	}
	got[1].Name = "Beta again" // an app from the list can be written back
	must(t, s.UpdateApp(ctx, &got[1]))
	if kept, _ := s.App(ctx, b.ID); string(kept.MetadataXML) != "<EntityDescriptor/>" {
		t.Error("the update lost the metadata document")
	}
}

func TestAppsOfOneNameGetDifferentSlugs(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			a := newApp(fmt.Sprint("wiki", i))
			a.Name = "Our Wiki"
			if err := s.CreateApp(ctx, a); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, slug := range []string{"our-wiki", "our-wiki-2", "our-wiki-3", "our-wiki-4"} {
		if _, err := s.FindApp(ctx, slug); err != nil {
			t.Error(err)
		}
	}
}

func TestTakenNamesOfAppsAreConflicts(t *testing.T) {
	ctx, s := store(t)
	mustApp(t, s, "wiki")
	wantKind(t, s.CreateApp(ctx, newApp("wiki")), fault.Conflict) // entity ID
	other := newApp("other")
	other.Slug = "wiki"
	wantKind(t, s.CreateApp(ctx, other), fault.Conflict)
	wantKind(t, s.CreateApp(ctx, &apps.App{Name: "No addresses", EntityID: "x"}), fault.Invalid)
}

func TestSecondWriterOfAnAppIsToldSo(t *testing.T) {
	ctx, s := store(t)
	mine := mustApp(t, s, "wiki")
	theirs := *mine
	theirs.Name = "Theirs"
	must(t, s.UpdateApp(ctx, &theirs))
	if theirs.Version != 2 {
		t.Errorf("version %d", theirs.Version)
	}
	mine.Name = "Mine"
	wantKind(t, s.UpdateApp(ctx, mine), fault.Conflict)
	if got, _ := s.App(ctx, mine.ID); got.Name != "Theirs" {
		t.Errorf("kept %s", got.Name)
	}
	again := theirs
	must(t, s.UpdateApp(ctx, &again))
	if again.Version != 2 {
		t.Errorf("an update that changes nothing made version %d", again.Version)
	}
	wantKind(t, s.UpdateApp(ctx, newApp("never-kept")), fault.NotFound)
}

func TestAppIsDisabledEnabledAndDeleted(t *testing.T) {
	ctx, s := store(t)
	a := mustApp(t, s, "wiki")
	must(t, s.SetAppEnabled(ctx, a.ID, false))
	if got, _ := s.App(ctx, a.ID); got.Enabled || got.Version != 2 {
		t.Errorf("enabled %v, version %d", got.Enabled, got.Version)
	}
	must(t, s.SetAppEnabled(ctx, a.ID, true))
	must(t, s.Assign(ctx, a.ID, apps.Assignee{Everyone: true}))
	must(t, s.DeleteApp(ctx, a.ID))
	_, err := s.App(ctx, a.ID)
	wantKind(t, err, fault.NotFound)
	wantKind(t, s.DeleteApp(ctx, a.ID), fault.NotFound)
	wantKind(t, s.SetAppEnabled(ctx, "nonsense", true), fault.NotFound)
	var actions []string
	events, _ := s.AuditEvents(ctx, postgres.EventFilter{Object: a.Object()})
	for _, e := range events {
		actions = append(actions, e.Action)
	}
	if diff := cmp.Diff([]string{"app.delete", "app.assign", "app.enable", "app.disable", "app.create"}, actions); diff != "" {
		t.Error(diff)
	}
}

func TestChangedAppsAndKeysNotifyEveryNode(t *testing.T) {
	t.Parallel()
	pool := postgrestest.Pool(t)
	ctx, s := t.Context(), postgres.New(pool)
	conn, err := pool.Acquire(ctx)
	must(t, err)
	defer conn.Release()
	_, err = conn.Exec(ctx, `LISTEN lanyard_snapshot`)
	must(t, err)
	heard := func(what string) {
		t.Helper()
		patience, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		if _, err := conn.Conn().WaitForNotification(patience); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	a := mustApp(t, s, "wiki")
	heard("create app")
	must(t, s.SetAppEnabled(ctx, a.ID, false))
	heard("change app")
	k := sealedKey(t, "")
	must(t, s.CreateSigningKey(ctx, k))
	heard("create key")
	must(t, s.ActivateSigningKey(ctx, k.ID, now))
	heard("activate key")
	must(t, s.DeleteApp(ctx, a.ID))
	heard("delete app")
}
