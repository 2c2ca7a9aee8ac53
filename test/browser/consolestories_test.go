package browser_test

import (
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/admin"
	"github.com/lanyard-idp/lanyard/internal/gallery"
)

func init() { stories = append(stories, consoleStories...) }

var (
	on        = admin.State{Word: "On", Class: "ok"}
	gotoHead  = admin.AppHead{Account: overview.Account, Name: "Citrix GoToMeeting", Path: "/admin/apps/goto", EntityID: "https://authentication.logmeininc.com/saml/sp", State: on}
	longHead  = admin.AppHead{Account: overview.Account, Name: "Enterprise Resource Planning and Donaudampfschifffahrtsgesellschaftsverwaltung", Path: "/admin/apps/erp", EntityID: "urn:erp", State: admin.State{Word: "Nobody assigned", Class: "warn"}}
	confirmed = noon.AddDate(0, 0, -3)
)

// consoleStories are the pages of the console about apps.
var consoleStories = []story{
	{"admin-apps", "admin/apps", 200, admin.AppsPage{Account: overview.Account, Apps: overview.Apps, Found: 73, All: 73}},
	{"admin-apps-none", "admin/apps", 200, admin.AppsPage{Account: overview.Account}},
	{"admin-apps-unfound", "admin/apps", 200, admin.AppsPage{Account: overview.Account, Search: "payrol", All: 73}},
	{"admin-gallery", "admin/gallery", 200, admin.GalleryPage{Account: overview.Account, Categories: []string{"Communication", "Developer tools", "Meetings", "Storage"}, Tiles: []admin.TemplateTile{
		gotoTile,
		{ID: "zendesk", Name: "Zendesk", Vendor: "Zendesk", Summary: "Help desk and customer service.", Badges: []string{"SAML", "starts at the app"}, Added: true},
		{ID: "aws", Name: "AWS IAM Identity Center (successor to AWS Single Sign-On)", Vendor: "Amazon", Summary: "Accounts of the cloud.", Badges: []string{"SAML"}},
	}}},
	{"admin-gallery-search", "admin/gallery", 200, admin.GalleryPage{Account: overview.Account, Search: "wiki", Categories: []string{"Meetings"}, Category: "Meetings"}},
	{"admin-template", "admin/template", 200, templatePage()},
	{"admin-template-again", "admin/template", 409, templateAgain()},
	{"admin-custom", "admin/custom", 200, customPage("")},
	{"admin-custom-wrong", "admin/custom", 422, customPage("Nothing could be fetched from there: check that the address is right and can be reached from this server.")},
	{"admin-app", "admin/app", 200, admin.AppPage{
		AppHead: gotoHead, Slug: "goto", Enabled: true, Configured: &confirmed, SignedIn: &confirmed, Assigned: 3, People: 212, SignIns: overview.SignIns, Certificates: overview.Certificates[:1],
		Provisioning: "The mail address, in a verified domain. GoTo makes an account at the first sign-in.", NameID: admin.ClaimRow{Name: "email", From: "email", Required: true},
		Claims: []admin.ClaimRow{{Name: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", From: "email", Required: true}, {Name: "role", From: "member"}},
	}},
	{"admin-app-new", "admin/app", 200, admin.AppPage{AppHead: longHead, Slug: "erp", Enabled: true, Next: 2, Warnings: []string{"line 12: the document expires on 2026-12-24; nothing here renews it."}, NameID: admin.ClaimRow{Name: "persistent", From: "made up for this app", Required: true}}},
	{"admin-app-off", "admin/app", 200, admin.AppPage{AppHead: longHead, Slug: "erp", Next: 1, Assigned: 1, People: 1, NameID: admin.ClaimRow{Name: "persistent", From: "made up for this app", Required: true}}},
	{"admin-remove", "admin/remove", 200, admin.RemovePage{AppHead: gotoHead, People: 212, Assigned: 3, Form: admin.Form{Action: "/", Fields: []admin.Field{{Name: "confirm", Label: "Type the name of the app: Citrix GoToMeeting"}}}}},
	{"admin-remove-wrong", "admin/remove", 422, admin.RemovePage{AppHead: longHead, Form: admin.Form{Action: "/", Fields: []admin.Field{{Name: "confirm", Label: "Type the name of the app: ERP", Value: "CRM", Problem: "This is not the name. Nothing was removed."}}}}},
	{"admin-settings", "admin/settings", 200, settingsPage(false, "", "")},
	{"admin-settings-wrong", "admin/settings", 422, settingsPage(false, "acs", "\"https://*.example.org/\" holds a wildcard: each address has to be written out in full.")},
	{"admin-settings-stale", "admin/settings", 409, settingsPage(true, "", "Somebody else changed Citrix GoToMeeting in the meantime. Load it again and repeat the change.")},
	{"admin-configure", "admin/configure", 200, configurePage(nil, "")},
	{"admin-configure-unticked", "admin/configure", 422, configurePage(nil, "Tick the box when you have saved the values there.")},
	{"admin-configure-done", "admin/configure", 200, configurePage(&confirmed, "")},
	{"admin-configure-nothing", "admin/configure", 200, admin.ConfigurePage{
		AppHead: longHead, Vendor: longHead.Name, MetadataURL: "https://idp.example.org/saml/metadata/erp",
		Rows: []admin.ValueRow{{ID: "value-0", Label: "Certificate", Help: "Also called X.509 certificate."}},
	}},
	{"admin-users", "admin/users", 200, admin.AssignPage{
		AppHead: noticed(gotoHead), People: 212, Search: "a", More: 12,
		Assigned: []admin.AssigneeRow{{Ref: "group:1", Name: "Staff", Kind: "Group"}, {Ref: "user:1", Name: "ada@example.org", Kind: "Person"}},
		Found: []admin.AssigneeRow{
			{Ref: "group:1", Name: "Staff", Kind: "Group", About: "12 people in it directly", Already: true},
			{Ref: "user:2", Name: "Charles Babbage", Kind: "Person", About: "charles, charles.babbage.of.the.analytical.engine@a-long-domain.example.org"},
		},
	}},
	{"admin-users-none", "admin/users", 200, admin.AssignPage{AppHead: longHead, Search: "nobody"}},
	{"admin-users-unknown", "admin/users", 422, admin.AssignPage{
		AppHead: gotoHead, Everyone: true, Assigned: []admin.AssigneeRow{{Ref: "everyone:", Kind: "Everyone"}}, People: 1,
		Problem: "None of these is known here. Nobody was assigned.", Unknown: []string{"x@example.org", "y@example.org"}, Pasted: "x@example.org\ny@example.org",
	}},
	{"admin-confirm", "admin/confirm", 200, admin.ConfirmPage{
		AppHead: gotoHead, Before: 212, After: 224, Unknown: []string{"x@example.org"},
		Who: []admin.AssigneeRow{{Ref: "group:1", Name: "Staff", Kind: "Group", About: "with everybody in it, through other groups too"}, {Ref: "user:1", Name: "Ada Lovelace", Kind: "Person", About: "ada, ada@example.org"}},
	}},
	{"admin-confirm-remove", "admin/confirm", 200, admin.ConfirmPage{
		AppHead: longHead, Remove: true, Before: 1, After: 1, Who: []admin.AssigneeRow{{Ref: "everyone:", Name: "Everyone", Kind: "Everyone", About: "everybody here, now and later"}},
	}},
}

func noticed(head admin.AppHead) admin.AppHead {
	head.Notice = "Assigned."
	return head
}

var gotoTile = admin.TemplateTile{
	ID: "goto-meeting", Name: "GoTo Meeting", Vendor: "GoTo", Formerly: []string{"Citrix GoToMeeting", "LogMeIn GoToMeeting"},
	Summary: "Online meetings, webinars and trainings of GoTo, formerly LogMeIn and Citrix Online.", Badges: []string{"SAML", "nothing to type"},
}

func templatePage() admin.TemplatePage {
	return admin.TemplatePage{
		Account: overview.Account, Template: gotoTile, Needs: []string{"A GoTo account with an organization.", "At least one verified e-mail domain."},
		Links: []gallery.Link{{Label: "GoTo Organization Center", URL: "https://organization.logmeininc.com"}},
		Variants: []admin.VariantLink{
			{Name: "GoTo (since 2022)", URL: "?variant=goto"}, {Name: "LogMeIn (since 2017; what Microsoft documents today)", URL: "?variant=logmein", Chosen: true},
		},
		Note: "Complete and documented; nothing has to be typed.",
		Form: admin.Form{Action: "/", Fields: []admin.Field{
			{Name: "product", Label: "Product that opens", Kind: "choice", Help: "The one that people land in.", Choices: []admin.Choice{{Value: "m", Label: "GoTo Meeting"}, {Value: "w", Label: "GoTo Webinar"}}},
			{Name: "cert", Label: "Certificate of GoTo", Kind: "lines", Rows: 4, Optional: true, Help: "Only to check the sign-out messages that GoTo signs."},
		}},
	}
}

func templateAgain() admin.TemplatePage {
	p := templatePage()
	p.Template.Added, p.Variants = true, nil
	p.Already = []admin.AppLink{{Name: "GoTo Meeting", URL: "/admin/apps/goto"}, {Name: "Second", URL: "/admin/apps/second"}}
	p.Form.Fields = []admin.Field{
		{Name: "name", Label: "Name", Value: "GoTo Meeting 3"},
		{Name: "entity-id", Label: "Entity ID of this one", Optional: true, Help: "Two apps cannot have the same.", Problem: "There is an app with the entity ID \"urn:x\" already: change that one, or replace it."},
	}
	return p
}

func customPage(problem string) admin.CustomPage {
	which := admin.Field{Name: "url-which", Label: "Entity ID", Optional: true, Help: "Only when the document describes several apps: the one to take."}
	page := admin.CustomPage{
		Account: overview.Account,
		URL:     admin.Form{Fields: []admin.Field{{Name: "metadata", Label: "Metadata URL", Kind: "url", Example: "https://app.example.org/saml/metadata", Help: "It is fetched once."}, which}},
		Manual:  admin.Form{Fields: []admin.Field{{Name: "acs", Label: "Address for answers (ACS URL)", Kind: "lines", Rows: 2}}},
	}
	which.Name = "file-which"
	page.File = admin.Form{Fields: []admin.Field{{Name: "document", Label: "Metadata file", Kind: "file"}, which}}
	if problem != "" {
		page.URL.Fields[0].Value = "https://nowhere.example.org/"
		page.URL.Fields[0].Problem = problem
		page.Manual.Problem = "There is an app of this name already."
	}
	return page
}

func settingsPage(stale bool, field, problem string) admin.SettingsPage {
	page := admin.SettingsPage{AppHead: gotoHead, Version: 3, Stale: stale, Form: admin.Form{Action: "/", Fields: []admin.Field{
		{Name: "name", Label: "Name", Value: "Citrix GoToMeeting"},
		{Name: "acs", Label: "Addresses for answers (ACS URL)", Kind: "lines", Rows: 2, Value: "https://authentication.logmeininc.com/saml/acs", Help: "One on each line, written out in full."},
		{Name: "sign", Label: "What is signed", Kind: "choice", Value: "both", Choices: []admin.Choice{{Value: "both", Label: "Response and assertion"}}},
		{Name: "lifetime", Label: "Lifetime of an assertion", Value: "5m0s", Help: "One minute to one hour.", Example: "5m"},
		{Name: "require", Label: "Refuse requests that the app has not signed", Kind: "check", Value: "yes"},
	}}}
	if field == "" {
		page.Form.Problem = problem
		return page
	}
	page.Form.Fields[1].Problem = problem
	return page
}

func configurePage(configured *time.Time, problem string) admin.ConfigurePage {
	pem := "-----BEGIN CERTIFICATE-----\n" + strings.Repeat("MIIBszCCAVmgAwIBAgIQFz0YVt2k9o0i0lq0j0k0qzAKBggqhkjOPQQDAjAWMRQw\n", 14) + "-----END CERTIFICATE-----"
	return admin.ConfigurePage{
		AppHead: gotoHead, Vendor: "GoTo", Where: "Organization Center, Identity Provider tab: choose Manual", MetadataURL: "https://idp.example.org/saml/metadata/goto",
		Modes: []admin.ModeLink{{Name: "Manual", URL: "?mode=Manual", Chosen: true}, {Name: "Automatic", URL: "?mode=Automatic"}, {Name: "Upload SAML metadata file", URL: "?mode=x"}},
		Rows: []admin.ValueRow{
			{ID: "value-0", Label: "Sign-in page URL", Value: "https://idp.example.org/saml/sso", Lines: 1},
			{ID: "value-1", Label: "Sign-in binding", Value: "Redirect", Lines: 1},
			{ID: "value-2", Label: "Identity Provider Entity ID", Value: "https://idp.example.org/saml/metadata", Lines: 1},
			{ID: "value-3", Label: "Verification certificate", Value: pem, Lines: 16, Help: "Paste it with the lines BEGIN CERTIFICATE and END CERTIFICATE, or upload the file.", File: "/x", FileLabel: "Download certificate"},
			{ID: "value-4", Label: "SAML metadata file", File: "/x", FileLabel: "Download metadata.xml"},
		},
		Guide: []string{"Sign in to the GoTo Organization Center and verify your e-mail domain.", "Fill in the values and save."},
		Links: []gallery.Link{{Label: "GoTo Organization Center", URL: "https://organization.logmeininc.com"}},
		Downloads: []admin.Download{
			{Label: "PEM (.pem)", URL: "/x", Primary: true}, {Label: "Base64, one line (.txt)", URL: "/x"}, {Label: "DER, binary (.cer)", URL: "/x"},
		},
		SHA1: strings.TrimSuffix(strings.Repeat("AB:", 20), ":"), SHA256: fingerprint, Configured: configured, Start: "/saml/start/goto", Problem: problem,
	}
}
