package postgres_test

import (
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
)

// contents reads all tables that administrators change as one text.
const contents = `
	SELECT coalesce(string_agg(t, E'\n' ORDER BY t), '') FROM (
		SELECT users::text FROM users UNION ALL SELECT groups::text FROM groups UNION ALL SELECT group_users::text FROM group_users
		UNION ALL SELECT group_groups::text FROM group_groups UNION ALL SELECT apps::text FROM apps
		UNION ALL SELECT app_assignments::text FROM app_assignments UNION ALL SELECT signing_keys::text FROM signing_keys
		UNION ALL SELECT setup_links::text FROM setup_links) AS all_of_it (t)`

func TestNoChangeIsKeptWithoutItsRecord(t *testing.T) {
	t.Parallel()
	pool := postgrestest.Pool(t)
	ctx, s := t.Context(), postgres.New(pool)
	ada, bob := mustUser(t, s, "ada"), mustUser(t, s, "bob")
	staff, inner, aside := mustGroup(t, s, "staff"), mustGroup(t, s, "inner"), mustGroup(t, s, "aside")
	must(t, s.AddUserToGroup(ctx, staff.ID, ada.ID))
	must(t, s.AddGroupToGroup(ctx, staff.ID, inner.ID))
	wiki := mustApp(t, s, "wiki")
	must(t, s.Assign(ctx, wiki.ID, apps.Assignee{UserID: ada.ID}))
	key := mustKey(t, s, "")
	must(t, s.CreateSetupLink(ctx, []byte("link"), now))
	_, err := pool.Exec(ctx, `ALTER TABLE audit_events ADD CONSTRAINT no_more CHECK (false) NOT VALID`)
	must(t, err)

	read := func() (text string) {
		must(t, pool.QueryRow(ctx, contents).Scan(&text))
		return text
	}
	before := read()
	renamed, changedApp := *ada, *wiki
	renamed.FamilyName, changedApp.Name = "Lovelace", "Docs"
	for name, change := range map[string]func() error{
		"CreateUser":           func() error { return s.CreateUser(ctx, &directory.User{Email: "x@example.org"}, "") },
		"AddUsers":             func() error { return s.AddUsers(ctx, []directory.User{{Email: "x@example.org"}}) },
		"UpdateUser":           func() error { return s.UpdateUser(ctx, &renamed) },
		"SetUserDisabled":      func() error { return s.SetUserDisabled(ctx, ada.ID, true) },
		"SetPassword":          func() error { return s.SetPassword(ctx, ada.ID, "hash") },
		"DeleteUser":           func() error { return s.DeleteUser(ctx, ada.ID) },
		"CreateGroup":          func() error { return s.CreateGroup(ctx, &directory.Group{Name: "x"}) },
		"RenameGroup":          func() error { return s.RenameGroup(ctx, staff.ID, "x") },
		"DeleteGroup":          func() error { return s.DeleteGroup(ctx, staff.ID) },
		"AddUserToGroup":       func() error { return s.AddUserToGroup(ctx, staff.ID, bob.ID) },
		"RemoveUserFromGroup":  func() error { return s.RemoveUserFromGroup(ctx, staff.ID, ada.ID) },
		"AddGroupToGroup":      func() error { return s.AddGroupToGroup(ctx, staff.ID, aside.ID) },
		"RemoveGroupFromGroup": func() error { return s.RemoveGroupFromGroup(ctx, staff.ID, inner.ID) },
		"CreateApp":            func() error { return s.CreateApp(ctx, newApp("x")) },
		"UpdateApp":            func() error { return s.UpdateApp(ctx, &changedApp) },
		"SetAppEnabled":        func() error { return s.SetAppEnabled(ctx, wiki.ID, false) },
		"DeleteApp":            func() error { return s.DeleteApp(ctx, wiki.ID) },
		"Assign":               func() error { return s.Assign(ctx, wiki.ID, apps.Assignee{Everyone: true}) },
		"Unassign":             func() error { return s.Unassign(ctx, wiki.ID, apps.Assignee{UserID: ada.ID}) },
		"CreateSigningKey":     func() error { return s.CreateSigningKey(ctx, sealedKey(t, "")) },
		"ActivateSigningKey":   func() error { return s.ActivateSigningKey(ctx, key.ID, now) },
		"RetireSigningKey":     func() error { return s.RetireSigningKey(ctx, key.ID, now) },
		"FirstSigningKey": func() error {
			return s.FirstSigningKey(ctx, now, func() (*certs.Sealed, error) { return sealedKey(t, ""), nil })
		},
		"ResealSigningKeys": func() error {
			_, err := s.ResealSigningKeys(ctx, func(k *certs.Sealed) (*certs.Sealed, error) { k.PrivateKey = []byte("x"); return k, nil })
			return err
		},
		"CreateSetupLink": func() error { return s.CreateSetupLink(ctx, []byte("another"), now.Add(48*time.Hour)) },
		"UseSetupLink": func() error {
			return s.UseSetupLink(ctx, []byte("link"), now, &directory.User{Email: "x@example.org"}, "hash")
		},
	} {
		if err := change(); err == nil || !fault.Is(err, fault.Internal) && fault.From(err).Kind != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
		if after := read(); after != before {
			t.Fatalf("%s left a change behind:\n%s\nbefore:\n%s", name, after, before)
		}
	}
}
