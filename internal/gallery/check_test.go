package gallery

import (
	"encoding/json"
	"strings"
	"testing"
)

// example is the smallest file that is allowed.
const example = `{
  "format": 1, "id": "wiki", "name": "Wiki", "vendor": "Example", "categories": ["Docs"], "summary": "Pages.",
  "sources": [{"label": "Manual", "url": "https://wiki.example.com/saml"}],
  "fields": [{"key": "host", "label": "Host", "help": "Where it is.", "example": "wiki.example.com", "pattern": "[a-z.]+"}],
  "variants": [{"id": "wiki", "name": "Wiki", "entityId": "https://{host}/", "acs": ["https://{host}/acs"]}],
  "nameId": {"format": "email"}, "idpInitiated": true,
  "claims": [{"name": "mail", "source": "email"}],
  "forms": [{"mode": "Form", "fields": [{"label": "Issuer", "value": "idp-entity-id"}]}],
  "guide": ["Do it."]
}`

func TestSmallestFileIsTaken(t *testing.T) {
	t.Parallel()
	if _, err := Parse("wiki.json", []byte(example)); err != nil {
		t.Fatal(err)
	}
}

func TestEveryBrokenRuleIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to, words string }{
		{`"format": 1`, `"format": 2`, "format: is 2"},
		{`"id": "wiki", "name"`, `"id": "other", "name"`, "name of the file"},
		{`"name": "Wiki", "vendor"`, `"name": " ", "vendor"`, "name: is missing"},
		{`"summary": "Pages."`, `"summary": ""`, "summary: is missing"},
		{`"vendor": "Example"`, `"vendor": "Example", "colour": "red"`, "colour"},
		{`[{"label": "Manual", "url": "https://wiki.example.com/saml"}]`, `[]`, "sources: is empty"},
		{`"https://wiki.example.com/saml"`, `"http://wiki.example.com/saml"`, "no https address"},
		{`"guide": ["Do it."]`, `"guide": []`, "guide: is empty"},
		{`"key": "host"`, `"key": "slug"`, "setting of every app"},
		{`"key": "host"`, `"key": "place"`, "nothing fills {host}"},
		{`"help": "Where it is."`, `"help": ""`, "fields[0].help"},
		{`"pattern": "[a-z.]+"`, `"pattern": "["`, "no regular expression"},
		{`"pattern": "[a-z.]+"`, `"pattern": "[a-z]+"`, "does not match the pattern"},
		{`, "pattern": "[a-z.]+"`, ``, "fields[0].pattern: is missing"},
		{`"pattern": "[a-z.]+"`, `"pattern": "[a-z.]+", "kind": "secret"`, "no kind of field"},
		{`"pattern": "[a-z.]+"`, `"pattern": "[a-z.]+", "optional": true`, "which is optional"},
		{`"acs": ["https://{host}/acs"]`, `"acs": []`, "acs: is empty"},
		{`"acs": ["https://{host}/acs"]`, `"acs": ["http://{host}/acs"]`, "not encrypted"},
		{`"acs": ["https://{host}/acs"]`, `"acs": ["https://{host}/*"]`, "wildcard"},
		{`"acs": ["https://{host}/acs"]`, `"acs": ["https://{host}/acs"], "slo": [{"binding": "fax", "url": "https://{host}/slo"}]`, "none of redirect"},
		{`"nameId": {"format": "email"}`, `"nameId": {"format": "passport"}`, "passport"},
		{`"source": "email"`, `"source": "shoe-size"`, "claims[0]"},
		{`"source": "email"`, `"source": "email", "nameFormat": "long"`, "nameFormat"},
		{`"idpInitiated": true`, `"idpInitiated": true, "sign": "nothing"`, "cannot be signed"},
		{`"idpInitiated": true`, `"idpInitiated": true, "signatureAlgorithm": "rot13"`, "rot13"},
		{`"idpInitiated": true`, `"idpInitiated": true, "requireSigned": true`, "requireSigned"},
		{`"idpInitiated": true`, `"idpInitiated": true, "defaultVariant": "x"`, "defaultVariant"},
		{`"idpInitiated": true`, `"idpInitiated": true, "provisioning": {"protocol": "fax", "documented": "https://x.example"}`, "provisioning.protocol"},
		{`"value": "idp-entity-id"`, `"value": "shoe-size"`, "nothing that can be shown"},
		{`"value": "idp-entity-id"`, `"value": "text"`, "goes with the value text"},
		{`{"mode": "Form"`, `{"mode": "Form", "variants": ["x"]`, "there is none for the variant wiki"},
		{`"guide": ["Do it."]` + "\n}", `"guide": ["Do it."]` + "\n}{}", "more than one"},
	} {
		text := strings.Replace(example, c.from, c.to, 1)
		if text == example {
			t.Fatalf("%s is not in the example", c.from)
		}
		_, err := Parse("wiki.json", []byte(text))
		if err == nil || !strings.Contains(err.Error(), c.words) || !strings.HasPrefix(err.Error(), "wiki.json: ") {
			t.Errorf("%s: %v, want %q", c.to, err, c.words)
		}
	}
}

func TestFileTellsAllThatIsWrongAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse("wiki.json", []byte(strings.NewReplacer(`"summary": "Pages."`, `"summary": ""`, `["Do it."]`, `[]`).Replace(example)))
	if err == nil || strings.Count(err.Error(), "\nwiki.json: ") != 1 {
		t.Errorf("%v", err)
	}
}

func TestTwoAppsOfOneNameAreRefused(t *testing.T) {
	t.Parallel()
	one, err := Parse("wiki.json", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	two := one
	two.ID, two.Name, two.Aliases = "pages", "Pages", []string{"WIKI"}
	if err := unique([]Template{one, two}); err == nil || !strings.Contains(err.Error(), "wiki already") {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte(`{"variants":[{}],"fields":[{"pattern":"(","choices":[{}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tpl, err := Parse("wiki.json", text)
		if err != nil {
			return
		}
		for _, v := range tpl.Variants {
			if _, err := tpl.App(tpl.examples(v.ID), v.ID); err != nil {
				t.Errorf("accepted, but makes no app: %v", err)
			}
		}
		if _, err := json.Marshal(tpl); err != nil {
			t.Error(err)
		}
	})
}
