package browser_test

import (
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func init() { stories = append(stories, peopleStories()...) }

var grace = httpserver.Account{Name: "Grace Hopper", Owner: true, Here: "admin"}

const longName = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenauszahlungsstelle"

// peopleStories are the pages of people and groups.
func peopleStories() []story {
	page := func(name, template string, status int, data any) story {
		return story{name, "admin/" + template, status, data}
	}
	return []story{
		page("people", "people", 200, admin.PeoplePage{Account: grace, People: crowd, Pager: admin.Pager{Page: 2, Pages: 2001, Found: 100_004, Previous: "?page=1", Next: "?page=3"}}),
		page("people-few", "people", 200, admin.PeoplePage{Account: grace, Notice: "Deleted.", People: crowd[:1], Pager: admin.Pager{Page: 1, Pages: 1, Found: 1}}),
		page("people-none-found", "people", 200, admin.PeoplePage{Account: grace, Search: longName}),
		page("people-empty", "people", 200, admin.PeoplePage{Account: grace}),
		page("person-new", "personnew", 200, admin.NewPersonPage{Account: grace, Form: personStory()}),
		page("person-new-wrong", "personnew", 422, admin.NewPersonPage{Account: grace, Form: wrong(personStory(), "email", `"ada at home" is not an e-mail address: write it like ada@example.org.`)}),
		page("person-secret", "secret", 200, admin.SecretPage{Account: grace, Added: true, Person: crowd[1], Password: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}),
		page("person-secret-again", "secret", 200, admin.SecretPage{Account: grace, Person: crowd[1], Password: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}),
		page("person", "person", 200, aPerson(nil)),
		page("person-bare", "person", 200, aPerson(func(p *admin.PersonPage) {
			p.Apps, p.Groups, p.Sessions, p.HasPassword, p.Block = nil, nil, nil, false, session.Block{}
			p.Notice, p.Person.Disabled, p.State = "Disabled and signed out.", true, admin.State{Word: "Disabled", Class: "warn"}
		})),
		page("person-last-owner", "person", 409, aPerson(func(p *admin.PersonPage) {
			p.Person.Role, p.State, p.You, p.LastOwner = directory.RoleOwner, admin.State{Word: "Administrator", Class: "ok"}, true, true
			p.Problem = "grace is the last administrator. Make somebody else one first."
		})),
		page("person-wrong", "person", 422, aPerson(func(p *admin.PersonPage) {
			p.Password = wrong(p.Password, "password", "This password is too short: use 10 characters or more. A few words that do not belong together work well.")
		})),
		page("person-delete", "persondelete", 200, aPerson(nil)),
		page("person-delete-refused", "persondelete", 409, aPerson(func(p *admin.PersonPage) { p.Problem = "ada is the last administrator. Make somebody else one first." })),
		page("person-delete-last", "persondelete", 200, aPerson(func(p *admin.PersonPage) { p.LastOwner = true })),
		page("groups", "groups", 200, admin.GroupsPage{Account: grace, Form: nameStory("/admin/groups", ""), Pager: admin.Pager{Page: 1, Pages: 2, Found: 61, Next: "?page=2"}, Groups: teams}),
		page("groups-empty", "groups", 200, admin.GroupsPage{Account: grace, Form: nameStory("/admin/groups", "")}),
		page("groups-none-found", "groups", 200, admin.GroupsPage{Account: grace, Search: "zebra", Form: nameStory("/admin/groups", "")}),
		page("groups-wrong", "groups", 409, admin.GroupsPage{Account: grace, Groups: teams[:1], Form: wrong(nameStory("/admin/groups", "Sales"), "name", `There is a group "Sales" already.`)}),
		page("group", "group", 200, aGroup(nil)),
		page("group-empty", "group", 200, aGroup(func(p *admin.GroupPage) {
			p.People, p.Groups, p.Apps, p.Within, p.Members, p.Find, p.Pager = nil, nil, nil, nil, 0, "zebra", admin.Pager{}
			p.Found, p.Notice = admin.Found{}, "Added."
		})),
		page("group-paste-wrong", "group", 422, aGroup(func(p *admin.GroupPage) {
			p.Find, p.Search, p.People = "", "zebra", nil
			p.Paste.Fields[0].Value = "nobody@example.org\n" + longName + "@example.org"
			p.Paste = wrong(p.Paste, "names", "2 people added. Nobody is known by the 2 names that are left below: correct them, or add the people first.")
		})),
		page("group-refused", "group", 409, aGroup(func(p *admin.GroupPage) {
			p.Problem = "The group Staff would contain itself. Take the other group out of it first."
		})),
		page("group-delete", "groupdelete", 200, &admin.GroupDeletePage{GroupPage: *aGroup(nil), More: 3, Losses: []admin.Loss{
			{App: admin.AppWays{Name: "Citrix GoToMeeting"}, People: 212}, {App: admin.AppWays{Name: longName, Off: true}},
		}}),
		page("group-delete-nothing", "groupdelete", 200, &admin.GroupDeletePage{GroupPage: *aGroup(nil)}),
	}
}

var (
	active = admin.State{Word: "Active", Class: "ok"}
	crowd  = []admin.PersonRow{
		{ID: "1", Name: "Grace Hopper", UserName: "grace", Email: "grace@example.org", State: admin.State{Word: "Administrator", Class: "ok"}, LastSignIn: noon.Add(-time.Minute)},
		{ID: "2", Name: "Ada Lovelace", UserName: "ada@example.org", Email: "ada@example.org", State: active},
		{ID: "3", Name: longName, UserName: strings.ToLower(longName), Email: strings.ToLower(longName) + "@example.org", State: admin.State{Word: "Disabled", Class: "warn"}, LastSignIn: noon.AddDate(0, -2, 0)},
	}
	teams = []directory.GroupSummary{
		{Group: directory.Group{ID: "1", Name: "Sales"}, Users: 12_041, Groups: 2}, {Group: directory.Group{ID: "2", Name: longName}, Users: 1},
	}
	ways = []admin.AppWays{
		{ID: "1", Name: "Citrix GoToMeeting", Ways: []string{"Assigned directly", "Through Sales → Europe → Staff"}},
		{ID: "2", Name: "Old wiki", Off: true, Ways: []string{"Everyone has it"}},
		{ID: "3", Name: longName, Ways: []string{"Through " + longName}},
	}
)

// wrong puts a message beside a field, where handlers put it.
func wrong(f admin.Form, name, problem string) admin.Form {
	f.Fields = append([]admin.Field{}, f.Fields...)
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			f.Fields[i].Problem = problem
		}
	}
	return f
}

func personStory() admin.Form {
	return admin.Form{Action: "/admin/people/add", Fields: []admin.Field{
		{Name: "email", Label: "E-mail address", Kind: "email", Value: "ada@example.org"},
		{Name: "username", Label: "User name", Optional: true, Help: "What the person signs in with, besides the e-mail address. Left empty, it is the e-mail address."},
		{Name: "given-name", Label: "Given name", Value: "Ada", Optional: true},
		{Name: "display-name", Label: "Display name", Optional: true, Help: "What to call the person. Left empty, it is given and family name."},
		{Name: "attributes", Label: "Attributes", Kind: "lines", Rows: 4, Value: "department=Engines\nquote=" + longName, Optional: true, Help: "What apps may be told besides, one per line; repeat a name to give it several values.", Example: "department=Sales"},
		{Name: "new-password", Label: "Password", Kind: "password", Optional: true, Help: "Left empty, one is made up and shown to you once."},
	}}
}

func nameStory(action, name string) admin.Form {
	return admin.Form{Action: action, Fields: []admin.Field{{Name: "name", Label: "Name of the group", Value: name}}}
}

func aPerson(change func(*admin.PersonPage)) *admin.PersonPage {
	form := personStory()
	form.Fields = form.Fields[:5]
	p := &admin.PersonPage{
		Account: grace, State: active, HasPassword: true, Form: form, Apps: ways,
		Person: directory.User{ID: "2", Email: "ada@example.org", UserName: "ada@example.org", DisplayName: "Ada Lovelace"},
		Block:  session.Block{Until: noon.Add(5 * time.Minute)},
		Groups: []admin.GroupWay{{ID: "1", Name: "Sales"}, {ID: "2", Name: "Staff", Way: "Sales → Europe"}, {ID: "3", Name: longName, Way: longName}},
		Sessions: []admin.SessionRow{
			{Session: session.Session{ID: "1", Address: "192.0.2.17", LastSeenAt: noon.Add(-3 * time.Minute), AuthnInstant: noon.Add(-time.Hour), UserAgent: "Mozilla/5.0"}, Browser: "Firefox on Linux"},
			{Session: session.Session{ID: "2", Address: "2001:db8:1234:5678:9abc:def0:1234:5678", LastSeenAt: noon, AuthnInstant: noon}, Browser: "Samsung Internet on Android"},
		},
		Password: admin.Form{Action: "/admin/people/2/password", Fields: []admin.Field{{Name: "password", Label: "New password", Kind: "password", Optional: true, Help: "Left empty, one is made up and shown to you once."}}},
	}
	if change != nil {
		change(p)
	}
	return p
}

func aGroup(change func(*admin.GroupPage)) *admin.GroupPage {
	p := &admin.GroupPage{
		Account: grace, Group: directory.Group{ID: "1", Name: "Sales"}, People: crowd, Members: 12_041, Apps: ways, Find: "a",
		Pager: admin.Pager{Page: 1, Pages: 241, Found: 12_041, Next: "?page=2"}, Groups: []directory.Group{{ID: "2", Name: "Europe"}, {ID: "3", Name: longName}},
		Within: []admin.GroupWay{{ID: "4", Name: "Staff"}}, Found: admin.Found{People: crowd[1:], Groups: teams}, Name: nameStory("/admin/groups/1", "Sales"),
		Paste: admin.Form{Action: "/admin/groups/1/members", Fields: []admin.Field{{
			Name: "names", Label: "User names or e-mail addresses", Kind: "lines", Rows: 4, Help: "One per line, or with commas between them.",
		}}},
	}
	if change != nil {
		change(p)
	}
	return p
}
