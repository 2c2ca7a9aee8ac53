package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func TestProfileLeavesRoleAndStateAlone(t *testing.T) {
	ctx, s := store(t)
	seen := *mustUser(t, s, "ada")
	must(t, s.SetUserRole(ctx, seen.ID, directory.RoleOwner))
	must(t, s.SetUserRole(ctx, mustUser(t, s, "grace").ID, directory.RoleOwner))
	must(t, s.SetUserDisabled(ctx, seen.ID, true))
	seen.Email, seen.UserName, seen.GivenName = "countess@example.org", "countess", "Ada"
	seen.Attributes = directory.Attributes{"department": {"Engines"}}
	must(t, s.SetUserProfile(ctx, &seen))
	got, err := s.User(ctx, seen.ID)
	must(t, err)
	want := directory.User{
		ID: seen.ID, Email: "countess@example.org", UserName: "countess", GivenName: "Ada", Attributes: directory.Attributes{"department": {"Engines"}},
		Role: directory.RoleOwner, Disabled: true, CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, seen); diff != "" {
		t.Errorf("what was handed back: %s", diff)
	}
	seen.Email = "nowhere"
	wantKind(t, s.SetUserProfile(ctx, &seen), fault.Invalid)
	seen.Email = "grace@example.org"
	wantKind(t, s.SetUserProfile(ctx, &seen), fault.Conflict)
}

func TestLastAdministratorKeepsTheRole(t *testing.T) {
	ctx, s := store(t)
	ada := mustUser(t, s, "ada")
	must(t, s.SetUserRole(ctx, ada.ID, directory.RoleOwner))
	wantKind(t, s.SetUserRole(ctx, ada.ID, directory.RoleNone), fault.Conflict)
	must(t, s.SetUserRole(ctx, mustUser(t, s, "grace").ID, directory.RoleOwner))
	must(t, s.SetUserRole(ctx, ada.ID, directory.RoleNone))
	wantKind(t, s.SetUserRole(ctx, "nobody", directory.RoleOwner), fault.NotFound)
}
