package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

func mustGroup(t *testing.T, s *postgres.Store, name string) *directory.Group {
	t.Helper()
	g := &directory.Group{Name: name}
	if err := s.CreateGroup(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	return g
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func groupNames(groups []directory.Group) (names []string) {
	for _, g := range groups {
		names = append(names, g.Name)
	}
	return names
}

func TestGroupIsFoundByIDAndName(t *testing.T) {
	ctx, s := store(t)
	g := mustGroup(t, s, " Engineering ")
	for _, ref := range []string{string(g.ID), "ENGINEERING"} {
		got, err := s.FindGroup(ctx, ref)
		if diff := cmp.Diff(*g, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
	}
	for _, ref := range []string{"", "Sales", "00000000-0000-0000-0000-000000000000"} {
		_, err := s.FindGroup(ctx, ref)
		wantKind(t, err, fault.NotFound)
	}
	wantKind(t, s.CreateGroup(ctx, &directory.Group{Name: "engineering"}), fault.Conflict)
	wantKind(t, s.CreateGroup(ctx, &directory.Group{Name: " "}), fault.Invalid)
}

func TestGroupsAreListedWithTheirCounts(t *testing.T) {
	ctx, s := store(t)
	all, inner := mustGroup(t, s, "All"), mustGroup(t, s, "Inner")
	must(t, s.AddUserToGroup(ctx, all.ID, mustUser(t, s, "ada").ID))
	must(t, s.AddGroupToGroup(ctx, all.ID, inner.ID))
	got, err := s.Groups(ctx, postgres.GroupFilter{})
	want := []directory.GroupSummary{{Group: *all, Users: 1, Groups: 1}, {Group: *inner}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	got, err = s.Groups(ctx, postgres.GroupFilter{Search: "INN"})
	if err != nil || len(got) != 1 || got[0].Name != "Inner" {
		t.Errorf("found %v, %v", got, err)
	}
	if n, err := s.CountGroups(ctx, "l"); err != nil || n != 1 {
		t.Errorf("counted %d, %v", n, err)
	}
}

func TestGroupIsRenamedAndDeleted(t *testing.T) {
	ctx, s := store(t)
	g, other := mustGroup(t, s, "Sales"), mustGroup(t, s, "Other")
	must(t, s.RenameGroup(ctx, g.ID, "Marketing"))
	if got, _ := s.Group(ctx, g.ID); got.Name != "Marketing" {
		t.Errorf("named %s", got.Name)
	}
	wantKind(t, s.RenameGroup(ctx, other.ID, "marketing"), fault.Conflict)
	wantKind(t, s.RenameGroup(ctx, other.ID, ""), fault.Invalid)
	must(t, s.DeleteGroup(ctx, g.ID))
	_, err := s.Group(ctx, g.ID)
	wantKind(t, err, fault.NotFound)
	wantKind(t, s.DeleteGroup(ctx, g.ID), fault.NotFound)
}

func TestGroupsOfAPersonReachThroughNesting(t *testing.T) {
	ctx, s := store(t)
	ada := mustUser(t, s, "ada")
	inner, middle, outer, aside := mustGroup(t, s, "inner"), mustGroup(t, s, "middle"), mustGroup(t, s, "outer"), mustGroup(t, s, "aside")
	must(t, s.AddUserToGroup(ctx, inner.ID, ada.ID))
	must(t, s.AddUserToGroup(ctx, inner.ID, ada.ID)) // again: nothing changes
	must(t, s.AddGroupToGroup(ctx, middle.ID, inner.ID))
	must(t, s.AddGroupToGroup(ctx, outer.ID, middle.ID))
	must(t, s.AddGroupToGroup(ctx, outer.ID, inner.ID)) // a diamond is no circle
	must(t, s.AddGroupToGroup(ctx, aside.ID, mustGroup(t, s, "empty").ID))

	got, err := s.GroupsOfUser(ctx, ada.ID)
	if diff := cmp.Diff([]string{"inner", "middle", "outer"}, groupNames(got)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	users, err := s.UsersOfGroup(ctx, inner.ID)
	if err != nil || len(users) != 1 || users[0].ID != ada.ID {
		t.Errorf("users %v, %v", users, err)
	}
	groups, err := s.GroupsInGroup(ctx, outer.ID)
	if diff := cmp.Diff([]string{"inner", "middle"}, groupNames(groups)); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}

	must(t, s.RemoveGroupFromGroup(ctx, middle.ID, inner.ID))
	must(t, s.RemoveGroupFromGroup(ctx, outer.ID, inner.ID))
	must(t, s.RemoveUserFromGroup(ctx, inner.ID, ada.ID))
	if got, _ := s.GroupsOfUser(ctx, ada.ID); len(got) != 0 {
		t.Errorf("still in %v", groupNames(got))
	}
	events, _ := s.AuditEvents(ctx, postgres.EventFilter{Object: inner.Object()})
	if len(events) != 3 { // create, one add, one remove
		t.Errorf("%d events of the group", len(events))
	}
}

func TestGroupNeverContainsItself(t *testing.T) {
	ctx, s := store(t)
	a, b, c := mustGroup(t, s, "a"), mustGroup(t, s, "b"), mustGroup(t, s, "c")
	must(t, s.AddGroupToGroup(ctx, a.ID, b.ID))
	must(t, s.AddGroupToGroup(ctx, b.ID, c.ID))
	wantKind(t, s.AddGroupToGroup(ctx, c.ID, a.ID), fault.Conflict)
	wantKind(t, s.AddGroupToGroup(ctx, a.ID, a.ID), fault.Conflict)
	wantKind(t, s.AddGroupToGroup(ctx, "nonsense", a.ID), fault.NotFound)
	wantKind(t, s.AddUserToGroup(ctx, a.ID, "nonsense"), fault.NotFound)
}

func TestTwoHalvesOfACircleCannotBothPass(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
	for range 10 {
		a, b := mustGroup(t, s, t.Name()+"a"), mustGroup(t, s, t.Name()+"b")
		results := make(chan error, 2)
		put := func(outer, inner directory.GroupID) {
			results <- s.InTx(ctx, func(tx *postgres.Store) error { return tx.AddGroupToGroup(ctx, outer, inner) })
		}
		go put(a.ID, b.ID)
		go put(b.ID, a.ID)
		first, second := <-results, <-results
		if (first == nil) == (second == nil) {
			t.Fatalf("results %v and %v", first, second)
		}
		must(t, s.DeleteGroup(ctx, a.ID))
		must(t, s.DeleteGroup(ctx, b.ID))
	}
}
