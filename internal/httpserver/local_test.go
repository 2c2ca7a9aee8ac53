package httpserver_test

import (
	"testing"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

func TestOnlyPathsOfOursAreLocal(t *testing.T) {
	for _, next := range []string{"/", "/admin", "/saml/resume/abc?x=1", "/a%20b", "/?next=https://evil.example/"} {
		if !httpserver.Local(next) {
			t.Errorf("%q was refused", next)
		}
	}
	for _, next := range []string{
		"", "admin", "//evil.example", `/\evil.example`, `\\evil.example`, "/%5cevil.example", "/%5Cevil.example", "/%2fevil.example",
		"/%2Fevil.example", "https:evil.example", "https://evil.example", "https:/evil.example", "javascript:alert(1)", "///evil.example",
		"/\t/evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "\t//evil.example", " //evil.example", "/a//b", "/.//evil.example",
		"/%0d%0aSet-Cookie: a=b", "/\u0085/x", "/%00", "/%zz", "http://user@idp.example/", "/\x00", "//idp.example@evil.example/", "?next=/", "#",
	} {
		if httpserver.Local(next) {
			t.Errorf("%q was taken for ours", next)
		}
	}
}

func FuzzLocal(f *testing.F) {
	f.Add("/x")
	f.Add(`/\evil.example`)
	f.Fuzz(func(t *testing.T, next string) {
		if !httpserver.Local(next) {
			return
		}
		if next[0] != '/' || len(next) > 1 && (next[1] == '/' || next[1] == '\\') {
			t.Errorf("%q", next)
		}
	})
}
