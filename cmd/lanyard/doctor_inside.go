package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/saml"
)

// keys checks that the master key opens every signing key, and that the certificates last.
func (d *patient) keys(ctx context.Context, s *postgres.Store) error {
	sealed, err := s.SealedKeys(ctx)
	if err != nil {
		return err
	}
	d.masterKey(sealed)
	common := false
	for i := range sealed {
		d.expiry(&sealed[i].Certificate)
		common = common || sealed[i].State == certs.Active && sealed[i].AppID == ""
	}
	switch {
	case len(sealed) == 0:
		d.well("signing certificate", "not made yet; the first start of the service makes it")
	case !common:
		d.ill("signing certificate", "Run: lanyard cert list, then lanyard cert activate ID", "no certificate signs for all apps")
	}
	return nil
}

func (d *patient) masterKey(sealed []certs.Sealed) {
	key, err := readSealer(d.p.config)
	switch {
	case errors.Is(err, fs.ErrNotExist) && len(sealed) == 0:
		d.well("master key", "not made yet; the first start makes it")
		return
	case errors.Is(err, fs.ErrNotExist):
		d.ill("master key", "Put it back from your backup, or name it in LANYARD_KEYSET_FILE.", "%s is missing", keysetFile(d.p.config))
		return
	case err != nil:
		d.ill("master key", "Correct LANYARD_KEYSET or LANYARD_KEYSET_FILE.", "%v", err)
		return
	}
	for i := range sealed {
		if _, err := sealed[i].Open(key); err != nil {
			d.ill("master key", "Name the keyset that was used when the key was made, in LANYARD_KEYSET_FILE.", "it does not open the signing key %s", sealed[i].ID)
			return
		}
	}
	d.well("master key", "opens %s", plural(len(sealed), "signing key", "signing keys"))
}

// expiry speaks of the active ones: nobody has to care for a certificate that does not sign yet.
func (d *patient) expiry(c *certs.Certificate) {
	if c.State != certs.Active {
		return
	}
	left := c.DaysLeft(d.p.now())
	const advice = "Run: lanyard cert create; when your apps know the new one: lanyard cert activate ID."
	switch name := "certificate " + c.SHA256()[:16]; {
	case left < 0:
		d.ill("signing certificate", advice, "%s has expired", name)
	case left < expiresSoon:
		d.ill("signing certificate", advice, "%s expires in %s", name, plural(left, "day", "days"))
	default:
		d.well("signing certificate", "%s is good for %s", name, plural(left, "day", "days"))
	}
}

// apps looks for those that nobody can sign in to.
func (d *patient) apps(ctx context.Context, s *postgres.Store) error {
	all, err := s.Apps(ctx)
	if err != nil {
		return err
	}
	sound := 0
	for i := range all {
		if d.app(ctx, s, &all[i]) {
			sound++
		}
	}
	d.well("apps", "%d of %d are in order", sound, len(all))
	return nil
}

func (d *patient) app(ctx context.Context, s *postgres.Store, a *apps.App) bool {
	if !a.Enabled {
		return true
	}
	if err := a.Validate(); err != nil {
		d.ill("app "+a.Slug, "Change it: lanyard app set "+a.Slug+" KEY=VALUE, or import its metadata again with --replace.", "%v", err)
		return false
	}
	if until := a.Settings.MetadataValidUntil; !until.IsZero() && until.Before(d.p.now()) {
		d.ill("app "+a.Slug, "Import its metadata again: lanyard app add --metadata … --replace", "its metadata was valid until %s", until.Format("2006-01-02"))
		return false
	}
	signs, err := signing(ctx, s, a.ID)
	if err != nil || fits(a.Settings.SignatureMethod, signs.Algorithm) {
		return true
	}
	d.ill("app "+a.Slug, "Run: lanyard app set "+a.Slug+" signature-algorithm=default, or give it a key of its own: lanyard cert create --app "+a.Slug,
		"it wants signatures by %s, but the key that signs is %s", apps.SignatureMethodName(a.Settings.SignatureMethod), signs.Algorithm)
	return false
}

// fits says whether a key of this kind can sign by this method.
func fits(m saml.SignatureMethod, a certs.Algorithm) bool {
	if m == "" {
		return true
	}
	return strings.HasPrefix(apps.SignatureMethodName(m), "ecdsa") == strings.HasPrefix(string(a), "ec-")
}

func (d *patient) administrators(ctx context.Context, s *postgres.Store) error {
	n, err := s.CountOwners(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		d.well("administrators", "none yet; this makes one: lanyard admin link")
		return nil
	}
	d.well("administrators", "%d", n)
	return nil
}
