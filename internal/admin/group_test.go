package admin_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

func pathOf(g *directory.Group) string { return "/admin/groups/" + string(g.ID) }

func TestGroupsAreListedAndAdded(t *testing.T) {
	d := newDesk(t)
	d.shows(200, "/admin/groups", "Add the first group", "A group gives its people apps")
	d.sent("/admin/groups", url.Values{"name": {" Sales <3 "}}, "/admin/groups/"+anID+`\?done=added`, "Added.", "Sales &lt;3", "Nobody is in this group yet", "opens no app")
	d.refused(409, "/admin/groups", url.Values{"name": {"SALES <3"}}, "There is a group", `value="SALES &lt;3"`, `aria-invalid="true"`)
	d.refused(422, "/admin/groups", url.Values{"name": {" "}}, "A group needs a name.")
	d.team("Staff")
	d.shows(200, "/admin/groups", "2 groups", "Sales", "Staff", "Add a group")
	d.shows(200, "/admin/groups?q=STAFF", "1 group with", "-Sales")
	d.shows(200, "/admin/groups?q=zebra", "No group has “zebra”")
}

func TestGroupIsRenamed(t *testing.T) {
	d := newDesk(t)
	sales := d.team("Sales")
	d.team("Staff")
	d.sent(pathOf(sales), url.Values{"name": {"Sellers"}}, pathOf(sales)+`\?done=saved`, "<h1>Sellers</h1>")
	d.refused(409, pathOf(sales), url.Values{"name": {"staff"}}, "There is a group", `value="staff"`, "<h1>Sellers</h1>")
	d.refused(422, pathOf(sales), url.Values{"name": {""}}, "A group needs a name.")
	if action, actor := d.lastEvent(sales.Object()); action != "group.rename" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}

func TestMembersAreFoundAddedAndRemoved(t *testing.T) {
	d := newDesk(t)
	ada, sales, staff := d.person("ada"), d.team("Sales"), d.team("Staff")
	d.shows(200, pathOf(staff)+"?find=AD", "ada", `value="`+string(ada.ID)+`"`, "-grace")
	d.shows(200, pathOf(staff)+"?find=sal", "group, 0 people")
	d.shows(200, pathOf(staff)+"?find=sta", "Nobody and no group") // not itself
	d.shows(200, pathOf(staff)+"?find=zebra", "Nobody and no group has “zebra”")
	d.sent(pathOf(staff)+"/members", url.Values{"user": {string(ada.ID)}}, pathOf(staff)+`\?done=memberadded`, "1 person", "Remove ada")
	d.sent(pathOf(staff)+"/members", url.Values{"group": {string(sales.ID)}}, pathOf(staff)+`\?done=memberadded`, "1 person · 1 group", "Remove the group Sales")
	d.shows(200, pathOf(sales), "In these groups", "Staff")
	d.shows(200, pathOf(staff), "-In these groups")
	d.sent(pathOf(staff)+"/members", url.Values{"user": {string(ada.ID)}, "find": {"a&b"}}, pathOf(staff)+`\?done=memberadded&find=a%26b`, "has “a&amp;b”")
	d.sent(pathOf(staff)+"/remove", url.Values{"user": {string(ada.ID)}}, pathOf(staff)+`\?done=membergone`, "0 people · 1 group", "-Remove ada")
	d.sent(pathOf(staff)+"/remove", url.Values{"group": {string(sales.ID)}}, pathOf(staff)+`\?done=membergone`, "Nobody is in this group yet")
	for _, form := range []url.Values{{"user": {"nobody"}}, {"group": {"nothing"}}} {
		d.refused(409, pathOf(staff)+"/members", form, "There is no")
		d.refused(409, pathOf(staff)+"/remove", form, "There is no")
	}
	if action, actor := d.lastEvent(staff.Object()); action != "group.member.remove" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}

func TestGroupCannotContainItself(t *testing.T) {
	d := newDesk(t)
	sales, staff := d.team("Sales"), d.team("Staff")
	d.must(d.store.AddGroupToGroup(t.Context(), staff.ID, sales.ID))
	for _, member := range []*directory.Group{staff, sales} {
		d.refused(409, pathOf(sales)+"/members", url.Values{"group": {string(member.ID)}}, "would contain itself", "-Remove the group")
	}
}

func TestPastedListGivesTheUnknownBack(t *testing.T) {
	d := newDesk(t)
	d.person("ada")
	d.person("bob")
	d.person("carl")
	staff := d.team("Staff")
	list := "ada, Bob Marley <BOB@example.org>;\r\n  nobody@example.org\r\n<script>\r\n"
	page := d.refused(422, pathOf(staff)+"/members", url.Values{"names": {list}}, "2 people added. Nobody is known by the 2 names", "Remove ada", "Remove bob",
		">\nnobody@example.org\nscript</textarea>")
	if strings.Contains(page, "Remove carl") {
		t.Error("somebody who was not named is in")
	}
	d.sent(pathOf(staff)+"/members", url.Values{"names": {"carl@example.org\nada"}}, pathOf(staff)+`\?done=memberadded`, "Remove carl", "3 people")
	d.refused(422, pathOf(staff)+"/members", url.Values{"names": {" , ;\n"}}, "Write at least one")
	d.refused(422, pathOf(staff)+"/members", url.Values{"names": {"eve\x00\xff"}}, "0 people added. Nobody is known by the name", "eve</textarea>")
}

func TestManyMembersComeInPages(t *testing.T) {
	d := newDesk(t)
	staff := d.team("Staff")
	var many []directory.User
	for i := range 60 {
		many = append(many, directory.User{Email: "u" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + "@example.org"})
	}
	d.must(d.store.AddUsers(t.Context(), many))
	ids := []directory.UserID{}
	for _, u := range many {
		ids = append(ids, u.ID)
	}
	_, err := d.store.AddUsersToGroup(t.Context(), staff.ID, ids)
	d.must(err)
	d.shows(200, pathOf(staff), "60 people", "1–50 of 60", "-uch@example.org")
	d.shows(200, pathOf(staff)+"?page=2", "51–60 of 60", "uch@example.org")
	d.shows(200, pathOf(staff)+"?q=uch", "60 people", "uch@example.org", "-uaa@example.org")
	d.shows(200, pathOf(staff)+"?q=zebra", "No member has “zebra”")
}

func TestGroupIsDeletedAfterSayingWhoLosesWhat(t *testing.T) {
	d := newDesk(t)
	ada, bob, sales, staff := d.person("ada"), d.person("bob"), d.team("Sales"), d.team("Staff")
	for _, u := range []*directory.User{ada, bob} {
		d.must(d.store.AddUserToGroup(t.Context(), sales.ID, u.ID))
	}
	d.must(d.store.AddGroupToGroup(t.Context(), staff.ID, sales.ID))
	d.app("crm", apps.Assignee{GroupID: sales.ID}, apps.Assignee{UserID: bob.ID})
	d.app("payroll", apps.Assignee{GroupID: staff.ID})
	d.shows(200, pathOf(sales), "crm", "Through Sales<", "payroll", "Through Sales → Staff")
	d.shows(200, pathOf(sales)+"/delete", "Delete the group Sales?", "2 people in it stay", "crm", `People who lose it">1<`, "payroll", `People who lose it">2<`)
	d.sent(pathOf(sales)+"/delete", nil, `/admin/groups\?done=deleted`, "Deleted.", "-Sales")
	d.shows(404, pathOf(sales))
	d.shows(200, pathOf(staff)+"/delete", "0 people in it stay", `People who lose it">0<`)
	d.shows(200, pathOf(d.team("Empty"))+"/delete", "nobody loses one")
	if action, actor := d.lastEvent(sales.Object()); action != "group.delete" || actor != "grace" {
		t.Errorf("%s by %s", action, actor)
	}
}
