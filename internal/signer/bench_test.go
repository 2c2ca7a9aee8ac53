package signer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"io"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/saml"
)

// free is a crypto.Signer that costs nothing: what remains is what we do around a signature.
type free struct {
	public crypto.PublicKey
	value  []byte
}

func (f free) Public() crypto.PublicKey { return f.public }

func (f free) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return f.value, nil }

func freeKey(t testing.TB) *Key {
	t.Helper()
	real := testKey(t, "rsa")
	k, err := NewKey("free", free{real.signer.Public(), make([]byte, 256)}, real.cert)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A maker goes from parameters to the signed form, in buffers that it keeps.
type maker struct {
	key      *Key
	response *saml.Response
	choice   Choice
	form     saml.PostForm
	xml      []byte
	page     []byte
}

func newMaker(key *Key, choice string) *maker {
	r := testResponse()
	return &maker{
		key: key, response: r, choice: choices[choice].with(saml.RSASHA256), xml: make([]byte, 0, 16<<10), page: make([]byte, 0, 32<<10),
		form: saml.PostForm{
			Action: r.Destination, Field: "SAMLResponse", RelayState: "/wiki?page=1", HasRelayState: true, Lang: "en", Title: "Signing in",
			Heading: "Signing in to Wiki…", NoScript: "Press the button to go on.", Button: "Continue to Wiki", Stylesheet: "/static/app.0123456789ab.css",
		},
	}
}

func (m *maker) make(t testing.TB) {
	var err error
	if m.xml, err = m.key.AppendResponse(m.xml[:0], m.response, m.choice); err != nil {
		t.Fatal(err)
	}
	m.form.Message = m.xml
	if m.page, err = saml.AppendPostForm(m.page[:0], m.form); err != nil {
		t.Fatal(err)
	}
}

func TestASignedFormCostsNextToNoMemory(t *testing.T) {
	for choice := range choices {
		m := newMaker(freeKey(t), choice)
		m.make(t)
		if got := testing.AllocsPerRun(200, func() { m.make(t) }); got > 5 {
			t.Errorf("%s: %v allocations, at most 5 are fine", choice, got)
		}
		const runs = 500
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			m.make(t)
		}
		runtime.ReadMemStats(&after)
		if got := (after.TotalAlloc - before.TotalAlloc) / runs; got > 2048 {
			t.Errorf("%s: %d bytes, at most 2048 are fine", choice, got)
		}
	}
}

// BenchmarkForm measures parameters to signed form, with 8 attributes and 10 values. "of-bare-rsa" is the share of the rate
// that crypto/rsa alone reaches with as many signatures; a free signer shows what we add.
func BenchmarkForm(b *testing.B) {
	b.Run("free/one", func(b *testing.B) { benchmarkFree(b, "assertion") })
	b.Run("free/both", func(b *testing.B) { benchmarkFree(b, "both") })
	b.Run("rsa2048/assertion", func(b *testing.B) { benchmarkRatio(b, "assertion", 1) })
	b.Run("rsa2048/response", func(b *testing.B) { benchmarkRatio(b, "response", 1) })
	b.Run("rsa2048/both", func(b *testing.B) { benchmarkRatio(b, "both", 2) })
}

func benchmarkFree(b *testing.B, choice string) {
	m := newMaker(freeKey(b), choice)
	b.ReportAllocs()
	before := cpu(b)
	for b.Loop() {
		m.make(b)
	}
	b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
}

// benchmarkRatio lets forms and bare signatures take turns, so that a busy neighbour meets both alike, and compares the
// time of the process, not of the wall.
func benchmarkRatio(b *testing.B, choice string, signatures int) {
	key := testKey(b, "rsa")
	m := newMaker(key, choice)
	private := key.signer.(*rsa.PrivateKey)
	hashed := hashOf("any")
	const turn = 8
	var forms, bare time.Duration
	b.ReportAllocs()
	for b.Loop() {
		start := cpu(b)
		for range turn * signatures {
			if _, err := rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, hashed); err != nil {
				b.Fatal(err)
			}
		}
		middle := cpu(b)
		for range turn {
			m.make(b)
		}
		bare, forms = bare+middle-start, forms+cpu(b)-middle
	}
	sp := crewjamProvider(b, key, m.response)
	if _, err := sp.ParseXMLResponse(m.xml, []string{m.response.InResponseTo}, sp.AcsURL); err != nil {
		b.Fatal("what was measured does not verify")
	}
	b.ReportMetric(float64(bare)/float64(forms), "of-bare-rsa")
	b.ReportMetric(float64(forms.Microseconds())/turn/float64(b.N), "cpu-µs/form")
}

// cpu is the time this process has had on all processors together.
func cpu(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
