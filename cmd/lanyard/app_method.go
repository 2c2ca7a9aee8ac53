package main

import (
	"context"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
)

// checkMethod refuses a signature algorithm that the certificate in force for the app cannot do. The service would sign
// with what the key does best instead, and the app would wonder.
func checkMethod(ctx context.Context, s *postgres.Store, a *apps.App) error {
	if a.Settings.SignatureMethod == "" {
		return nil
	}
	all, err := s.SigningKeys(ctx)
	if err != nil {
		return err
	}
	active := certs.ActiveFor(all, a.ID)
	wantsEC := strings.Contains(string(a.Settings.SignatureMethod), "ecdsa")
	if active == nil || wantsEC == strings.HasPrefix(string(active.Algorithm), "ec-") {
		return nil
	}
	need := certs.RSA2048
	if wantsEC {
		need = certs.ECP256
	}
	return fault.Field("signature-algorithm", "The active certificate of this app is %s, which cannot sign that way. First: lanyard cert create --app %s --algorithm %s, then lanyard cert activate with its ID.",
		active.Algorithm, a.Slug, need)
}
