package postgres

import (
	"context"

	"github.com/lanyard-idp/lanyard/internal/directory"
)

// SetUserProfile writes a person's names, e-mail address and attributes, and fills in the rest: what somebody else does to
// role and state meanwhile stays.
func (s *Store) SetUserProfile(ctx context.Context, u *directory.User) error {
	u.Normalize()
	if err := u.Validate(); err != nil {
		return err
	}
	return s.changeUser(ctx, u.ID, "user.update", func(old *directory.User) {
		old.Email, old.UserName, old.Attributes = u.Email, u.UserName, u.Attributes
		old.GivenName, old.FamilyName, old.DisplayName = u.GivenName, u.FamilyName, u.DisplayName
	}, u)
}

// SetUserRole makes a person an administrator, or no longer one. The last one who can sign in stays one.
func (s *Store) SetUserRole(ctx context.Context, id directory.UserID, role directory.Role) error {
	return s.changeUser(ctx, id, "user.role", func(u *directory.User) { u.Role = role }, nil)
}
