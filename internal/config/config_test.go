package config_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/config"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

// good is what a start without any setting gives.
func good() config.Flags {
	return config.Flags{Listen: "127.0.0.1:8080", PublicURL: "http://localhost:8080", DataDir: "/var/lib/lanyard", Log: "text", ClockSkew: "5m", Organization: "Lanyard"}
}

func TestSettingsBecomeValues(t *testing.T) {
	f := good()
	f.PublicURL = "https://login.example.org/"
	f.TrustedProxies = " 10.1.2.3/8, 192.0.2.1,2001:db8::1 "
	f.DatabaseURL = "postgres://lanyard:p%40ss@db.example.org/lanyard"
	f.Log = "json"
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL() != "https://login.example.org" || c.Log != config.LogJSON || c.Embedded() {
		t.Errorf("got %+v", c)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::1/128")}
	if diff := cmp.Diff(want, c.TrustedProxies, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestEveryWrongValueIsNamedAtOnce(t *testing.T) {
	f := config.Flags{
		DatabaseURL: "postgres://user:hunter2@host:port:1/x", Listen: "8080", PublicURL: "login.example.org", DataDir: "/dev/null",
		Keyset: "hunter2", Log: "xml", TrustedProxies: "10.0.0.0/8,proxy.example.org", ClockSkew: "1h", Organization: " ",
	}
	_, err := f.Read()
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{
		"DATABASE_URL", "LANYARD_LISTEN", "LANYARD_PUBLIC_URL", "LANYARD_DATA_DIR", "LANYARD_KEYSET",
		"LANYARD_LOG", "LANYARD_TRUSTED_PROXIES", "LANYARD_CLOCK_SKEW", "LANYARD_ORGANIZATION",
	} {
		if !strings.Contains(err.Error(), name+" ") {
			t.Errorf("%s is not named", name)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a secret is shown: %v", err)
	}
}

func TestWrongPublicURLIsRefused(t *testing.T) {
	for name, url := range map[string]string{
		"empty": "", "no scheme": "login.example.org", "only a path": "/login", "other scheme": "ftp://login.example.org",
		"path": "https://login.example.org/sso", "query": "https://login.example.org?a=b", "bare query": "https://login.example.org?",
		"user": "https://me@login.example.org", "fragment": "https://login.example.org#a",
		"CORE-35 entity ID of 257 characters": "https://" + strings.Repeat("a", 257-len("https:///saml/metadata")),
	} {
		t.Run(name, func(t *testing.T) {
			f := good()
			f.PublicURL = url
			if _, err := f.Read(); err == nil || !strings.Contains(err.Error(), "LANYARD_PUBLIC_URL") {
				t.Errorf("got %v", err)
			}
		})
	}
	f := good()
	f.PublicURL = "https://" + strings.Repeat("a", 256-len("https:///saml/metadata"))
	if _, err := f.Read(); err != nil {
		t.Errorf("256 characters: %v", err)
	}
}

func TestSecretsComeFromFilesToo(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keyset, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	f := good()
	f.DatabaseURLFile = write("url", "postgres://db.example.org/lanyard\r\n")
	f.KeysetFile = write("keyset", string(keyset))
	c, err := f.Read()
	if err != nil || c.DatabaseURL.Reveal() != "postgres://db.example.org/lanyard" || c.Keyset.Reveal() != strings.TrimSpace(string(keyset)) {
		t.Errorf("read %q, %v", c.DatabaseURL.Reveal(), err)
	}
	f.DatabaseURL = "postgres://db.example.org/other"
	f.KeysetFile = filepath.Join(dir, "missing")
	_, err = f.Read()
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL_FILE are both set") || !strings.Contains(err.Error(), "LANYARD_KEYSET_FILE names") {
		t.Errorf("got %v", err)
	}
	f = good()
	f.KeysetFile = write("empty", "\n")
	if _, err := f.Read(); err == nil {
		t.Error("an empty file is taken")
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	f := good()
	f.DatabaseURL = "postgres://user:hunter2@host/x"
	c, err := f.Read()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(c)
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s", c, c, c, c.DatabaseURL), string(text)} {
		if strings.Contains(shown, "hunter2") {
			t.Errorf("prints %s", shown)
		}
	}
}
