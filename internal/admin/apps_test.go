package admin_test

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

func TestEveryPageOfAnAppIsForAdministrators(t *testing.T) {
	c := open(t)
	c.app("Wiki")
	paths := []string{
		"/admin/apps", "/admin/apps/add", "/admin/apps/add/custom", "/admin/apps/add/goto-meeting", "/admin/apps/wiki", "/admin/apps/wiki/remove",
		"/admin/apps/wiki/settings", "/admin/apps/wiki/configure", "/admin/apps/wiki/certificate", "/admin/apps/wiki/users",
	}
	posts := []string{
		"/admin/apps/add/custom", "/admin/apps/add/goto-meeting", "/admin/apps/wiki/state", "/admin/apps/wiki/remove", "/admin/apps/wiki/settings",
		"/admin/apps/wiki/configure", "/admin/apps/wiki/users",
	}
	for _, visitor := range []*directory.User{nil, {UserName: "ada"}} {
		c.visitor = visitor
		for _, path := range paths {
			c.turnedAway(c.get(path), path)
		}
		for _, path := range posts {
			c.turnedAway(c.post(path, url.Values{"confirm": {"Wiki"}, "enabled": {"no"}, "who": {"everyone:"}, "sure": {"yes"}, "saved": {"yes"}}), path)
		}
	}
	all, err := c.store.Apps(context.Background())
	if err != nil || len(all) != 1 || !all[0].Enabled || !all[0].Settings.ConfiguredAt.IsZero() {
		t.Errorf("something was changed: %+v, %v", all, err)
	}
}

// turnedAway fails unless a stranger was sent to sign in, and anybody else was told no.
func (c *console) turnedAway(w *httptest.ResponseRecorder, path string) {
	c.t.Helper()
	if c.visitor != nil && w.Code != http.StatusForbidden {
		c.t.Errorf("%s: %d for somebody who is no administrator", path, w.Code)
	}
	if c.visitor == nil && (w.Code != http.StatusSeeOther || !strings.HasPrefix(w.Header().Get("Location"), "/login?next=")) {
		c.t.Errorf("%s: %d to %q for nobody", path, w.Code, w.Header().Get("Location"))
	}
}

func TestFormsOfOtherSitesChangeNothing(t *testing.T) {
	c := open(t)
	c.app("Wiki")
	r := httptest.NewRequest("POST", "/admin/apps/wiki/state", strings.NewReader("enabled=no"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if w := c.ask(r); w.Code != http.StatusForbidden || !c.kept("wiki").Enabled {
		t.Errorf("%d, enabled %v", w.Code, c.kept("wiki").Enabled)
	}
}

// kept reads an app back.
func (c *console) kept(ref string) apps.App {
	c.t.Helper()
	a, err := c.store.FindApp(context.Background(), ref)
	c.must(err)
	return a
}

func TestListFindsAppsAndLeadsToTheNextStep(t *testing.T) {
	c := open(t)
	c.shows(c.get("/admin/apps"), 200, "No application yet", "/admin/apps/add")
	c.app("Payroll")
	c.app("Wiki")
	c.app("Add")
	w := c.get("/admin/apps?q=PAY")
	c.shows(w, 200, "Payroll", `href="/admin/apps/payroll"`, "Nobody assigned")
	if strings.Contains(w.Body.String(), "Wiki") {
		t.Error("the list shows what was not looked for")
	}
	c.shows(c.get("/admin/apps?q=nothing+like+it"), 200, "No application here is called", "/admin/apps/add?q=nothing")
	c.shows(c.get("/admin/apps?q=add"), 200, `href="/admin/apps/`+string(c.kept("add").ID)+`"`)
}

func TestGalleryIsSearchedByOldNamesToo(t *testing.T) {
	c := open(t)
	w := c.get("/admin/apps/add?q=citrix")
	c.shows(w, 200, "GoTo Meeting", "formerly Citrix GoToMeeting", "Custom app")
	if strings.Contains(w.Body.String(), "Zendesk") {
		t.Error("the gallery shows what was not looked for")
	}
	c.shows(c.get("/admin/apps/add?q=nobody-has-this"), 200, "Nothing in the gallery", "Custom app named nobody-has-this")
	c.shows(c.get("/admin/apps/add?category=Meetings"), 200, "Zoom", "GoTo Meeting")
	c.shows(c.get("/admin/apps/add/no-such-app"), 404)
}

func TestAppOfTheGalleryIsAddedWithoutTyping(t *testing.T) {
	c := open(t)
	c.shows(c.get("/admin/apps/add/goto-meeting"), 200, "Before you begin", "verified there", "LogMeIn (since 2017", "GoTo (since 2022)")
	c.leads(c.post("/admin/apps/add/goto-meeting?variant=logmein", url.Values{}), "/admin/apps/goto-meeting")
	a := c.kept("goto-meeting")
	if a.EntityID != "https://authentication.logmeininc.com/saml/sp" || a.Settings.RelayState != "https://global.gotomeeting.com" || !a.Enabled {
		t.Errorf("kept %+v", a)
	}
	c.shows(c.get("/admin/apps/add/goto-meeting"), 200, "Already added", `href="/admin/apps/goto-meeting"`)
	c.shows(c.post("/admin/apps/add/goto-meeting", url.Values{"name": {"Second"}}), 409, "There is an app with the entity ID", `value="Second"`)
	c.leads(c.post("/admin/apps/add/goto-meeting", url.Values{"name": {"Second"}, "entity-id": {"urn:second"}}), "/admin/apps/second")
	c.did(&a, "app.create", "grace")
}

// did fails unless the newest event of an app is this one by this person.
func (c *console) did(a *apps.App, action, actor string) {
	c.t.Helper()
	events, err := c.store.AuditEvents(context.Background(), postgres.EventFilter{Object: a.Object()})
	if err != nil || len(events) == 0 || events[0].Action != action || events[0].Actor != actor || events[0].Address == "" {
		c.t.Errorf("recorded %+v, %v", events, err)
	}
}

func TestFieldsOfTheGalleryAreCheckedAndKeptInTheForm(t *testing.T) {
	c := open(t)
	c.shows(c.get("/admin/apps/add/zendesk"), 200, "subdomain", "For example")
	c.shows(c.post("/admin/apps/add/zendesk", url.Values{"subdomain": {" "}}), 422, "This is needed.", `aria-invalid="true"`)
	c.shows(c.post("/admin/apps/add/zendesk", url.Values{"subdomain": {"evil.example/x"}}), 422, "does not look like", `value="evil.example/x"`)
	c.leads(c.post("/admin/apps/add/zendesk", url.Values{"subdomain": {"acme"}}), "/admin/apps/zendesk")
}

func TestCustomAppByHand(t *testing.T) {
	c := open(t)
	c.shows(c.get("/admin/apps/add/custom?name=Our+wiki"), 200, "From a web address", "From a file", "By hand", `value="Our wiki"`)
	form := url.Values{"way": {"manual"}, "name": {"Our wiki"}, "entity-id": {"urn:wiki"}, "acs": {"http://wiki.example/acs"}}
	c.shows(c.post("/admin/apps/add/custom", form), 422, "is not encrypted", "http://wiki.example/acs", `value="Our wiki"`)
	form.Set("acs", "https://wiki.example/acs\r\nhttps://wiki.example/acs2\r\n")
	c.leads(c.post("/admin/apps/add/custom", form), "/admin/apps/our-wiki?done=imported")
	if a := c.kept("our-wiki"); len(a.Settings.ACS) != 2 || a.Name != "Our wiki" {
		t.Errorf("kept %+v", a)
	}
	form.Set("name", "Other")
	c.shows(c.post("/admin/apps/add/custom", form), 409, "There is an app with the entity ID", `value="urn:wiki"`)
}

const document = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:crm"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<NameIDFormat>urn:of-another-world</NameIDFormat>
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://crm.example/acs" index="0"/></SPSSODescriptor></EntityDescriptor>`

// fetched answers every address with a document.
type fetched struct {
	document string
	err      error
}

func (f fetched) Get(context.Context, string) ([]byte, error) { return []byte(f.document), f.err }

func TestCustomAppFromAnAddress(t *testing.T) {
	c := open(t)
	form := url.Values{"way": {"url"}, "metadata": {"https://crm.example/metadata"}}
	c.h.Fetch = fetched{err: fault.New(fault.Invalid, "Nothing could be fetched from there.")}
	c.shows(c.post("/admin/apps/add/custom", form), 422, "Nothing could be fetched", `id="metadata-problem"`, "https://crm.example/metadata")
	c.h.Fetch = fetched{err: errors.New("broken")}
	c.shows(c.post("/admin/apps/add/custom", form), 500)
	c.h.Fetch = fetched{document: document}
	c.leads(c.post("/admin/apps/add/custom", form), "/admin/apps/urn-crm?done=imported")
	if a := c.kept("urn:crm"); a.Settings.MetadataURL != "https://crm.example/metadata" {
		t.Errorf("kept %+v", a)
	}
	form.Set("metadata", "ftp://crm.example/")
	c.shows(c.post("/admin/apps/add/custom", form), 422, "is not a web address")
}

func TestCustomAppFromAFile(t *testing.T) {
	c := open(t)
	upload := func(text string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		c.must(m.WriteField("way", "file"))
		if text != "" {
			f, err := m.CreateFormFile("document", "metadata.xml")
			c.must(err)
			_, _ = f.Write([]byte(text))
		}
		c.must(m.Close())
		r := httptest.NewRequest("POST", "/admin/apps/add/custom", &body)
		r.Header.Set("Content-Type", m.FormDataContentType())
		return c.ask(r)
	}
	c.shows(upload(""), 422, "Choose a file.")
	c.shows(upload("<html>"), 422, `id="document-problem"`)
	c.shows(upload(strings.Repeat("x", 3<<20)), 400, "larger than")
	c.leads(upload(document), "/admin/apps/urn-crm?done=imported")
	c.shows(c.get("/admin/apps/urn-crm?done=imported"), 200, "Added.", "What its metadata leaves open", "none of the NameIDFormats")
}

func TestAppPageShowsWhatIsInOrder(t *testing.T) {
	c := open(t)
	c.leads(c.post("/admin/apps/add/goto-meeting", url.Values{}), "/admin/apps/goto-meeting")
	a := c.kept("goto-meeting")
	c.shows(c.get("/admin/apps/goto-meeting"), 200, "Enabled", "Single sign-on", "Provisioning", "Users and groups", "Not part of this version",
		"GoTo makes an account at the first sign-in", "has to know us", "Nobody can use this app yet", "Nobody has opened", "No certificate signs", "NameID")
	c.key()
	c.must(c.store.Assign(context.Background(), a.ID, apps.Assignee{Everyone: true}))
	c.must(c.store.RecordSignIn(context.Background(), audit.SignIn{
		At: noon, Kind: audit.KindSignOn, AppID: a.ID, AppName: a.Name, UserName: "eve", Reason: audit.ReasonNotAssigned, Reference: "REF9",
	}))
	c.leads(c.post("/admin/apps/goto-meeting/configure", url.Values{"saved": {"yes"}}), "/admin/apps/goto-meeting")
	c.shows(c.get("/admin/apps/"+string(a.ID)), 200, "1 person", "Saved at the app on", "2026-11-23", "REF9", audit.ReasonNotAssigned.ForAdmin(), "Valid")
	c.shows(c.get("/admin/apps/nothing"), 404)
	c.shows(c.get("/admin/apps/nothing%00"), 404)
	c.must(c.store.RecordSignIn(context.Background(), audit.SignIn{At: noon.Add(-3 * time.Minute), Kind: audit.KindSignOn, AppID: a.ID, AppName: a.Name, UserName: "ada"}))
	c.shows(c.get("/admin/apps/goto-meeting"), 200, "In use", "3 minutes ago")
}

func TestAppIsSwitchedOffAndOn(t *testing.T) {
	c := open(t)
	a := c.app("Wiki")
	c.leads(c.post("/admin/apps/wiki/state", url.Values{"enabled": {"no"}}), "/admin/apps/wiki")
	c.did(&a, "app.disable", "grace")
	c.shows(c.get("/admin/apps/wiki"), 200, "Nobody gets in", "Switch on")
	c.leads(c.post("/admin/apps/wiki/state", url.Values{"enabled": {"yes"}}), "/admin/apps/wiki")
	c.leads(c.get("/admin/apps/wiki/state"), "/admin/apps/wiki")
	if !c.kept("wiki").Enabled {
		t.Error("still off")
	}
}

func TestAppIsRemovedOnlyByItsName(t *testing.T) {
	c := open(t)
	a := c.app("Wiki")
	c.must(c.store.Assign(context.Background(), a.ID, apps.Assignee{Everyone: true}))
	c.shows(c.get("/admin/apps/wiki/remove"), 200, "1 person loses access at once", "1 assignment and all settings")
	c.shows(c.post("/admin/apps/wiki/remove", url.Values{"confirm": {"wiki"}}), 422, "This is not the name", `value="wiki"`)
	c.leads(c.post("/admin/apps/wiki/remove", url.Values{"confirm": {"Wiki"}}), "/admin/apps")
	c.did(&a, "app.delete", "grace")
	c.shows(c.get("/admin/apps/wiki"), 404)
}

func TestConfigureShowsTheVendorsWordsWithOurValues(t *testing.T) {
	c := open(t)
	c.leads(c.post("/admin/apps/add/goto-meeting", url.Values{}), "/admin/apps/goto-meeting")
	c.shows(c.get("/admin/apps/goto-meeting/configure"), 200, "Not there yet")
	k := c.key()
	pem, err := k.Export("pem")
	c.must(err)
	w := c.get("/admin/apps/goto-meeting/configure")
	c.shows(w, 200, "https://idp.example/saml/sso", "https://idp.example/logout", "https://idp.example/saml/metadata/goto-meeting",
		strings.ReplaceAll(strings.TrimSpace(string(pem)), "+", "&#43;"), "I have saved this at GoTo", `href="/saml/start/goto-meeting"`, "data-copy")
	c.inOrder(w, "Sign-in page URL", "Sign-in binding", "Sign-out page URL", "Sign-out binding", "Identity Provider Entity ID", "Verification certificate")
	c.shows(c.get("/admin/apps/goto-meeting/configure?mode=Automatic"), 200, `value="https://idp.example/saml/metadata/goto-meeting"`, "GoTo has to reach this address")
	c.app("Wiki")
	c.inOrder(c.get("/admin/apps/wiki/configure"), "Identity provider entity ID", "Sign-in page URL", "Sign-out page URL", "Certificate", "Metadata URL")
}

func (c *console) inOrder(w *httptest.ResponseRecorder, labels ...string) {
	c.t.Helper()
	rest := w.Body.String()
	for _, label := range labels {
		_, after, found := strings.Cut(rest, ">"+label+"</label>")
		if !found {
			c.t.Fatalf("%q does not stand where it should:\n%s", label, rest)
		}
		rest = after
	}
}

func TestCertificateComesInEachEncoding(t *testing.T) {
	c := open(t)
	a := c.app("Wiki")
	c.shows(c.get("/admin/apps/wiki/certificate?format=pem"), 404, "lanyard cert create")
	c.key()
	own := c.keyFor(a.ID, certs.Active, noon.AddDate(1, 0, 0))
	for format, name := range map[string]string{"pem": "lanyard-wiki.pem", "base64": "lanyard-wiki.txt", "der": "lanyard-wiki.cer"} {
		w := c.get("/admin/apps/wiki/certificate?format=" + format)
		want, err := own.Export(certs.Format(format))
		c.must(err)
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), want) || w.Header().Get("Content-Disposition") != `attachment; filename="`+name+`"` {
			t.Errorf("%s: %d %v", format, w.Code, w.Header())
		}
	}
	c.shows(c.get("/admin/apps/wiki/certificate?format=p12"), 400, "use pem, base64 or der")
}

func TestConfiguredIsWhatSomebodySaid(t *testing.T) {
	c := open(t)
	a := c.app("Wiki")
	c.shows(c.post("/admin/apps/wiki/configure", url.Values{}), 422, "Tick the box")
	c.leads(c.post("/admin/apps/wiki/configure", url.Values{"saved": {"yes"}}), "/admin/apps/wiki")
	if got := c.kept("wiki").Settings.ConfiguredAt; !got.Equal(noon) {
		t.Errorf("configured at %v", got)
	}
	c.did(&a, "app.update", "grace")
	c.leads(c.post("/admin/apps/wiki/configure", url.Values{"undo": {"yes"}}), "/admin/apps/wiki")
	if got := c.kept("wiki").Settings.ConfiguredAt; !got.IsZero() {
		t.Errorf("configured at %v", got)
	}
}

func settingsForm(c *console, ref string) url.Values {
	a := c.kept(ref)
	return url.Values{
		"version": {"1"}, "name": {a.Name}, "entity-id": {a.EntityID}, "acs": {a.Settings.ACS[0].Location}, "nameid-format": {"email"},
		"nameid-source": {""}, "sign": {"both"}, "lifetime": {"5m0s"}, "relay-state": {""},
	}
}

func TestSettingsAreKept(t *testing.T) {
	c := open(t)
	a := c.app("Wiki", func(a *apps.App) { a.Settings.ACS[0].Index = 7 })
	form := settingsForm(c, "wiki")
	c.leads(c.post("/admin/apps/wiki/settings", form), "/admin/apps/wiki?done=saved")
	if got := c.kept("wiki"); got.Version != 1 {
		t.Errorf("nothing was changed, and the version is %d", got.Version)
	}
	for key, value := range map[string]string{
		"name": "Docs", "acs": "https://new.example/acs\r\nhttps://wiki.example/acs", "nameid-format": "persistent", "sign": "assertion", "lifetime": "10m", "relay-state": "/home",
	} {
		form.Set(key, value)
	}
	c.leads(c.post("/admin/apps/wiki/settings", form), "/admin/apps/wiki?done=saved")
	got := c.kept("wiki")
	s := got.Settings
	if got.Name != "Docs" || s.ACS[0].Location != "https://new.example/acs" || s.ACS[0].Index != 8 || s.ACS[1].Index != 7 ||
		apps.NameIDFormatName(s.NameID.Format) != "persistent" || s.Sign != apps.SignAssertion || s.Lifetime != apps.Duration(10*time.Minute) || s.RelayState != "/home" {
		t.Errorf("kept %+v", got)
	}
	c.did(&a, "app.update", "grace")
}

func TestSettingsSayWhatIsWrongBesideTheField(t *testing.T) {
	c := open(t)
	c.app("Wiki")
	c.app("Other")
	for _, bad := range []struct {
		field, value, says string
		status             int
	}{
		{"name", " ", "An app needs a name.", 422},
		{"entity-id", "urn:other", "There is an app with the entity ID", 409},
		{"entity-id", "two words", "holds no blanks", 422},
		{"acs", "https://*.wiki.example/", "holds a wildcard", 422},
		{"acs", "", "at least one address", 422},
		{"nameid-source", "shoe-size", "is no source", 422},
		{"sign", "nothing", "", 422},
		{"lifetime", "2h", "from one minute to one hour", 422},
		{"lifetime", "soon", "is not a time span", 422},
		{"require-signed-requests", "yes", "signing key", 422},
	} {
		t.Run(bad.field+" "+bad.value, func(t *testing.T) {
			c := *c
			c.t = t
			form := settingsForm(&c, "wiki")
			form.Set(bad.field, bad.value)
			c.shows(c.post("/admin/apps/wiki/settings", form), bad.status, bad.says, `role="alert"`)
		})
	}
	if got := c.kept("wiki"); got.Version != 1 {
		t.Errorf("kept %+v", got)
	}
}

func TestSecondOfTwoEditorsIsToldOfTheFirst(t *testing.T) {
	c := open(t)
	c.app("Wiki")
	mine := settingsForm(c, "wiki")
	theirs := settingsForm(c, "wiki")
	theirs.Set("relay-state", "/theirs")
	c.leads(c.post("/admin/apps/wiki/settings", theirs), "/admin/apps/wiki?done=saved")
	mine.Set("relay-state", "/mine")
	for range 2 { // a second try with the same form is no better
		c.shows(c.post("/admin/apps/wiki/settings", mine), 409, "Somebody else changed Wiki", `value="/mine"`, "Load the settings again")
	}
	if got := c.kept("wiki").Settings.RelayState; got != "/theirs" {
		t.Errorf("kept %q", got)
	}
}

func TestAssigningSaysFirstWhatItMeans(t *testing.T) {
	c, ctx := open(t), context.Background()
	a := c.app("Wiki")
	ada, bob := c.user("ada", ""), c.user("bob", "")
	staff := directory.Group{Name: "Staff"}
	c.must(c.store.CreateGroup(ctx, &staff))
	c.must(c.store.AddUserToGroup(ctx, staff.ID, bob.ID))
	c.shows(c.get("/admin/apps/wiki/users"), 200, "Nobody can use this app yet", "0 people can open Wiki")
	c.shows(c.get("/admin/apps/wiki/users?q=st"), 200, "Staff", "1 person in it directly", "group:"+string(staff.ID))
	c.shows(c.get("/admin/apps/wiki/users?q=%00st%ff"), 200, "Staff")
	c.shows(c.get("/admin/apps/wiki/users?q=nobody-at-all"), 200, "Nobody here is called")
	form := url.Values{"who": {"user:" + string(ada.ID), "group:" + string(staff.ID)}}
	c.shows(c.post("/admin/apps/wiki/users", form), 200, "Assign to Wiki?", "Today 0 people", "it is 2")
	if n, err := c.store.EffectiveCount(ctx, a.ID); n != 0 || err != nil {
		t.Fatalf("asking assigned %d, %v", n, err)
	}
	form.Set("sure", "yes")
	c.leads(c.post("/admin/apps/wiki/users", form), "/admin/apps/wiki/users?done=assigned")
	c.did(&a, "app.assign", "grace")
	c.shows(c.get("/admin/apps/wiki/users?q=ada"), 200, "2 people can open Wiki", "assigned already")
	remove := url.Values{"remove": {"yes"}, "who": {"group:" + string(staff.ID)}}
	c.shows(c.post("/admin/apps/wiki/users", remove), 200, "Remove from Wiki?", "it is 1.", "loses access at once")
	remove.Set("sure", "yes")
	c.leads(c.post("/admin/apps/wiki/users", remove), "/admin/apps/wiki/users?done=unassigned")
	c.did(&a, "app.unassign", "grace")
	everyone := url.Values{"who": {"everyone:"}, "sure": {"yes"}}
	c.leads(c.post("/admin/apps/wiki/users", everyone), "/admin/apps/wiki/users?done=assigned")
	c.shows(c.get("/admin/apps/wiki/users?done=assigned"), 200, "Assigned.")
	c.shows(c.get("/admin/apps/wiki/users"), 200, "3 people can open Wiki")
}

func TestPastedAddressesNobodyHasAreListed(t *testing.T) {
	c := open(t)
	c.app("Wiki")
	ada := c.user("ada", "")
	c.shows(c.post("/admin/apps/wiki/users", url.Values{"pasted": {"nobody@example.org, x"}}), 422, "None of these is known", "<li>nobody@example.org</li>", "nobody@example.org, x")
	c.shows(c.post("/admin/apps/wiki/users", url.Values{}), 422, "Nobody is chosen")
	w := c.post("/admin/apps/wiki/users", url.Values{"pasted": {"Ada <ADA@example.org>; nobody@example.org\r\nada"}})
	c.shows(w, 200, "left out", "<li>nobody@example.org</li>", "it is 1.")
	if n := strings.Count(w.Body.String(), "user:"+string(ada.ID)); n != 1 {
		t.Errorf("ada is there %d times", n)
	}
	c.shows(c.post("/admin/apps/wiki/users", url.Values{"who": {"nonsense"}}), 400)
	c.shows(c.post("/admin/apps/wiki/users", url.Values{"who": {"user:nonsense"}}), 404)
}
