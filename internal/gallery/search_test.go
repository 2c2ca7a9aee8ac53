package gallery

import (
	"strings"
	"testing"
)

func ids(found []Template) string {
	var all []string
	for _, t := range found {
		all = append(all, t.ID)
	}
	return strings.Join(all, " ")
}

func TestPeopleFindAppsByTheWordsTheyKnow(t *testing.T) {
	t.Parallel()
	all := load(t)
	for query, want := range map[string]string{
		"citrix": "goto-meeting", "gotomeeting": "goto-meeting", "goto": "goto-meeting", "logmein": "goto-meeting", "Go To Meeting": "goto-meeting",
		"Citrix GoToMeeting": "goto-meeting", "GOTO MEET": "goto-meeting", "webinar": "goto-meeting",
		"g suite": "google-workspace", "github": "github-enterprise-cloud", "git hub": "github-enterprise-cloud", "gítlab": "gitlab",
		"aws sso": "aws-iam-identity-center", "jira": "atlassian-cloud", "realtimeboard": "miro", "dropbox business": "dropbox",
		"nothing like it": "",
	} {
		if got := ids(Search(all, query)); got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	if got := len(Search(all, "  ")); got != len(all) {
		t.Errorf("nothing finds %d of %d", got, len(all))
	}
}

func TestNamesCountBeforeFormerNamesAliasesVendorAndCategories(t *testing.T) {
	t.Parallel()
	made := func(id, name, former, alias, vendor, category string) Template {
		return Template{ID: id, Name: name, FormerNames: []string{former}, Aliases: []string{alias}, Vendor: vendor, Categories: []string{category}}
	}
	all := []Template{
		made("e", "E", "", "", "", "Café"), made("d", "D", "", "", "Cafe Inc", ""), made("c", "C", "", "caffeine", "", ""),
		made("b", "B", "Internet-Café", "", "", ""), made("a", "Cafe", "", "", "", ""),
	}
	if got := ids(Search(all, "CAF")); got != "a b c d e" {
		t.Errorf("found %s", got)
	}
	if got := ids(Search(all, "cafe inc")); got != "d" {
		t.Errorf("found %s", got)
	}
}
