package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
	"github.com/lanyard-idp/lanyard/internal/testsp"
)

const demoUser = "ada@example.org"

// seed makes the demo organisation: only with --demo, and only in a database that holds nobody and nothing.
func (s *service) seed(ctx context.Context) error {
	if !s.demo {
		return nil
	}
	ctx = audit.WithActor(ctx, "demo", "")
	return s.store.InTx(ctx, func(tx *postgres.Store) error {
		empty, err := tx.Empty(ctx)
		if err != nil {
			return err
		}
		if !empty {
			return s.moveTestApp(ctx, tx)
		}
		return s.seedOrganisation(ctx, tx)
	})
}

func (s *service) seedOrganisation(ctx context.Context, tx *postgres.Store) error {
	password := demoPassword()
	hash, err := auth.HashPassword(password)
	if err != nil {
		return err
	}
	ada := directory.User{
		Email: demoUser, UserName: "ada", GivenName: "Ada", FamilyName: "Lovelace", DisplayName: "Ada Lovelace",
		Attributes: directory.Attributes{"department": {"Engines"}},
	}
	ada.Normalize()
	if err := tx.CreateUser(ctx, &ada, hash); err != nil {
		return err
	}
	staff := directory.Group{Name: "Staff"}
	if err := tx.CreateGroup(ctx, &staff); err != nil {
		return err
	}
	if err := tx.AddUserToGroup(ctx, staff.ID, ada.ID); err != nil {
		return err
	}
	app := testApp(s.cfg.BaseURL())
	if err := tx.CreateApp(ctx, &app); err != nil {
		return err
	}
	if err := tx.Assign(ctx, app.ID, apps.Assignee{Everyone: true}); err != nil {
		return err
	}
	fmt.Fprintf(s.say, "\n  A demo organisation was made. Sign in as\n\n      user name   ada\n      password    %s\n", password)
	return nil
}

// testApp is the built-in test app as any other app.
func testApp(publicURL string) apps.App {
	return apps.App{
		Slug: testsp.Slug, Name: "Test app", EntityID: testsp.EntityID(publicURL), Enabled: true,
		Settings: apps.Settings{
			ACS: []apps.Endpoint{{Binding: saml.BindingPOST, Location: testsp.ACS(publicURL)}},
			// It lives with us, so it is reached however we are.
			AllowHTTP: strings.HasPrefix(publicURL, "http://"),
			Claims: []apps.Claim{
				{Name: "email", Source: apps.SourceEmail},
				{Name: "displayName", Source: apps.SourceDisplayName},
				{Name: "groups", Source: apps.SourceGroups},
				{Name: "department", Source: apps.AttributeSource("department")},
			},
		},
	}
}

// moveTestApp follows our own address when it changed since the last start.
func (s *service) moveTestApp(ctx context.Context, tx *postgres.Store) error {
	app, err := tx.FindApp(ctx, testsp.Slug)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := testApp(s.cfg.BaseURL())
	if app.EntityID == now.EntityID || !strings.HasSuffix(app.EntityID, testsp.Path+"metadata") {
		return nil
	}
	app.EntityID, app.Settings.ACS, app.Settings.AllowHTTP = now.EntityID, now.Settings.ACS, now.Settings.AllowHTTP
	return tx.UpdateApp(ctx, &app)
}

// demoPassword is 60 random bits that a person can copy by hand.
func demoPassword() string {
	t := strings.ToLower(rand.Text())
	return t[:4] + "-" + t[4:8] + "-" + t[8:12]
}

// greet tells the person at the console where to go. As long as there is no administrator, each start makes a link for one.
func (s *service) greet(ctx context.Context) error {
	fmt.Fprintf(s.say, "\n  Lanyard is at %s\n", s.cfg.BaseURL())
	owners, err := s.store.CountOwners(ctx)
	if err != nil {
		return err
	}
	if owners == 0 {
		token := session.NewToken()
		if err := s.store.CreateSetupLink(audit.WithActor(ctx, "service", ""), token.Hash(), time.Now()); err != nil {
			return err
		}
		fmt.Fprintf(s.say, "\n  Nobody is administrator yet. This link makes one, once, within 24 hours:\n\n      %s/setup/%s\n", s.cfg.BaseURL(), token.Reveal())
	}
	fmt.Fprintln(s.say)
	return nil
}
