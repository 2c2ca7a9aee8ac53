package metadata

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

func TestManual(t *testing.T) {
	a := Manual("https://wiki.example.org/saml", []string{"https://wiki.example.org/acs", "https://wiki.example.org/acs2"})
	if err := a.Validate(); err != nil {
		t.Fatal(err)
	}
	want := []apps.Endpoint{
		{Binding: saml.BindingPOST, Location: "https://wiki.example.org/acs"},
		{Binding: saml.BindingPOST, Location: "https://wiki.example.org/acs2", Index: 1},
	}
	if d := cmp.Diff(want, a.Settings.ACS); d != "" || a.Name != "wiki.example.org" || a.Slug != "wiki-example-org" || len(a.Settings.Claims) != 4 {
		t.Errorf("%+v\n%s", a, d)
	}
	for _, bad := range []apps.App{Manual("", []string{"https://a/"}), Manual("x", nil), Manual("x", []string{"javascript:alert(1)"})} {
		if err := bad.Validate(); err == nil {
			t.Errorf("%+v passes", bad)
		}
	}
}

// served answers every address with one document, and counts.
type served struct {
	doc   string
	err   error
	asked []string
}

func (s *served) Get(_ context.Context, url string) ([]byte, error) {
	s.asked = append(s.asked, url)
	return []byte(s.doc), s.err
}

func TestFetch(t *testing.T) {
	fetch := func(s *served, address string, o Options) (Imported, error) {
		o.Now = now
		return Fetch(t.Context(), s, address, o)
	}
	t.Run("the app remembers where it came from", func(t *testing.T) {
		for _, address := range []string{"https://sp.example/metadata", "http://localhost:8000/saml/metadata"} {
			s := &served{doc: read(t, "minimal.xml")}
			got, err := fetch(s, address, Options{})
			if err != nil || got.App.Settings.MetadataURL != address || len(s.asked) != 1 {
				t.Errorf("%s: %+v, %v", address, got, err)
			}
		}
	})
	t.Run("MDC-43 what nobody vouches for is not fetched", func(t *testing.T) {
		s := &served{doc: read(t, "minimal.xml")}
		if _, err := fetch(s, "http://sp.example/metadata", Options{}); !fault.Is(err, fault.Invalid) || len(s.asked) != 0 {
			t.Errorf("asked %q, error %v", s.asked, err)
		}
		if _, err := fetch(s, "http://sp.example/metadata", Options{AllowHTTP: true}); err != nil {
			t.Error(err)
		}
	})
	t.Run("other schemes are not fetched", func(t *testing.T) {
		s := &served{doc: read(t, "minimal.xml")}
		for _, address := range []string{"", "file:///etc/passwd", "gopher://sp.example/", "ftp://sp.example/", "sp.example", "https:///x", "https://u:p@sp.example/"} {
			if _, err := fetch(s, address, Options{}); !fault.Is(err, fault.Invalid) || len(s.asked) != 0 {
				t.Errorf("%q: asked %q, error %v", address, s.asked, err)
			}
		}
	})
	t.Run("failures are passed on", func(t *testing.T) {
		broken := errors.New("broken")
		if _, err := fetch(&served{err: broken}, "https://sp.example/", Options{}); !errors.Is(err, broken) {
			t.Error(err)
		}
		if _, err := fetch(&served{doc: "<html/>"}, "https://sp.example/", Options{}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
