package saml

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// zeros is n bytes of nothing, deflated as small as it gets: about a thousandth.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for ; n > 0; n -= len(chunk) {
		if _, err := w.Write(chunk[:min(n, len(chunk))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// allocated is how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestBombsCostNoMoreThanTheirBound(t *testing.T) {
	t.Run("XML-05 a DEFLATE bomb stops at the bound", func(t *testing.T) {
		bomb := zeros(t, 16<<20)
		for name, packed := range map[string][]byte{"one stream": bomb, "a stream without an end": bomb[:len(bomb)-8], "nested": Deflate(bomb)} {
			var err error
			if n := allocated(func() { _, err = Inflate(packed, MaxMessage) }); n > 8*MaxMessage {
				t.Errorf("%s: %d bytes allocated", name, n)
			}
			if name != "nested" && !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		query := "SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString(bomb[:min(len(bomb), 60<<10)]))
		if n := allocated(func() { _, _ = ReadRedirect(query) }); n > 8*MaxMessage {
			t.Errorf("by redirect: %d bytes allocated", n)
		}
	})
	t.Run("the bound itself is allowed", func(t *testing.T) {
		for _, n := range []int{0, 1, MaxMessage - 1, MaxMessage} {
			if out, err := Inflate(zeros(t, n), MaxMessage); err != nil || len(out) != n {
				t.Errorf("%d became %d, %v", n, len(out), err)
			}
		}
		if _, err := Inflate(zeros(t, MaxMessage+1), MaxMessage); !fault.Is(err, fault.Invalid) {
			t.Errorf("one more: %v", err)
		}
	})
	t.Run("XML-07 deep, wide and long documents cost no more than their size allows", func(t *testing.T) {
		for name, doc := range map[string]string{
			"deep":       strings.Repeat("<a>", 80_000),
			"attributes": "<a" + strings.Repeat(` a="1"`, 40_000) + "/>",
			"namespaces": strings.Repeat(`<a xmlns:b="urn:b" xmlns:c="urn:c" xmlns:d="urn:d">`, 4_000),
			"long name":  "<" + strings.Repeat("a", 250_000) + "/>",
			"elements":   "<a>" + strings.Repeat("<b/>", 60_000) + "</a>",
			"references": "<a>" + strings.Repeat("&#120;", 40_000) + "</a>",
		} {
			var err error
			if n := allocated(func() { _, err = ReadAuthnRequest([]byte(doc)) }); n > 20<<20 {
				t.Errorf("%s: %d bytes allocated", name, n)
			}
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestInflatersAreSharedSafely(t *testing.T) {
	good, bad := Deflate([]byte("message")), []byte{0xff, 0xff, 0xff}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if _, err := Inflate(bad, 100); err == nil {
					t.Error("junk is read")
				}
				if out, err := Inflate(good, 100); err != nil || string(out) != "message" {
					t.Errorf("%q, %v", out, err)
				}
			}
		})
	}
	all.Wait()
}

func TestAMessageComesInOnePlace(t *testing.T) {
	t.Run("RED-S1 not in the form and in the address", func(t *testing.T) {
		form := url.Values{"SAMLRequest": {"PHgvPg=="}}
		if _, err := ReadPOST(form, "x=y"); err != nil {
			t.Error(err)
		}
		for _, query := range []string{"SAMLRequest=x", "SAML%52equest=x", "SAMLResponse=x", "RelayState=x", "Signature=x", "SigAlg=x", "SAMLEncoding=x", "a=b&RelayState", "SAMLRequest=x&SAMLRequest=x"} {
			if _, err := ReadPOST(form, query); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", query, err)
			}
		}
	})
}
