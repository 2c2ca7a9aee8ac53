package session

// Opening is what one successful sign-in changes among the browsers, all of it in one transaction. Every sign-in gives the
// browser new secrets, so that a token planted before it opens nothing after it (session fixation).
type Opening struct {
	Session   Session // its ID is given by the store
	Token     Token   // the new secret of the session
	Replaces  Token   // the session that the browser held until now; the zero Token for none
	Device    Token   // the new secret by which the browser is known
	OldDevice Token   // the one it held until now; the zero Token for none
	// PasswordHash is what the person was checked against; the store refuses when it is not theirs any more.
	PasswordHash string
	Tries        []Try // counted as failures so far; this sign-in shows that they were none
}

// Zero says that the browser sent nothing.
func (t Token) Zero() bool { return t.value == "" }
