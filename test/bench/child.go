package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	crewjam "github.com/crewjam/saml"

	"github.com/lanyard-idp/lanyard/internal/apps"
)

// A child is this program once more, serving one thing over loopback HTTP, so that its CPU time can be told from that of
// the load. Besides the thing it serves /bench/bare?n=, which makes bare signatures on all cores and says what they cost, and
// /bench/cpu, which says what everything has cost so far, both in nanoseconds.
type child struct {
	cmd  *exec.Cmd
	base string
	keys *fixture
	idle *http.Client
}

// hello is what a child prints when it is ready: where it is, and the key halves that the load needs.
type hello struct {
	Address string
	SP      []byte // PKCS#1, of the service provider
	Cert    []byte
}

func startChild(kind string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-child", kind)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if _, err := cmd.StdinPipe(); err != nil { // it ends when this process does
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("the child %s did not start: %w", kind, err)
	}
	var h hello
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, err
	}
	keys, err := fixtureFrom(h)
	if err != nil {
		return nil, err
	}
	return &child{cmd: cmd, base: "http://" + h.Address, keys: keys, idle: client()}, nil
}

func (c *child) stop() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// number fetches one of the bench endpoints.
func (c *child) number(path string) (time.Duration, error) {
	page, err := get(c.idle, c.base+path, "")
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(page)), 10, 64)
	return time.Duration(n), err
}

func (c *child) bare(n int) (time.Duration, error) {
	return c.number("/bench/bare?n=" + strconv.Itoa(n))
}

// load sends these queries and says what that cost the child.
func (c *child) load(queries []string, cookies func(i int) string) (time.Duration, []byte, error) {
	before, err := c.number("/bench/cpu")
	if err != nil {
		return 0, nil, err
	}
	page, err := send(c.base+"/saml/sso?", queries, cookies)
	if err != nil {
		return 0, nil, err
	}
	after, err := c.number("/bench/cpu")
	return after - before, page, err
}

func serveChild(kind string) {
	f, err := newFixture()
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	h, err := served(kind, f, "http://"+l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/saml/", h)
	mux.HandleFunc("/bench/cpu", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, selfCPU().Nanoseconds()) })
	mux.HandleFunc("/bench/bare", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("n"))
		d, err := f.bareBusy(n)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintln(w, d.Nanoseconds())
	})
	if err := json.NewEncoder(os.Stdout).Encode(f.hello(l.Addr().String())); err != nil {
		log.Fatal(err)
	}
	go func() { // the parent holds the other end of standard input
		var b [1]byte
		_, _ = os.Stdin.Read(b[:])
		os.Exit(0)
	}()
	log.Fatal((&http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}).Serve(l))
}

func served(kind string, f *fixture, base string) (http.Handler, error) {
	switch kind {
	case "one":
		return memoryHandler(f, apps.SignAssertion)
	case "both":
		return memoryHandler(f, apps.SignBoth)
	case "crewjam":
		return crewjamHandler(f, base)
	}
	return nil, fmt.Errorf("there is no child %q", kind)
}

// crewjamHandler is crewjam/saml's own identity provider, with everything that costs it anything taken out: its sessions
// and service providers are in memory.
func crewjamHandler(f *fixture, base string) (http.Handler, error) {
	cert, err := parse(f.pair.Certificate.Certificate)
	if err != nil {
		return nil, err
	}
	sso, _ := url.Parse(memoryURL + "/saml/sso")
	metadata, _ := url.Parse(memoryURL + "/saml/metadata")
	idp := &crewjam.IdentityProvider{
		Key: f.rsa, Certificate: cert, SSOURL: *sso, MetadataURL: *metadata, SignatureMethod: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
		ServiceProviderProvider: oneProvider{}, SessionProvider: oneSession{},
	}
	_ = base
	return http.HandlerFunc(idp.ServeSSO), nil
}

type oneProvider struct{}

func (oneProvider) GetServiceProvider(*http.Request, string) (*crewjam.EntityDescriptor, error) {
	isDefault := true
	return &crewjam.EntityDescriptor{
		EntityID: entityID(0),
		SPSSODescriptors: []crewjam.SPSSODescriptor{{AssertionConsumerServices: []crewjam.IndexedEndpoint{{
			Binding: crewjam.HTTPPostBinding, Location: acs(0), Index: 0, IsDefault: &isDefault,
		}}}},
	}, nil
}

type oneSession struct{}

func (oneSession) GetSession(http.ResponseWriter, *http.Request, *crewjam.IdpAuthnRequest) *crewjam.Session {
	s := &crewjam.Session{
		ID: "s", CreateTime: time.Now(), ExpireTime: time.Now().Add(time.Hour), Index: "1", NameID: "ada@example.org", NameIDFormat: string(crewjam.EmailAddressNameIDFormat),
		UserName: "ada", UserEmail: "ada@example.org", UserCommonName: "Ada Lovelace", UserSurname: "Lovelace", UserGivenName: "Ada", Groups: []string{"analysts", "engineers", "staff"},
	}
	for _, a := range sample[5:] {
		attr := crewjam.Attribute{Name: a.Name, NameFormat: string(a.NameFormat)}
		for _, v := range a.Values {
			attr.Values = append(attr.Values, crewjam.AttributeValue{Type: "xs:string", Value: v})
		}
		s.CustomAttributes = append(s.CustomAttributes, attr)
	}
	return s
}
