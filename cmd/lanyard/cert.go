package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

type certCmd struct {
	List     certListCmd     `cmd:"" help:"List signing certificates."`
	Create   certCreateCmd   `cmd:"" help:"Make a key with a certificate: published at once, signing only when activated."`
	Activate certActivateCmd `cmd:"" help:"Sign with this certificate from now on. The former one stays published: activate it to go back."`
	Retire   certRetireCmd   `cmd:"" help:"Take a certificate out of our metadata for good."`
	Export   certExportCmd   `cmd:"" help:"Write a certificate, never its private key, to standard output."`
}

// certRef is how people name a certificate.
type certRef struct {
	Cert string `arg:"" name:"certificate" help:"ID or SHA-256 fingerprint of the certificate, or how one of them begins."`
}

// minRef is how many characters name a certificate at least.
const minRef = 4

func (c *certRef) find(ctx context.Context, s *postgres.Store) (*certs.Certificate, error) {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	wanted := strings.ToLower(strings.ReplaceAll(c.Cert, ":", ""))
	var found []*certs.Certificate
	for i := range all {
		if len(wanted) >= minRef && (strings.HasPrefix(string(all[i].ID), wanted) || strings.HasPrefix(all[i].SHA256(), wanted)) {
			found = append(found, &all[i])
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, fault.New(fault.NotFound, "There is no certificate %q: see lanyard cert list.", c.Cert)
	}
	return nil, fault.New(fault.Conflict, "%d certificates begin with %q: write more of it.", len(found), c.Cert)
}

type certListCmd struct{ output }

func (c *certListCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		all, err := s.SigningKeys(ctx)
		if err != nil {
			return err
		}
		views, rows := make([]certView, len(all)), make([][]string, len(all))
		for i := range all {
			v, err := p.viewCert(ctx, s, &all[i])
			if err != nil {
				return err
			}
			views[i], rows[i] = v, v.row()
		}
		return c.print(p, views, func(w io.Writer) {
			table(w, []string{"ID", "FOR", "STATE", "KEY", "EXPIRES", "DAYS LEFT", "SHA-256"}, rows)
		})
	})
}

type certCreateCmd struct {
	App       string          `placeholder:"APP" help:"Make it this app's own instead of everybody's."`
	Algorithm certs.Algorithm `default:"rsa-2048" placeholder:"KIND" help:"Kind of key (${default}): rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384. Many apps know only RSA."`
	Days      int             `default:"3650" help:"How long the certificate is valid (${default})."`
	Name      string          `placeholder:"NAME" help:"Name in the certificate; without it our host name."`
	output
}

func (c *certCreateCmd) Run(ctx context.Context, p *program) error {
	if c.Name == "" {
		c.Name = p.commonName()
	}
	pair, err := certs.Create(c.Algorithm, c.Name, time.Duration(c.Days)*24*time.Hour, p.now())
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		if c.App != "" {
			a, err := s.FindApp(ctx, c.App)
			if err != nil {
				return err
			}
			pair.AppID = a.ID
		}
		key, err := p.sealer(ctx, s)
		if err != nil {
			return err
		}
		sealed, err := pair.Seal(key)
		if err != nil {
			return err
		}
		if err := s.CreateSigningKey(ctx, sealed); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, pair.ID, "Our metadata shows it now; give your apps time to read it, then: lanyard cert activate "+string(pair.ID))
	})
}

// showCert reads a certificate back and prints it, for people with a last word.
func (p *program) showCert(ctx context.Context, s *postgres.Store, o output, id certs.ID, last string) error {
	c, err := s.SigningKey(ctx, id)
	if err != nil {
		return err
	}
	v, err := p.viewCert(ctx, s, &c)
	if err != nil {
		return err
	}
	return o.print(p, v, func(w io.Writer) {
		v.human(w)
		if last != "" {
			fmt.Fprintln(w, "\n"+last)
		}
	})
}

type certActivateCmd struct {
	certRef
	output
}

func (c *certActivateCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if err := s.ActivateSigningKey(ctx, found.ID, p.now()); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, found.ID, "It signs from now on.")
	})
}

type certRetireCmd struct {
	certRef
	output
}

func (c *certRetireCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		if err := s.RetireSigningKey(ctx, found.ID, p.now()); err != nil {
			return err
		}
		return p.showCert(ctx, s, c.output, found.ID, "It is out of our metadata.")
	})
}

type certExportCmd struct {
	Cert   string       `arg:"" optional:"" name:"certificate" help:"ID or fingerprint; without it the one that signs."`
	App    string       `placeholder:"APP" help:"The one that signs for this app."`
	Format certs.Format `default:"pem" enum:"pem,base64,der" help:"pem, base64 (one line) or der (binary); ${default} unless said."`
}

func (c *certExportCmd) Run(ctx context.Context, p *program) error {
	return p.withStore(ctx, func(ctx context.Context, s *postgres.Store) error {
		found, err := c.find(ctx, s)
		if err != nil {
			return err
		}
		text, err := found.Export(c.Format)
		if err != nil {
			return err
		}
		_, err = p.out.Write(text)
		return err
	})
}

func (c *certExportCmd) find(ctx context.Context, s *postgres.Store) (*certs.Certificate, error) {
	if c.Cert != "" {
		return (&certRef{c.Cert}).find(ctx, s)
	}
	var app apps.ID
	if c.App != "" {
		a, err := s.FindApp(ctx, c.App)
		if err != nil {
			return nil, err
		}
		app = a.ID
	}
	return signing(ctx, s, app)
}

// signing is the certificate that signs for an app: its own, else the one for all.
func signing(ctx context.Context, s *postgres.Store, app apps.ID) (*certs.Certificate, error) {
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	var common *certs.Certificate
	for i := range all {
		switch c := &all[i]; {
		case c.State != certs.Active:
		case c.AppID == app:
			return c, nil
		case c.AppID == "":
			common = c
		}
	}
	if common == nil {
		return nil, fault.New(fault.NotFound, "No certificate signs yet: start the service once, or make one with lanyard cert create and lanyard cert activate.")
	}
	return common, nil
}

// certView is a certificate as commands print one.
type certView struct {
	ID          certs.ID        `json:"id"`
	App         string          `json:"app,omitempty"` // slug; empty: for all
	State       certs.State     `json:"state"`
	Algorithm   certs.Algorithm `json:"algorithm"`
	Subject     string          `json:"subject"`
	SHA1        string          `json:"sha1"`
	SHA256      string          `json:"sha256"`
	NotBefore   time.Time       `json:"notBefore"`
	NotAfter    time.Time       `json:"notAfter"`
	DaysLeft    int             `json:"daysLeft"`
	CreatedAt   time.Time       `json:"createdAt"`
	ActivatedAt *time.Time      `json:"activatedAt,omitempty"`
	RetiredAt   *time.Time      `json:"retiredAt,omitempty"`
}

func (p *program) viewCert(ctx context.Context, s *postgres.Store, c *certs.Certificate) (certView, error) {
	parsed, err := c.X509()
	if err != nil {
		return certView{}, err
	}
	v := certView{ID: c.ID, State: c.State, Algorithm: c.Algorithm, Subject: parsed.Subject.CommonName, SHA1: c.SHA1(), SHA256: c.SHA256(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, DaysLeft: c.DaysLeft(p.now()), CreatedAt: c.CreatedAt, ActivatedAt: c.ActivatedAt, RetiredAt: c.RetiredAt}
	if c.AppID == "" {
		return v, nil
	}
	a, err := s.App(ctx, c.AppID)
	v.App = a.Slug
	return v, err
}

func (v *certView) scope() string {
	if v.App == "" {
		return "all apps"
	}
	return v.App
}

func (v *certView) row() []string {
	return []string{string(v.ID), v.scope(), string(v.State), string(v.Algorithm), v.NotAfter.Format(time.DateOnly), strconv.Itoa(v.DaysLeft), v.SHA256[:16]}
}

func (v *certView) human(w io.Writer) {
	facts(w, "ID", string(v.ID), "For", v.scope(), "State", string(v.State), "Key", string(v.Algorithm), "Subject", v.Subject,
		"SHA-1", certs.Colons(v.SHA1), "SHA-256", certs.Colons(v.SHA256),
		"Valid", v.NotBefore.UTC().Format(time.DateTime)+" to "+v.NotAfter.UTC().Format(time.DateTime)+" UTC ("+plural(v.DaysLeft, "day", "days")+" left)")
}
