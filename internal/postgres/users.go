package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

const userColumns = `id, email, username, given_name, family_name, display_name, attributes, role, disabled, created_at, updated_at`

// isUUID says whether s can be the ID of a row; anything else would break the transaction that asks for it.
func isUUID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

// CreateUser keeps a new person and fills ID and times. passwordHash is argon2id in PHC form; empty: no sign-in by password.
func (s *Store) CreateUser(ctx context.Context, u *directory.User, passwordHash string) error {
	u.Normalize()
	if err := u.Validate(); err != nil {
		return err
	}
	return s.InTx(ctx, func(tx *Store) error {
		if err := tx.insertUser(ctx, u, passwordHash); err != nil {
			return err
		}
		return tx.record(ctx, audit.Event{
			Action: "user.create", Object: u.Object(), Name: u.UserName,
			Detail: map[string]any{"email": u.Email, "role": u.Role},
		})
	})
}

func (s *Store) insertUser(ctx context.Context, u *directory.User, passwordHash string) error {
	if err := s.namesFree(ctx, u); err != nil {
		return err
	}
	row := s.q.QueryRow(ctx, `
		INSERT INTO users (email, username, given_name, family_name, display_name, attributes, role, disabled, password_hash, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, nullif($9, ''), now(), now())
		RETURNING id, created_at, updated_at`,
		u.Email, u.UserName, u.GivenName, u.FamilyName, u.DisplayName, u.Attributes, u.Role, u.Disabled, passwordHash)
	return userBroken(row.Scan(&u.ID, &u.CreatedAt, &u.UpdatedAt), u)
}

// namesFree refuses a user name that is somebody else's e-mail address and the other way round: people sign in with either.
// Two transactions at once could pass; then a user name wins over an e-mail address wherever somebody is looked up.
func (s *Store) namesFree(ctx context.Context, u *directory.User) error {
	var taken bool
	err := s.q.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM users WHERE lower(username) = lower($1) AND id::text <> $3)
		    OR EXISTS (SELECT FROM users WHERE lower(email) = lower($2) AND id::text <> $3)`,
		u.Email, u.UserName, string(u.ID)).Scan(&taken)
	if err != nil {
		return fmt.Errorf("look for the names of %s: %w", u.UserName, err)
	}
	if taken {
		return userTaken(u)
	}
	return nil
}

func userBroken(err error, u *directory.User) error {
	switch broken(err) {
	case "users_email_key":
		return &fault.Error{Kind: fault.Conflict, Field: "email", Message: fmt.Sprintf("Somebody has the e-mail address %s already.", u.Email)}
	case "users_username_key":
		return userTaken(u)
	}
	if err != nil {
		return fmt.Errorf("write user %s: %w", u.UserName, err)
	}
	return nil
}

func userTaken(u *directory.User) error {
	return &fault.Error{
		Kind: fault.Conflict, Field: "username",
		Message: fmt.Sprintf("Somebody signs in as %s or %s already.", u.UserName, u.Email),
	}
}

// User finds a person by ID.
func (s *Store) User(ctx context.Context, id directory.UserID) (directory.User, error) {
	if !isUUID(string(id)) {
		return directory.User{}, noUser(string(id))
	}
	rows, err := s.q.Query(ctx, `SELECT `+userColumns+` FROM users WHERE id = $1`, id)
	return one[directory.User](rows, err, "There is no user %s.", id)
}

// FindUser finds a person by what an administrator types: ID, user name or e-mail address.
func (s *Store) FindUser(ctx context.Context, ref string) (directory.User, error) {
	if isUUID(ref) {
		return s.User(ctx, directory.UserID(ref))
	}
	rows, err := s.q.Query(ctx, `
		SELECT `+userColumns+` FROM users
		WHERE lower(username) = lower($1) OR lower(email) = lower($1)
		ORDER BY lower(username) = lower($1) DESC LIMIT 1`, ref)
	return one[directory.User](rows, err, "There is no user %q: give the user name, the e-mail address or the ID.", ref)
}

func noUser(ref string) error { return fault.New(fault.NotFound, "There is no user %s.", ref) }

// UserFilter selects people; the zero filter is the first hundred.
type UserFilter struct {
	Search string // found anywhere in names and e-mail address, whatever its case
	Limit  int    // 0: 100
	Offset int
}

const userMatches = `($1 = '' OR position(lower($1) in lower(concat_ws(' ', username, email, display_name, given_name, family_name))) > 0)`

// Users lists people by user name.
func (s *Store) Users(ctx context.Context, f UserFilter) ([]directory.User, error) {
	return all[directory.User](s.q.Query(ctx, `
		SELECT `+userColumns+` FROM users WHERE `+userMatches+`
		ORDER BY lower(username) LIMIT $2 OFFSET $3`, f.Search, limit(f.Limit), f.Offset))
}

// CountUsers counts the people that a search finds; with "" all of them.
func (s *Store) CountUsers(ctx context.Context, search string) (int, error) {
	return s.count(ctx, `SELECT count(*) FROM users WHERE `+userMatches, search)
}

// CountOwners counts the administrators who can sign in.
func (s *Store) CountOwners(ctx context.Context) (int, error) {
	return s.count(ctx, `SELECT count(*) FROM users WHERE role = 'owner' AND NOT disabled`)
}

// count runs a query that answers one number.
func (s *Store) count(ctx context.Context, sql string, args ...any) (int, error) {
	var n int
	if err := s.q.QueryRow(ctx, sql, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count: %w", err)
	}
	return n, nil
}

// AddUsers keeps many new people at once, without passwords and without an event for each: for imports of an empty
// database and for measuring. It fills in IDs, and stops at the first name that is taken.
func (s *Store) AddUsers(ctx context.Context, users []directory.User) error {
	return s.InTx(ctx, func(tx *Store) error {
		batch := &pgx.Batch{}
		for start := 0; start < len(users); start += 5000 {
			if err := queueUsers(batch, users[start:min(start+5000, len(users))]); err != nil {
				return err
			}
		}
		if err := tx.q.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("add %d users: %w", len(users), err)
		}
		return tx.record(ctx, audit.Event{Action: "user.import", Object: "users", Detail: map[string]any{"count": len(users)}})
	})
}

func queueUsers(batch *pgx.Batch, users []directory.User) error {
	columns := make([][]string, 6)
	attributes := make([]directory.Attributes, 0, len(users))
	for i := range users {
		u := &users[i]
		u.Normalize()
		if err := u.Validate(); err != nil {
			return err
		}
		u.ID = directory.UserID(uuid.NewString())
		for c, v := range []string{string(u.ID), u.Email, u.UserName, u.GivenName, u.FamilyName, u.DisplayName} {
			columns[c] = append(columns[c], v)
		}
		attributes = append(attributes, u.Attributes)
	}
	batch.Queue(`
		INSERT INTO users (id, email, username, given_name, family_name, display_name, attributes, created_at, updated_at)
		SELECT *, now(), now() FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[])`,
		columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], attributes)
	return nil
}
