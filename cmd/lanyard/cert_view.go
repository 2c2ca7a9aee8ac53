package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

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
	v := certView{
		ID: c.ID, State: c.State, Algorithm: c.Algorithm, Subject: parsed.Subject.CommonName, SHA1: c.SHA1(), SHA256: c.SHA256(),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter, DaysLeft: c.DaysLeft(p.now()), CreatedAt: c.CreatedAt, ActivatedAt: c.ActivatedAt, RetiredAt: c.RetiredAt,
	}
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
