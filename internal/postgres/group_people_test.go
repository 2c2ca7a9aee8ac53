package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

func TestManyPeopleBecomeMembersAtOnce(t *testing.T) {
	ctx, s := store(t)
	ada, bob, eve, g := mustUser(t, s, "ada"), mustUser(t, s, "bob"), mustUser(t, s, "eve"), mustGroup(t, s, "Staff")
	must(t, s.AddUserToGroup(ctx, g.ID, bob.ID))
	n, err := s.AddUsersToGroup(ctx, g.ID, []directory.UserID{ada.ID, bob.ID, eve.ID})
	if err != nil || n != 2 {
		t.Errorf("%d added, %v", n, err)
	}
	events, err := s.AuditEvents(ctx, postgres.EventFilter{Object: g.Object(), Limit: 1})
	must(t, err)
	if diff := cmp.Diff(map[string]any{"members": []any{"ada", "eve"}}, events[0].Detail); diff != "" {
		t.Error(diff)
	}
	if n, err = s.AddUsersToGroup(ctx, g.ID, []directory.UserID{ada.ID}); err != nil || n != 0 {
		t.Errorf("again: %d added, %v", n, err)
	}
	_, err = s.AddUsersToGroup(ctx, "nobody", []directory.UserID{ada.ID})
	wantKind(t, err, fault.NotFound)
}

func TestPeopleOfAGroupComeInPages(t *testing.T) {
	ctx, s := store(t)
	g := mustGroup(t, s, "Staff")
	mustUser(t, s, "stranger")
	for _, name := range []string{"carl", "ada", "bob"} {
		must(t, s.AddUserToGroup(ctx, g.ID, mustUser(t, s, name).ID))
	}
	for _, c := range []struct {
		filter postgres.UserFilter
		want   []string
		count  int
	}{
		{postgres.UserFilter{}, []string{"ada", "bob", "carl"}, 3},
		{postgres.UserFilter{Limit: 2}, []string{"ada", "bob"}, 3},
		{postgres.UserFilter{Limit: 2, Offset: 2}, []string{"carl"}, 3},
		{postgres.UserFilter{Search: "AR"}, []string{"carl"}, 1},
		{postgres.UserFilter{Search: "stranger"}, nil, 0},
	} {
		people, err := s.PeopleOfGroup(ctx, g.ID, c.filter)
		must(t, err)
		var names []string
		for _, u := range people {
			names = append(names, u.UserName)
		}
		if diff := cmp.Diff(c.want, names); diff != "" {
			t.Errorf("%+v: %s", c.filter, diff)
		}
		if n, err := s.CountPeopleOfGroup(ctx, g.ID, c.filter.Search); err != nil || n != c.count {
			t.Errorf("%+v: %d, %v", c.filter, n, err)
		}
	}
}

func TestManyNamesAreFoundAtOnce(t *testing.T) {
	ctx, s := store(t)
	ada, bob := mustUser(t, s, "ada"), mustUser(t, s, "bob")
	got, err := s.UsersByName(ctx, []string{"ADA", "Bob@example.org", "nobody", ""})
	must(t, err)
	if diff := cmp.Diff(map[string]directory.UserID{"ADA": ada.ID, "Bob@example.org": bob.ID}, got); diff != "" {
		t.Error(diff)
	}
}
