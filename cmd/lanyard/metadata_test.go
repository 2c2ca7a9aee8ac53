package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestPrintedMetadataIsWhatTheServiceServes(t *testing.T) {
	t.Parallel()
	address := freeAddress(t)
	s := onServer(t).with("LANYARD_LISTEN="+address, "LANYARD_PUBLIC_URL=http://"+address)
	s.ok("app", "add", "--entity-id", "urn:wiki", "--acs", "https://wiki.example.org/", "--name", "Wiki")
	start(t, s, address)
	for path, command := range map[string]string{"/saml/metadata": "metadata", "/saml/metadata/wiki": "metadata --app wiki"} {
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		served, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		if printed := s.ok(args(command)...); printed != string(served)+"\n" {
			t.Errorf("%s serves\n%s\nand lanyard %s prints\n%s", path, served, command, printed)
		}
	}
	t.Run("MDP-13 nothing in it changes by itself", func(t *testing.T) {
		if strings.Contains(s.ok("metadata"), "validUntil") {
			t.Error("it has an end")
		}
	})
	t.Run("MDP-14 a copy with validUntil is made on request", func(t *testing.T) {
		if out := s.ok(args("metadata --valid-days 14")...); !strings.Contains(out, ` validUntil="20`) || !strings.Contains(out, "<ds:SignatureValue>") {
			t.Error(out)
		}
		s.fails(exitUsage, args("metadata --valid-days=-1"), "-1 days")
	})
}

func TestHostTooLongForACertificateStillGetsOne(t *testing.T) {
	t.Parallel()
	host := strings.Repeat("long.", 13) + "example.org" // a common name has 64 characters at most
	onServer(t).with("LANYARD_PUBLIC_URL=https://" + host).ok("metadata")
}
