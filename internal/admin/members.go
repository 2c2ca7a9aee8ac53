package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/lanyard-idp/lanyard/internal/directory"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

// addMembers adds one person, one group, or everybody that a pasted list names.
func (h *Handler) addMembers(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	user, group := directory.UserID(r.PostForm.Get("user")), directory.GroupID(r.PostForm.Get("group"))
	var err error
	switch {
	case user != "":
		err = h.Store.AddUserToGroup(r.Context(), g.ID, user)
	case group != "":
		err = h.Store.AddGroupToGroup(r.Context(), g.ID, group)
	default:
		return h.addPasted(w, r, owner, g)
	}
	if err != nil {
		return h.refusedGroup(w, r, owner, g, err)
	}
	what := url.Values{"done": {"memberadded"}}
	if find := r.PostForm.Get("find"); find != "" { // there may be more to add of what was found
		what.Set("find", find)
	}
	return goOn(w, r, groupPath(g.ID)+"?"+what.Encode())
}

// addPasted adds those who are known and gives the rest of the list back, to be mended.
func (h *Handler) addPasted(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	names := pasted(r.PostForm.Get("names"))
	known, err := h.Store.UsersByName(r.Context(), names)
	if err != nil {
		return err
	}
	members, unknown := split(names, known)
	added, err := h.Store.AddUsersToGroup(r.Context(), g.ID, members)
	if err != nil {
		return err
	}
	if len(names) > 0 && len(unknown) == 0 {
		return after(w, r, groupPath(g.ID), "memberadded")
	}
	page, err := h.groupPage(r, owner, g)
	if err != nil {
		return err
	}
	page.Paste.Fields[0].Value = strings.Join(unknown, "\n")
	status, err := page.Paste.tell(fault.Field("names", "%s", leftOver(added, len(unknown))))
	if err != nil {
		return err
	}
	return h.Pages.Render(w, r, status, "admin/group", page)
}

// pasted takes a list apart: lines, commas and semicolons divide, and of "Ada Lovelace <ada@example.org>", as mail programs
// write it, the address counts.
func pasted(text string) []string {
	var names []string
	for _, part := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("\r\n,;", c) }) {
		if _, after, ok := strings.Cut(part, "<"); ok {
			part, _, _ = strings.Cut(after, ">")
		}
		if name := searchable(part); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func split(names []string, known map[string]directory.UserID) (members []directory.UserID, unknown []string) {
	for _, name := range names {
		if id, ok := known[name]; ok {
			members = append(members, id)
		} else {
			unknown = append(unknown, name)
		}
	}
	return members, unknown
}

func leftOver(added, unknown int) string {
	if unknown == 0 {
		return "Write at least one user name or e-mail address."
	}
	if unknown == 1 {
		return fmt.Sprintf("%s added. Nobody is known by the name that is left below: correct it, or add the person first.", somePeople(added))
	}
	return fmt.Sprintf("%s added. Nobody is known by the %d names that are left below: correct them, or add the people first.", somePeople(added), unknown)
}

func somePeople(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// removeMember takes one person or one group out.
func (h *Handler) removeMember(w http.ResponseWriter, r *http.Request, owner *directory.User, g *directory.Group) error {
	var err error
	if user := directory.UserID(r.PostForm.Get("user")); user != "" {
		err = h.Store.RemoveUserFromGroup(r.Context(), g.ID, user)
	} else {
		err = h.Store.RemoveGroupFromGroup(r.Context(), g.ID, directory.GroupID(r.PostForm.Get("group")))
	}
	if err != nil {
		return h.refusedGroup(w, r, owner, g, err)
	}
	return after(w, r, groupPath(g.ID), "membergone")
}
