package main

import (
	"io"
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/directory"
)

// userView is a person as commands print one.
type userView struct {
	ID          directory.UserID     `json:"id"`
	Email       string               `json:"email"`
	UserName    string               `json:"username"`
	GivenName   string               `json:"givenName"`
	FamilyName  string               `json:"familyName"`
	DisplayName string               `json:"displayName"`
	Attributes  directory.Attributes `json:"attributes"`
	Role        directory.Role       `json:"role"`
	Disabled    bool                 `json:"disabled"`
	CreatedAt   time.Time            `json:"createdAt"`
	UpdatedAt   time.Time            `json:"updatedAt"`
	Groups      []string             `json:"groups,omitempty"`
	Apps        []string             `json:"apps,omitempty"`
	Password    string               `json:"password,omitempty"` // only when it was made up just now
}

func viewUser(u *directory.User) userView {
	return userView{
		ID: u.ID, Email: u.Email, UserName: u.UserName, GivenName: u.GivenName, FamilyName: u.FamilyName,
		DisplayName: u.DisplayName, Attributes: u.Attributes, Role: u.Role, Disabled: u.Disabled, CreatedAt: u.CreatedAt, UpdatedAt: u.UpdatedAt,
	}
}

func (v *userView) state() string {
	switch {
	case v.Disabled:
		return "disabled"
	case v.Role == directory.RoleOwner:
		return "administrator"
	}
	return "enabled"
}

func (v *userView) human(w io.Writer) {
	pairs := []string{
		"ID", string(v.ID), "E-mail", v.Email, "User name", v.UserName, "Given name", v.GivenName, "Family name", v.FamilyName,
		"Display name", v.DisplayName, "State", v.state(), "Groups", strings.Join(v.Groups, "\n"), "Apps", strings.Join(v.Apps, "\n"),
	}
	for _, name := range sorted(v.Attributes) {
		pairs = append(pairs, name, strings.Join(v.Attributes[name], "\n"))
	}
	facts(w, pairs...)
}
