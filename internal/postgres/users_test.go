package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

// store is a Store in a transaction of its own, rolled back at the end. Tests with it do not run in parallel: transactions that
// insert the same names wait for one another.
func store(t *testing.T) (context.Context, *postgres.Store) {
	t.Helper()
	return audit.WithActor(t.Context(), "ada", "192.0.2.1"), postgres.New(postgrestest.Tx(t))
}

func mustUser(t *testing.T, s *postgres.Store, name string) *directory.User {
	t.Helper()
	u := &directory.User{Email: name + "@example.org", UserName: name}
	if err := s.CreateUser(t.Context(), u, ""); err != nil {
		t.Fatal(err)
	}
	return u
}

func wantKind(t *testing.T, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Errorf("got %v, want %v", err, kind)
	}
}

func TestUserIsFoundByIDUserNameAndEmail(t *testing.T) {
	ctx, s := store(t)
	u := &directory.User{
		Email: " Ada@Example.org ", UserName: "ada", GivenName: "Ada", FamilyName: "Lovelace",
		DisplayName: "Countess", Attributes: directory.Attributes{"department": {"Engines", "Poetry"}}, Role: directory.RoleOwner,
	}
	if err := s.CreateUser(ctx, u, "hash"); err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{string(u.ID), "ADA", "ada@example.ORG"} {
		got, err := s.FindUser(ctx, ref)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		if diff := cmp.Diff(*u, got); diff != "" {
			t.Errorf("%s: %s", ref, diff)
		}
	}
	for _, ref := range []string{"", "nobody", "00000000-0000-0000-0000-000000000000", "not-a-uuid"} {
		_, err := s.FindUser(ctx, ref)
		wantKind(t, err, fault.NotFound)
		_, err = s.User(ctx, directory.UserID(ref))
		wantKind(t, err, fault.NotFound)
	}
}

func TestNamesAreUniqueWhateverTheirCaseAndKind(t *testing.T) {
	ctx, s := store(t)
	mustUser(t, s, "ada")
	for _, u := range []directory.User{
		{Email: "ADA@example.org", UserName: "other"},
		{Email: "other@example.org", UserName: "Ada"},
		{Email: "other@example.org", UserName: "ada@EXAMPLE.org"}, // somebody else's e-mail address
	} {
		wantKind(t, s.CreateUser(ctx, &u, ""), fault.Conflict)
	}
	v := &directory.User{Email: "bob@example.org", UserName: "carol@example.org"}
	if err := s.CreateUser(ctx, v, ""); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.CreateUser(ctx, &directory.User{Email: "carol@example.org"}, ""), fault.Conflict)
	v.Email = "ada@example.org"
	wantKind(t, s.UpdateUser(ctx, v), fault.Conflict)
}

func TestInvalidUserIsNotKept(t *testing.T) {
	ctx, s := store(t)
	wantKind(t, s.CreateUser(ctx, &directory.User{Email: "nonsense"}, ""), fault.Invalid)
	u := mustUser(t, s, "ada")
	u.GivenName = "A\x00"
	wantKind(t, s.UpdateUser(ctx, u), fault.Invalid)
}

func TestUsersAreSearchedAndPaged(t *testing.T) {
	ctx, s := store(t)
	for _, name := range []string{"carol", "ada", "bob"} {
		mustUser(t, s, name)
	}
	special := &directory.User{Email: "x@example.org", DisplayName: "100% Łódź_Person"}
	if err := s.CreateUser(ctx, special, ""); err != nil {
		t.Fatal(err)
	}
	names := func(f postgres.UserFilter) (names []string) {
		users, err := s.Users(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range users {
			names = append(names, u.UserName)
		}
		return names
	}
	for _, c := range []struct {
		filter postgres.UserFilter
		want   []string
	}{
		{postgres.UserFilter{}, []string{"ada", "bob", "carol", "x@example.org"}},
		{postgres.UserFilter{Limit: 1, Offset: 1}, []string{"bob"}},
		{postgres.UserFilter{Search: "AROL"}, []string{"carol"}},
		{postgres.UserFilter{Search: "100% ŁÓDŹ_"}, []string{"x@example.org"}},
		{postgres.UserFilter{Search: "%"}, []string{"x@example.org"}},
		{postgres.UserFilter{Search: "nobody"}, nil},
	} {
		if diff := cmp.Diff(c.want, names(c.filter)); diff != "" {
			t.Errorf("%+v: %s", c.filter, diff)
		}
	}
	if n, err := s.CountUsers(ctx, "example.org"); err != nil || n != 4 {
		t.Errorf("counted %d, %v", n, err)
	}
}

func TestChangeOfAUserIsRecordedWithOldAndNew(t *testing.T) {
	ctx, s := store(t)
	u := mustUser(t, s, "ada")
	u.FamilyName = "Lovelace"
	if err := s.UpdateUser(ctx, u); err != nil {
		t.Fatal(err)
	}
	if err := s.UpdateUser(ctx, u); err != nil { // changes nothing, records nothing
		t.Fatal(err)
	}
	if err := s.SetUserDisabled(ctx, u.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := s.SetPassword(ctx, u.ID, "$argon2id$secret"); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.User(ctx, u.ID); got.FamilyName != "Lovelace" || !got.Disabled {
		t.Errorf("kept %+v", got)
	}
	events, err := s.AuditEvents(ctx, postgres.EventFilter{Object: u.Object()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, fmt.Sprint(e.Actor, " ", e.Address, " ", e.Action, " ", e.Detail))
	}
	want := []string{
		"ada 192.0.2.1 user.password map[]",
		"ada 192.0.2.1 user.disable map[Disabled:map[new:true old:false]]",
		"ada 192.0.2.1 user.update map[FamilyName:map[new:Lovelace old:]]",
		"service  user.create map[email:ada@example.org role:]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	older, _ := s.AuditEvents(ctx, postgres.EventFilter{Before: events[2].ID, Limit: 1})
	if len(older) != 1 || older[0].ID != events[3].ID {
		t.Errorf("older than the third: %v", older)
	}
}

func TestLastAdministratorStays(t *testing.T) {
	ctx, s := store(t)
	owner := &directory.User{Email: "owner@example.org", Role: directory.RoleOwner}
	if err := s.CreateUser(ctx, owner, ""); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.SetUserDisabled(ctx, owner.ID, true), fault.Conflict)
	wantKind(t, s.DeleteUser(ctx, owner.ID), fault.Conflict)
	demoted := *owner
	demoted.Role = directory.RoleNone
	wantKind(t, s.UpdateUser(ctx, &demoted), fault.Conflict)

	second := &directory.User{Email: "second@example.org", Role: directory.RoleOwner}
	if err := s.CreateUser(ctx, second, ""); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteUser(ctx, owner.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := s.CountOwners(ctx); err != nil || n != 1 {
		t.Errorf("%d owners, %v", n, err)
	}
}

func TestTwoAdministratorsCannotDisableEachOther(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
	var owners [2]directory.User
	for i := range owners {
		owners[i] = directory.User{Email: fmt.Sprintf("owner%d@example.org", i), Role: directory.RoleOwner}
		if err := s.CreateUser(ctx, &owners[i], ""); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		results := make(chan error, 2)
		for _, o := range owners {
			go func() { results <- s.SetUserDisabled(ctx, o.ID, true) }()
		}
		if a, b := <-results, <-results; (a == nil) == (b == nil) {
			t.Fatalf("results %v and %v", a, b)
		}
		if n, _ := s.CountOwners(ctx); n != 1 {
			t.Fatalf("%d owners left", n)
		}
		for _, o := range owners {
			must(t, s.SetUserDisabled(ctx, o.ID, false))
		}
	}
}

func TestUnknownUserCannotBeChanged(t *testing.T) {
	ctx, s := store(t)
	for _, id := range []directory.UserID{"", "00000000-0000-0000-0000-000000000000"} {
		wantKind(t, s.SetUserDisabled(ctx, id, true), fault.NotFound)
		wantKind(t, s.SetPassword(ctx, id, "x"), fault.NotFound)
		wantKind(t, s.DeleteUser(ctx, id), fault.NotFound)
	}
}

func TestManyUsersAreAddedAtOnce(t *testing.T) {
	ctx, s := store(t)
	users := make([]directory.User, 6000)
	for i := range users {
		users[i] = directory.User{Email: fmt.Sprintf("u%05d@example.org", i), Attributes: directory.Attributes{"n": {fmt.Sprint(i)}}}
	}
	if err := s.AddUsers(ctx, users); err != nil {
		t.Fatal(err)
	}
	got, err := s.User(ctx, users[5999].ID)
	if err != nil || got.Email != "u05999@example.org" || got.Attributes["n"][0] != "5999" {
		t.Errorf("got %+v, %v", got, err)
	}
	if n, _ := s.CountUsers(ctx, ""); n != 6000 {
		t.Errorf("%d users", n)
	}
}

func TestDisabledPersonLosesTheirSessions(t *testing.T) {
	ctx, s := store(t)
	u := mustUser(t, s, "ada")
	o := opening(*u, monday, noToken)
	open(t, s, o)
	must(t, s.SetUserDisabled(ctx, u.ID, true))
	must(t, s.SetUserDisabled(ctx, u.ID, false))
	_, _, err := s.SessionByToken(ctx, o.Token, monday)
	wantKind(t, err, fault.NotFound)
}
