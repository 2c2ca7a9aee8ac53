package admin_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func (d *desk) again(u *directory.User) directory.User {
	d.t.Helper()
	got, err := d.store.User(d.t.Context(), u.ID)
	d.must(err)
	return got
}

func path(u *directory.User) string { return "/admin/people/" + string(u.ID) }

func TestPageOfAPersonSaysWhatTheyReachAndHow(t *testing.T) {
	d := newDesk(t)
	ada, sales, staff := d.person("ada"), d.team("Sales"), d.team("Staff & <Co>")
	d.must(d.store.AddUserToGroup(t.Context(), sales.ID, ada.ID))
	d.must(d.store.AddGroupToGroup(t.Context(), staff.ID, sales.ID))
	crm := d.app("crm", apps.Assignee{UserID: ada.ID}, apps.Assignee{GroupID: sales.ID})
	d.app("payroll", apps.Assignee{GroupID: staff.ID})
	d.app("wiki", apps.Assignee{Everyone: true})
	d.app("vault")
	d.signIn(ada)
	d.shows(200, path(ada), `href="/admin/apps/`+string(crm.ID)+`"`, "Assigned directly", "Through Sales<", "Through Sales → Staff &amp; &lt;Co&gt;", "Everyone has it", "-vault",
		"through Sales<", "Firefox on Linux", "192.0.2.17", "just now", "1 session ends", "Make administrator")
	d.shows(200, path(d.person("bob")), "Everyone has it", "-Assigned directly", "In no group", "Not signed in anywhere")
}

func TestProfileIsSaved(t *testing.T) {
	d := newDesk(t)
	ada := d.person("ada")
	d.sent(path(ada), url.Values{"email": {"countess@example.org"}, "username": {"ada"}, "display-name": {"The Countess"}, "attributes": {"b=2\na=1"}},
		path(ada)+`\?done=saved`, "Saved.", "The Countess", "countess@example.org", "a=1\nb=2")
	if action, actor := d.lastEvent(ada.Object()); action != "user.update" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
	page := d.refused(422, path(ada), url.Values{"email": {"nonsense"}, "display-name": {"Typed"}}, `value="nonsense"`, "is not an e-mail address", `value="Typed"`)
	if !strings.Contains(page, "<h1>The Countess</h1>") {
		t.Error("the head is not who it was")
	}
	d.refused(409, path(ada), url.Values{"email": {"grace@example.org"}}, "Somebody")
	d.refused(422, path(ada), url.Values{"email": {"ada@example.org"}, "attributes": {"=x"}}, "is no attribute", "=x</textarea>")
	if got := d.again(ada); got.Email != "countess@example.org" || len(got.Attributes) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestNewPasswordEndsSessionsAndALock(t *testing.T) {
	d := newDesk(t)
	ada := d.person("ada")
	d.signIn(ada)
	d.lock(ada)
	page := d.refused(200, path(ada)+"/password", url.Values{}, "New password of ada", "Earlier sessions have ended")
	made := regexp.MustCompile(`id="made" type="text" value="([^"]+)"`).FindStringSubmatch(page)
	if d.sessions(ada) != 0 {
		t.Error("still signed in")
	}
	d.shows(200, path(ada), "-Locked")
	d.opens("ada", made[1])
	d.sent(path(ada)+"/password", url.Values{"password": {"correct horse battery staple"}}, path(ada)+`\?done=password`, "The new password holds")
	d.opens("ada", "correct horse battery staple")
	d.refused(422, path(ada)+"/password", url.Values{"password": {"tiny"}}, "too short", "-tiny")
	d.opens("ada", "correct horse battery staple")
	if action, actor := d.lastEvent(ada.Object()); action != "user.password" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}

func (d *desk) lock(u *directory.User) {
	d.t.Helper()
	throttle := session.Throttle{Key: auth.AccountKeys(*u)[0], FirstWait: 1 << 40, MaxWait: 1 << 40, Forgive: 1 << 40}
	_, _, err := d.store.ReserveTries(d.t.Context(), noon, throttle)
	d.must(err)
}

func TestLockIsShownAndUndone(t *testing.T) {
	d := newDesk(t)
	ada := d.person("ada")
	d.shows(200, path(ada), "-Locked")
	d.lock(ada)
	d.shows(200, path(ada), "Locked after too many wrong passwords")
	d.sent(path(ada)+"/unlock", nil, path(ada)+`\?done=unlocked`, "Unlocked", "-Locked after")
	if action, actor := d.lastEvent(ada.Object()); action != "user.unlock" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}

func TestSessionsAreEndedOneByOneOrAll(t *testing.T) {
	d := newDesk(t)
	ada, bob := d.person("ada"), d.person("bob")
	first := d.signIn(ada)
	d.signIn(ada)
	d.signIn(ada)
	d.refused(409, path(bob)+"/signout", url.Values{"session": {string(first)}}, "This session has ended already.")
	d.sent(path(ada)+"/signout", url.Values{"session": {string(first)}}, path(ada)+`\?done=signedout`, "Signed out.")
	if n := d.sessions(ada); n != 2 {
		t.Errorf("%d sessions left", n)
	}
	d.refused(409, path(ada)+"/signout", url.Values{"session": {string(first)}}, "This session has ended already.")
	d.refused(409, path(ada)+"/signout", url.Values{"session": {"nonsense"}}, "This session has ended already.")
	d.sent(path(ada)+"/signout", nil, path(ada)+`\?done=signedout`, "Not signed in anywhere")
}

func TestDisabledPersonIsShutOut(t *testing.T) {
	d := newDesk(t)
	ada := d.person("ada")
	d.signIn(ada)
	d.sent(path(ada)+"/state", url.Values{"state": {"disabled"}}, path(ada)+`\?done=disabled`, "Disabled and signed out", "Enable")
	if !d.again(ada).Disabled || d.sessions(ada) != 0 {
		t.Error("still in")
	}
	d.sent(path(ada)+"/state", url.Values{"state": {"enabled"}}, path(ada)+`\?done=enabled`, "signing in works again")
	d.refused(400, path(ada)+"/state", url.Values{"state": {"asleep"}}, "Choose whether")
	if d.again(ada).Disabled {
		t.Error("still out")
	}
}

func TestAdministratorsAreMadeAndTheLastOneStays(t *testing.T) {
	d := newDesk(t)
	ada := d.person("ada")
	d.shows(200, path(d.grace), "is the only administrator who can sign in", "-Delete…")
	const last = "grace is the last administrator. Make somebody else one first."
	d.refused(409, path(d.grace)+"/role", url.Values{"role": {"none"}}, last)
	d.refused(409, path(d.grace)+"/state", url.Values{"state": {"disabled"}}, last)
	d.refused(409, path(d.grace)+"/delete", nil, "is the last administrator")
	d.shows(200, path(d.grace)+"/delete", "Make somebody else one first", "-Delete for good")
	d.sent(path(ada)+"/role", url.Values{"role": {"owner"}}, path(ada)+`\?done=owner`, "Administrator from now on")
	d.refused(400, path(ada)+"/role", url.Values{"role": {"king"}}, "Choose whether")
	d.sent(path(d.grace)+"/role", url.Values{"role": {"none"}}, path(d.grace)+`\?done=notowner`, "No administrator any more")
	if d.again(ada).Role != directory.RoleOwner || d.again(d.grace).Role != directory.RoleNone {
		t.Error("the roles are as before")
	}
}

func TestPersonIsDeletedAfterAQuestion(t *testing.T) {
	d := newDesk(t)
	ada, sales := d.person("ada"), d.team("Sales")
	d.must(d.store.AddUserToGroup(t.Context(), sales.ID, ada.ID))
	d.app("crm", apps.Assignee{UserID: ada.ID})
	d.app("wiki", apps.Assignee{Everyone: true})
	d.signIn(ada)
	d.shows(200, path(ada)+"/delete", "Delete ada?", "2 apps", "1 group<", "1 open session")
	d.sent(path(ada)+"/delete", nil, `/admin/people\?done=deleted`, "Deleted.", "-ada@example.org")
	d.shows(404, path(ada))
	if action, actor := d.lastEvent(ada.Object()); action != "user.delete" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}
