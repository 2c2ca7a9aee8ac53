package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

func TestAssignmentsAreListedAndTakenAway(t *testing.T) {
	ctx, s := store(t)
	a := mustApp(t, s, "wiki")
	ada, staff := mustUser(t, s, "ada"), mustGroup(t, s, "Staff")
	assignees := []apps.Assignee{{Everyone: true}, {GroupID: staff.ID}, {UserID: ada.ID}}
	for i := range assignees {
		must(t, s.Assign(ctx, a.ID, assignees[len(assignees)-1-i]))
		must(t, s.Assign(ctx, a.ID, assignees[len(assignees)-1-i])) // again: nothing changes
	}
	listed := func() (got []apps.Assignee, names []string) {
		assignments, err := s.Assignments(ctx, a.ID)
		must(t, err)
		for _, x := range assignments {
			got, names = append(got, x.Assignee), append(names, x.Name)
		}
		return got, names
	}
	got, names := listed()
	if diff := cmp.Diff(assignees, got) + cmp.Diff([]string{"", "Staff", "ada"}, names); diff != "" {
		t.Error(diff)
	}
	for i, who := range assignees {
		must(t, s.Unassign(ctx, a.ID, who))
		must(t, s.Unassign(ctx, a.ID, who))
		if got, _ := listed(); len(got) != len(assignees)-1-i {
			t.Errorf("%d left after taking away %+v", len(got), who)
		}
	}
	if events, _ := s.AuditEvents(ctx, postgres.EventFilter{Object: a.Object()}); len(events) != 7 {
		t.Errorf("%d events, want create, 3 assign, 3 unassign", len(events))
	}
}

func TestOnlyWhatExistsIsAssigned(t *testing.T) {
	ctx, s := store(t)
	a := mustApp(t, s, "wiki")
	const nobody = "00000000-0000-0000-0000-000000000000"
	for _, who := range []apps.Assignee{{UserID: nobody}, {GroupID: nobody}, {UserID: "nonsense"}} {
		wantKind(t, s.Assign(ctx, a.ID, who), fault.NotFound)
	}
	wantKind(t, s.Assign(ctx, nobody, apps.Assignee{Everyone: true}), fault.NotFound)
	wantKind(t, s.Assign(ctx, a.ID, apps.Assignee{}), fault.Invalid)
	wantKind(t, s.Assign(ctx, a.ID, apps.Assignee{Everyone: true, UserID: nobody}), fault.Invalid)
}

func TestAssignmentReachesThroughNestedGroups(t *testing.T) {
	ctx, s := store(t)
	wiki, other := mustApp(t, s, "wiki"), mustApp(t, s, "other")
	ada, bob, carol := mustUser(t, s, "ada"), mustUser(t, s, "bob"), mustUser(t, s, "carol")
	inner, outer := mustGroup(t, s, "inner"), mustGroup(t, s, "outer")
	must(t, s.AddGroupToGroup(ctx, outer.ID, inner.ID))
	must(t, s.AddUserToGroup(ctx, inner.ID, ada.ID))
	must(t, s.Assign(ctx, wiki.ID, apps.Assignee{GroupID: outer.ID}))
	must(t, s.Assign(ctx, wiki.ID, apps.Assignee{UserID: bob.ID}))
	must(t, s.Assign(ctx, wiki.ID, apps.Assignee{UserID: ada.ID})) // twice assigned is one person

	count := func(id apps.ID, want int) {
		t.Helper()
		if n, err := s.EffectiveCount(ctx, id); err != nil || n != want {
			t.Errorf("%d may use it, %v; want %d", n, err, want)
		}
	}
	count(wiki.ID, 2)
	count(other.ID, 0)
	may := func(u string, want ...string) {
		t.Helper()
		who, err := s.FindUser(ctx, u)
		must(t, err)
		list, err := s.AppsOfUser(ctx, who.ID)
		must(t, err)
		var got []string
		for _, a := range list {
			got = append(got, a.Slug)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", u, diff)
		}
	}
	may("ada", "wiki")
	may("bob", "wiki")
	may("carol")

	must(t, s.SetUserDisabled(ctx, bob.ID, true))
	count(wiki.ID, 1)
	must(t, s.Assign(ctx, other.ID, apps.Assignee{Everyone: true}))
	count(other.ID, 2)
	may("carol", "other")
	must(t, s.SetAppEnabled(ctx, other.ID, false))
	may("carol")
	must(t, s.DeleteUser(ctx, carol.ID))
	count(other.ID, 1)
}
