package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// say puts ways to apps into words: "app < Sales < Europe", the group that the person is in first.
func say(ways []apps.Way, steps []directory.Step) []string {
	paths := directory.Paths(steps)
	var said []string
	for _, w := range ways {
		line := w.AppName
		switch {
		case w.Everyone:
			line += " everyone"
		case w.UserID != "":
			line += " direct"
		}
		for _, g := range paths[w.GroupID] {
			line += " < " + g.Name
		}
		said = append(said, strings.TrimSpace(fmt.Sprint(line, map[bool]string{false: " off"}[w.Enabled])))
	}
	return said
}

func TestEveryWayToAnAppIsFound(t *testing.T) {
	ctx, s := store(t)
	ada, bob := mustUser(t, s, "ada"), mustUser(t, s, "bob")
	sales, europe, staff := mustGroup(t, s, "Sales"), mustGroup(t, s, "Europe"), mustGroup(t, s, "Staff")
	must(t, s.AddUserToGroup(ctx, sales.ID, ada.ID))
	must(t, s.AddGroupToGroup(ctx, europe.ID, sales.ID))
	must(t, s.AddGroupToGroup(ctx, staff.ID, europe.ID))
	must(t, s.AddGroupToGroup(ctx, staff.ID, sales.ID)) // the shorter way
	crm, payroll, wiki, old := mustApp(t, s, "crm"), mustApp(t, s, "payroll"), mustApp(t, s, "wiki"), mustApp(t, s, "zold")
	must(t, s.Assign(ctx, crm.ID, apps.Assignee{UserID: ada.ID}))
	must(t, s.Assign(ctx, crm.ID, apps.Assignee{GroupID: europe.ID}))
	must(t, s.Assign(ctx, payroll.ID, apps.Assignee{GroupID: staff.ID}))
	must(t, s.Assign(ctx, wiki.ID, apps.Assignee{Everyone: true}))
	must(t, s.Assign(ctx, old.ID, apps.Assignee{UserID: bob.ID}))

	steps, err := s.StepsOfUser(ctx, ada.ID)
	must(t, err)
	ways, err := s.WaysOfUser(ctx, ada.ID)
	must(t, err)
	want := []string{"crm direct", "crm < Sales < Europe", "payroll < Sales < Staff", "wiki everyone"}
	if diff := cmp.Diff(want, say(ways, steps)); diff != "" {
		t.Error(diff)
	}
	mine, err := s.AppsOfUser(ctx, ada.ID)
	must(t, err)
	if len(mine) != 3 {
		t.Errorf("the panel has %d apps", len(mine))
	}

	steps, err = s.StepsOfGroup(ctx, europe.ID)
	must(t, err)
	ways, err = s.WaysOfGroup(ctx, europe.ID)
	must(t, err)
	if diff := cmp.Diff([]string{"crm < Europe", "payroll < Europe < Staff"}, say(ways, steps)); diff != "" {
		t.Error(diff)
	}
}

func TestAppThatIsOffIsStillAWay(t *testing.T) {
	ctx, s := store(t)
	ada, a := mustUser(t, s, "ada"), newApp("old")
	a.Enabled = false
	must(t, s.CreateApp(ctx, a))
	must(t, s.Assign(ctx, a.ID, apps.Assignee{UserID: ada.ID}))
	ways, err := s.WaysOfUser(ctx, ada.ID)
	must(t, err)
	if diff := cmp.Diff([]string{"old direct off"}, say(ways, nil)); diff != "" {
		t.Error(diff)
	}
}

func TestWhoLosesAnAppWithAGroup(t *testing.T) {
	ctx, s := store(t)
	ada, bob, eve := mustUser(t, s, "ada"), mustUser(t, s, "bob"), mustUser(t, s, "eve")
	sales, staff := mustGroup(t, s, "Sales"), mustGroup(t, s, "Staff")
	for _, u := range []*directory.User{ada, bob} {
		must(t, s.AddUserToGroup(ctx, sales.ID, u.ID))
	}
	must(t, s.AddGroupToGroup(ctx, staff.ID, sales.ID))
	must(t, s.AddUserToGroup(ctx, staff.ID, eve.ID))
	app := mustApp(t, s, "payroll")
	must(t, s.Assign(ctx, app.ID, apps.Assignee{GroupID: staff.ID}))
	must(t, s.Assign(ctx, app.ID, apps.Assignee{UserID: bob.ID}))
	for group, want := range map[directory.GroupID]int{"": 3, sales.ID: 2, staff.ID: 1} {
		if n, err := s.EffectiveCountWithout(ctx, app.ID, group); err != nil || n != want {
			t.Errorf("without %q: %d, %v; want %d", group, n, err, want)
		}
	}
	must(t, s.DeleteGroup(ctx, sales.ID))
	if n, err := s.EffectiveCount(ctx, app.ID); err != nil || n != 2 {
		t.Errorf("afterwards: %d, %v", n, err)
	}
}
