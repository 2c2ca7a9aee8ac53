package directory

import (
	"strings"
	"time"

	"github.com/lanyard-idp/lanyard/internal/fault"
)

// Group is a named set of people and other groups.
type Group struct {
	ID        GroupID
	Name      string // unique, compared without case
	CreatedAt time.Time
}

// Normalize trims the name.
func (g *Group) Normalize() { g.Name = strings.TrimSpace(g.Name) }

// Validate says whether the group can be kept.
func (g *Group) Validate() error {
	if g.Name == "" {
		return fault.Field("name", "A group needs a name.")
	}
	return validText("name", g.Name)
}
