package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/certs"
)

func TestCertificateRollOver(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata") // makes the first one
	var list []certView
	s.json(&list, "cert", "list")
	if len(list) != 1 || list[0].State != certs.Active || list[0].Algorithm != certs.RSA2048 || list[0].Subject != "login.example.org" {
		t.Fatalf("listed %+v", list)
	}
	old := list[0]
	var fresh certView
	s.json(&fresh, "cert", "create", "--algorithm", "ec-p256", "--days", "90", "--name", "Lanyard 2")
	if fresh.State != certs.Next || fresh.DaysLeft != 89 && fresh.DaysLeft != 90 {
		t.Errorf("made %+v", fresh)
	}
	der := func(args ...string) string {
		return base64.StdEncoding.EncodeToString([]byte(s.ok(append([]string{"cert", "export", "--format", "der"}, args...)...)))
	}
	published := s.ok("metadata")
	if !strings.Contains(published, der()) || !strings.Contains(published, der(string(fresh.ID))) {
		t.Error("our metadata does not show both certificates")
	}
	s.ok("cert", "activate", fresh.SHA256[:12])
	if der() != der(certs.Colons(fresh.SHA256)) {
		t.Error("the new certificate does not sign")
	}
	s.fails(exitFailed, []string{"cert", "retire", string(fresh.ID)}, "Activate another one first")
	s.ok("cert", "retire", string(old.ID))
	if strings.Contains(s.ok("metadata"), der(string(old.ID))) {
		t.Error("our metadata shows a retired certificate")
	}
	s.fails(exitFailed, []string{"cert", "activate", string(old.ID)}, "does not come back")
	s.fails(exitFailed, args("cert activate abcdabcdabcdabcdabcd"), "no certificate")
	s.fails(exitFailed, args("cert activate a"), "no certificate")
	s.fails(exitUsage, args("cert create --algorithm rsa-1024"), "rsa-2048")
}

func TestCertificateIsExportedInEachForm(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.fails(exitFailed, args("cert export"), "No certificate signs yet")
	s.ok("metadata")
	block, _ := pem.Decode([]byte(s.ok("cert", "export")))
	if block == nil {
		t.Fatal("no PEM")
	}
	if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		t.Error(err)
	}
	der := s.ok("cert", "export", "--format", "der")
	line, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s.ok("cert", "export", "--format", "base64")))
	if err != nil || der != string(block.Bytes) || der != string(line) {
		t.Error("the forms differ")
	}
}

func TestAppWithAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata")
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki", "--set", "idp-entity-id=urn:us:wiki")
	common := s.ok("cert", "export")
	var own certView
	s.json(&own, "cert", "create", "--app", "wiki")
	if own.App != "wiki" || s.ok("cert", "export", "--app", "wiki") != common {
		t.Errorf("made %+v, or it signs already", own)
	}
	s.ok("cert", "activate", string(own.ID))
	if s.ok("cert", "export", "--app", "wiki") == common || s.ok("cert", "export") != common {
		t.Error("the app's own key does not sign for it, or signs for others")
	}
	if doc := s.ok("metadata", "--app", "urn:wiki"); !strings.Contains(doc, `entityID="urn:us:wiki"`) {
		t.Error(doc)
	}
	s.fails(exitFailed, args("metadata --app nothing"), `no app "nothing"`)
	s.ok("cert", "retire", string(own.ID))
	if s.ok("cert", "export", "--app", "wiki") != common {
		t.Error("the app is not back to the common key")
	}
}

func TestKeysAtRest(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata")
	t.Run("KEY-01 the database holds private keys only sealed, and not what opens them", func(t *testing.T) {
		key := asked[[]byte](s, `SELECT private_key FROM signing_keys`)
		if _, err := x509.ParsePKCS8PrivateKey(key); err == nil {
			t.Error("the private key is there in clear")
		}
		certificate, err := x509.ParseCertificate(asked[[]byte](s, `SELECT certificate FROM signing_keys`))
		if err != nil {
			t.Fatal(err)
		}
		if spki := certificate.RawSubjectPublicKeyInfo; bytes.Contains(key, spki[len(spki)-64:]) {
			t.Error("the private key shows its modulus") // PKCS#8 repeats it
		}
		other := onServer(t)
		_, keyset, _ := strings.Cut(other.env[len(other.env)-1], "=")
		s.with("LANYARD_KEYSET="+keyset).fails(exitFailed, args("metadata"), "no key of the keyset opens it")
	})
	t.Run("a database without its keyset is refused", func(t *testing.T) {
		s.with("LANYARD_KEYSET=").fails(exitUsage, args("cert create"), "lanyard keyset create", "LANYARD_KEYSET_FILE")
	})
}

func TestMasterKeyRotation(t *testing.T) {
	t.Parallel()
	s := onServer(t)
	s.ok("metadata")
	before := asked[[]byte](s, `SELECT private_key FROM signing_keys`)
	rotated := s.ok("keyset", "rotate")
	after := s.with("LANYARD_KEYSET=" + rotated)
	if out := after.ok("doctor"); !strings.Contains(out, "opens 1 signing key") {
		t.Error(out)
	}
	if out := after.ok("keyset", "reseal"); out != "Sealed 1 signing key anew.\n" {
		t.Errorf("printed %q", out)
	}
	if bytes.Equal(before, asked[[]byte](s, `SELECT private_key FROM signing_keys`)) {
		t.Error("the key is sealed as before")
	}
	s.fails(exitFailed, args("metadata"), "no key of the keyset opens it") // the old key alone opens nothing now
	after.ok("metadata")
	if one, two := s.ok("keyset", "create"), s.ok("keyset", "create"); one == two || !strings.Contains(one, "AesGcmKey") {
		t.Error("keyset create makes no new keysets")
	}
	if _, err := os.Stat("keyset.json"); err == nil {
		t.Error("a keyset was left in the working folder")
	}
}

func TestNextKeyOfANewerKeysetHindersNobody(t *testing.T) {
	t.Parallel()
	old := onServer(t)
	before := old.ok("metadata")
	newer := old.with("LANYARD_KEYSET=" + old.ok("keyset", "rotate"))
	var next certView
	newer.json(&next, "cert", "create")
	if out := old.ok("metadata"); out != before {
		t.Errorf("with the older keyset\n%s\nnot\n%s", out, before)
	}
	if out := newer.ok("metadata"); strings.Count(out, "<ds:X509Certificate>") != strings.Count(before, "<ds:X509Certificate>")+1 {
		t.Errorf("with the newer keyset\n%s", out)
	}
	newer.ok("cert", "activate", string(next.ID))
	old.fails(exitFailed, args("metadata"), "no key of the keyset opens it")
}
