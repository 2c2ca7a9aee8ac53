// Package audit is the memory of what happened: Event, who changed what; SignIn, each attempt to reach an app or to sign
// in here, with one reason code of a closed list.
//
// It refuses secrets: no password, token, cookie or key is ever part of a record.
package audit

import (
	"time"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/directory"
)

// SignIn is one attempt. UserID and AppID are empty when the attempt did not get as far as knowing them.
type SignIn struct {
	ID        int64
	At        time.Time
	Reference string // shown to the person, found in the log
	Kind      Kind
	Reason    Reason // ReasonNone is success
	UserID    directory.UserID
	UserName  string // as typed or known; kept when the person is deleted
	AppID     apps.ID
	AppName   string
	Address   string
	UserAgent string
	RequestID string // ID of the AuthnRequest
	Message   []byte // the decoded request as received, for showing later
	Detail    Detail
}

// Kind says what was attempted.
type Kind string

// A sign-on reaches an app; a sign-in proves a person to us; a sign-out ends a session.
const (
	KindSignOn  Kind = "sign-on"
	KindSignIn  Kind = "sign-in"
	KindSignOut Kind = "sign-out"
)

// Detail is what else is needed to tell the story of an attempt: the two values that differ in a refusal, and what was
// answered in a success.
type Detail struct {
	Explanation  string            `json:"explanation,omitempty"` // for the administrator, with both values
	Binding      string            `json:"binding,omitempty"`
	Issuer       string            `json:"issuer,omitempty"`
	ACS          string            `json:"acs,omitempty"`
	Status       string            `json:"status,omitempty"` // SAML status sent, if one was
	SubStatus    string            `json:"subStatus,omitempty"`
	ResponseID   string            `json:"responseId,omitempty"`
	AssertionID  string            `json:"assertionId,omitempty"`
	NameID       string            `json:"nameId,omitempty"` // left out for persistent identifiers
	NameIDFormat string            `json:"nameIdFormat,omitempty"`
	SessionIndex string            `json:"sessionIndex,omitempty"`
	Context      string            `json:"context,omitempty"`
	KeyID        string            `json:"keyId,omitempty"` // signing key used
	AppVersion   int               `json:"appVersion,omitempty"`
	Signed       bool              `json:"signed,omitempty"` // the request was
	RelayState   bool              `json:"relayState,omitempty"`
	Attributes   []ReleasedClaim   `json:"attributes,omitempty"`
	Extra        map[string]string `json:"extra,omitempty"`
}

// ReleasedClaim is what the app was told under one name.
type ReleasedClaim struct {
	Name   string   `json:"name"`
	Values []string `json:"values,omitempty"`
}
