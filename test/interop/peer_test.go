package interop

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// config is what a peer reads for each request. Zero values are the library's defaults.
type config struct {
	IDPMetadata           string   `json:"idpMetadata"`
	EntityID              string   `json:"entityId"`
	SignRequests          bool     `json:"signRequests"`
	RequestBinding        string   `json:"requestBinding"` // redirect or post
	WantAssertionsSigned  *bool    `json:"wantAssertionsSigned,omitempty"`
	WantResponseSigned    *bool    `json:"wantResponseSigned,omitempty"`
	NameIDFormat          string   `json:"nameIdFormat,omitempty"`
	ForceAuthn            bool     `json:"forceAuthn"`
	Passive               bool     `json:"passive"`
	RequestedAuthnContext []string `json:"requestedAuthnContext,omitempty"`
	SignatureAlgorithm    string   `json:"signatureAlgorithm,omitempty"` // of requests
	KeyFile               string   `json:"keyFile"`
	CertFile              string   `json:"certFile"`
	Decrypt               bool     `json:"decrypt"` // publish the key for encryption too
	AllowUnsolicited      bool     `json:"allowUnsolicited"`
	AcceptedClockSkew     int      `json:"acceptedClockSkew,omitempty"` // seconds
	ClockOffset           int      `json:"clockOffsetSeconds,omitempty"`
}

// published is the part of a configuration that metadata tells.
type published struct {
	entityID, nameIDFormat string
	signs, decrypts        bool
	assertions, responses  bool // wanted signed
}

func (c config) published() published {
	wants := func(said *bool) bool { return said != nil && *said }
	return published{c.EntityID, c.NameIDFormat, c.SignRequests, c.Decrypt, wants(c.WantAssertionsSigned), wants(c.WantResponseSigned)}
}

// peer is a running service provider of somebody else.
type peer struct {
	url    string
	slug   string    // of its app at Lanyard
	known  published // there
	config config
	save   func(*testing.T, config)
}

// with makes the peer behave differently until the test ends.
func (p *peer) with(t *testing.T, change func(*config)) {
	t.Helper()
	before := p.config
	change(&p.config)
	p.save(t, p.config)
	t.Cleanup(func() {
		p.config = before
		p.save(t, before)
	})
}

func (p *peer) login(relay string) string {
	return p.url + "/login?relay=" + url.QueryEscape(relay)
}

func (p *peer) metadata() string { return p.url + "/metadata" }

// startProgram runs a peer of the folder peers, which says on its first line where it listens and stops when its
// standard input is closed.
func startProgram(t *testing.T, initial config, program ...string) *peer {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.json")
	p := &peer{config: initial, save: func(t *testing.T, c config) { t.Helper(); writeJSON(t, file, c) }}
	p.save(t, initial)
	name := strings.Join(program, " ")
	command := exec.Command(program[0], append(program[1:], file)...)
	complaints := &bytes.Buffer{}
	command.Stderr = complaints
	stdin, err := command.StdinPipe()
	mustNot(t, err)
	stdout, err := command.StdoutPipe()
	mustNot(t, err)
	if err := command.Start(); err != nil {
		t.Fatalf("%s does not start: %v; scripts/ensure-test-tools installs what the peers need", name, err)
	}
	t.Cleanup(func() {
		stdin.Close()
		command.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", name, brief(complaints.String()))
		}
	})
	var hello struct{ URL string }
	if err := json.NewDecoder(stdout).Decode(&hello); err != nil {
		t.Fatalf("%s ended at once; scripts/ensure-test-tools installs what the peers need", name)
	}
	p.url = hello.URL
	return p
}

func writeJSON(t *testing.T, file string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	mustNot(t, err)
	mustNot(t, os.WriteFile(file, text, 0o600))
}

func mustNot(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
