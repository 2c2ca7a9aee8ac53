package service

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// secrets are texts that must show up nowhere, by what they are.
type secrets map[string]string

// add remembers a secret with the other ways in which it could be written down.
func (s secrets) add(what, value string) {
	if len(value) < 8 {
		panic(what + " is too short to be looked for")
	}
	s[what] = value
	s[what+" in hex"] = hex.EncodeToString([]byte(value))
	s[what+" in base64"] = strings.TrimRight(encode(value), "=")
	if escaped := url.QueryEscape(value); escaped != value {
		s[what+" in a URL"] = escaped
	}
	if raw, err := base64.RawURLEncoding.DecodeString(value); err == nil {
		s[what+" decoded, in hex"] = hex.EncodeToString(raw)
	}
}

// in says which secrets a text holds.
func (s secrets) in(text string) (found []string) {
	for what, value := range s {
		if strings.Contains(text, value) {
			found = append(found, what)
		}
	}
	return found
}

func (s secrets) absent(t *testing.T, where, text string) {
	t.Helper()
	if len(text) == 0 {
		t.Errorf("%s is empty", where)
	}
	for _, what := range s.in(text) {
		t.Errorf("%s holds %s", where, what)
	}
	for _, mark := range []string{"PRIVATE KEY", "<saml:Assertion", "saml:Assertion>", encode("<samlp:Response")[:16]} {
		if strings.Contains(text, mark) {
			t.Errorf("%s holds %q", where, mark)
		}
	}
}

func TestSecretsStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"text", "json"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			o := newOrganisation(t)
			o.env = append(o.env, "LANYARD_LOG="+form)
			o.populate()
			n := o.start()
			s := secrets{}
			s.add("the password", password)
			s.add("the master key", masterKey(t, o.keyset))
			walkEverywhere(t, o, n, s)
			metrics := must(http.Get("http://" + n.address + "/metrics"))

			t.Run("OPS-07 KEY-02 no secret is logged", func(t *testing.T) {
				s.absent(t, "the log", n.log.String())
				s.absent(t, "the console", n.out.String())
				s.absent(t, "/metrics", metrics)
			})
			dump := o.dump(t)
			t.Run("KEY-01 SES-01 a copy of the database opens nothing", func(t *testing.T) {
				s.absent(t, "the database", dump)
				o.sealedOnly(t)
			})
			t.Run("KEY-02 KEY-08 no command prints a secret", func(t *testing.T) {
				for _, args := range []string{"user list", "user show ada", "group list", "app list", "app show wiki", "cert list", "cert export", "metadata", "doctor"} {
					o := o.in(t)
					s.absent(t, "lanyard "+args, o.try("", strings.Fields(args)...).both())
					if args != "metadata" && args != "cert export" {
						s.absent(t, "lanyard "+args+" --json", o.try("", append(strings.Fields(args), "--json")...).both())
					}
				}
			})
		})
	}
}

func (r result) both() string { return r.out + r.errs }

// must is the body of an answer.
func must(res *http.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(res.Body)
	return b.String()
}

// walkEverywhere uses the service in every way, well and badly, and collects what is secret.
func walkEverywhere(t *testing.T, o *organisation, n *node, s secrets) {
	t.Helper()
	b := o.browse(n).in(t)
	b.signIn("ada", "my wrong password 12345")
	s.add("a wrong password", "my wrong password 12345")
	b.signIn("typed into the wrong field", password)

	login := b.get(o.requestURL())
	next, _ := url.Parse(login.location())
	resume := next.Query().Get("next")
	s.add("a waiting sign-on", strings.TrimPrefix(resume, "/saml/resume/"))
	b.post(login.location(), fields("username", "ada", "password", password))
	s.add("the session of before", b.cookie("session"))
	s.add("the device of before", b.cookie("device"))
	keep(s, "an answer", b.signOn(resume))
	b.get(resume)
	keep(s, "an answer to a start", b.signOn("/saml/start/wiki?RelayState=relay-state-of-the-app"))
	b.mustSignIn("ada", password)
	s.add("the session", b.cookie("session"))
	s.add("the device", b.cookie("device"))
	keep(s, "an answer by POST", b.postRequest(o))

	link := strings.TrimSpace(o.do("admin", "link"))
	s.add("the set-up link", link[strings.LastIndex(link, "/")+1:])
	s.add("the administrator's password", ownersPassword)
	o.browse(n).post(link, fields("email", "bad", "password", ownersPassword))
	owner := o.browse(n).in(t)
	owner.post(link, fields("email", "grace@example.org", "password", ownersPassword))
	owner.post(link, fields("email", "grace@example.org", "password", ownersPassword))
	owner.get(link)
	s.add("the administrator's session", owner.cookie("session"))
	s.absent(t, "/admin", owner.get("/admin").body)

	_, made, _ := strings.Cut(o.do("user", "password", "ada", "--generate-password"), "Password: ")
	made = strings.TrimSpace(made)
	s.add("a password that was made", made)
	for _, bad := range []string{"/saml/sso?SAMLRequest=!", "/saml/resume/x", "/setup/x", "/saml/sso", "/nowhere?password=" + url.QueryEscape(password)} {
		b.get(bad)
	}
	o.exec(t, `alter table sign_ins rename to gone`) // our own breakdown is logged with its cause
	apologises(t, b.signIn("ada", made))
	apologises(t, owner.get(o.requestURL()))
	o.exec(t, `alter table gone rename to sign_ins`)
	b.get("/logout")
	b.post("/logout", nil)
}

func keep(s secrets, what string, r *response) {
	s.add(what, r.form.fields.Get("SAMLResponse"))
	_, inside, _ := strings.Cut(r.xml, "<saml:Assertion")
	s.add(what+" in clear", inside)
}

// postRequest sends one by HTTP-POST, as the app's own page does.
func (b *browser) postRequest(o *organisation) *response {
	b.t.Helper()
	message := encode(o.authnRequest(newID()))
	p := b.post("/saml/sso", fields("SAMLRequest", message))
	r, err := p.answer()
	if err != nil || !r.success() {
		b.t.Fatalf("no assertion by POST: %v, %s", err, p)
	}
	return r
}

// masterKey is the part of a keyset that is secret.
func masterKey(t *testing.T, keyset string) string {
	t.Helper()
	var set struct {
		Key []struct{ KeyData struct{ Value string } }
	}
	if err := json.Unmarshal([]byte(keyset), &set); err != nil || len(set.Key) == 0 {
		t.Fatalf("the keyset is not understood: %v", err)
	}
	return set.Key[0].KeyData.Value
}

// dump is the whole database as text.
func (o *organisation) dump(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if dir := os.Getenv("LANYARD_PG_BIN"); dir != "" {
		found = append(found, filepath.Join(dir, "pg_dump"))
	}
	if len(found) == 0 {
		t.Fatal("pg_dump is needed: apt-get install postgresql-client")
	}
	cmd := exec.Command(found[len(found)-1], "--dbname="+o.dsn)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, &errs)
	}
	return string(text)
}

// sealedOnly says that private keys in the database are not in clear in any form that a key comes in.
func (o *organisation) sealedOnly(t *testing.T) {
	t.Helper()
	o.sql(t, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, `select private_key from signing_keys`)
		if err != nil {
			return err
		}
		keys, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
		if err == nil && len(keys) == 0 {
			err = fmt.Errorf("there is no key")
		}
		for _, key := range keys {
			if _, err := x509.ParsePKCS8PrivateKey(key); err == nil {
				t.Error("a private key is kept in clear (PKCS#8)")
			}
			if _, err := x509.ParsePKCS1PrivateKey(key); err == nil {
				t.Error("a private key is kept in clear (PKCS#1)")
			}
			if _, err := x509.ParseECPrivateKey(key); err == nil {
				t.Error("a private key is kept in clear (SEC 1)")
			}
		}
		return err
	})
}
