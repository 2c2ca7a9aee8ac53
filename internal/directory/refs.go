package directory

// Object names the person in the audit log.
func (u *User) Object() string { return "user:" + string(u.ID) }

// Object names the group in the audit log.
func (g *Group) Object() string { return "group:" + string(g.ID) }
