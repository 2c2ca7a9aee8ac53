package postgres_test

import (
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func TestTextsOfStrangersAreOnlyValues(t *testing.T) {
	ctx, q := t.Context(), postgrestest.Tx(t)
	s := postgres.New(q)
	b := browserOfAda(t, s)
	lookups := map[string]func(text string) error{
		"name at sign-in": func(x string) error { _, err := s.CredentialByName(ctx, x, session.TokenFrom(x)); return err },
		"user":            func(x string) error { _, err := s.FindUser(ctx, x); return err },
		"group":           func(x string) error { _, err := s.FindGroup(ctx, x); return err },
		"app":             func(x string) error { _, err := s.FindApp(ctx, x); return err },
		"entity ID":       func(x string) error { _, err := s.AppByEntityID(ctx, x); return err },
		"session":         func(x string) error { _, _, err := s.SessionByToken(ctx, session.TokenFrom(x), monday); return err },
		"waiting sign-on": func(x string) error { _, err := s.Waiting(ctx, session.TokenFrom(x).Hash(), monday); return err },
		"search":          func(x string) error { return none(s.Users(ctx, postgres.UserFilter{Search: x})) },
		"group search":    func(x string) error { return none(s.Groups(ctx, postgres.GroupFilter{Search: x})) },
	}
	t.Run("INJ-01 no text of a look-up becomes SQL", func(t *testing.T) {
		for _, x := range []string{"' OR '1'='1", "ada' --", "ada'; DROP TABLE users; --", `ada\' OR 1=1 --`, "' UNION SELECT pg_sleep(10)::text --", "$1", "%", "_da", "ada%", "a*"} {
			for name, look := range lookups {
				if err := look(x); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s %q: %v", name, x, err)
				}
			}
		}
		if n := countRows(t, q, `users`) + countRows(t, q, `apps`); n != 2 {
			t.Errorf("%d rows are left of two", n)
		}
	})
	for name, look := range map[string]func() error{
		"name at sign-in": func() error { return lookups["name at sign-in"]("ada") },
		"user":            func() error { return lookups["user"](b.user.Email) },
		"app":             func() error { return lookups["app"](b.app.Slug) },
		"search":          func() error { return lookups["search"]("DA@EX") },
	} {
		if err := look(); err != nil {
			t.Errorf("%s: what is there is not found: %v", name, err)
		}
	}
}

// none makes an empty list NotFound.
func none[T any](found []T, err error) error {
	if err == nil && len(found) == 0 {
		return fault.New(fault.NotFound, "nothing")
	}
	return err
}
