package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/lanyard-idp/lanyard/internal/audit"
)

// Bounds of what strangers send and we keep, in characters.
const (
	maxKeptName = 256
	maxKeptText = 512
)

// RecordSignIn appends one attempt. Texts that strangers chose are kept readable: cut, without control characters.
func (s *Store) RecordSignIn(ctx context.Context, r audit.SignIn) error {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("record a sign-in: %w", err)
	}
	_, err = s.q.Exec(ctx, `
		INSERT INTO sign_ins (at, reference, kind, reason, user_id, username, app_id, app_name, address, user_agent,
			request_id, message, detail)
		VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, $6, nullif($7, '')::uuid, $8, $9, $10, $11, $12, $13)`,
		r.At, r.Reference, r.Kind, r.Reason, string(r.UserID), readable(r.UserName, maxKeptName),
		string(r.AppID), readable(r.AppName, maxKeptText), readable(r.Address, maxKeptText),
		readable(r.UserAgent, maxKeptText), readable(r.RequestID, maxKeptText), r.Message, withoutNUL(detail))
	if err != nil {
		return fmt.Errorf("record a sign-in: %w", err)
	}
	return nil
}

// readable makes any bytes a text that PostgreSQL takes and a page can show: valid UTF-8, no control characters (among
// them NUL, which PostgreSQL refuses), at most max characters.
func readable(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar)))
	n := 0
	for i := range s {
		if n == max {
			return s[:i]
		}
		n++
	}
	return s
}

// withoutNUL replaces the one escape that is valid JSON and that jsonb refuses.
func withoutNUL(doc []byte) []byte {
	return bytes.ReplaceAll(doc, []byte(`\u0000`), []byte(`\ufffd`))
}
