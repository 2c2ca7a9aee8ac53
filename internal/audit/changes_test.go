package audit_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/audit"
)

func TestChangesNameOldAndNewOfEachField(t *testing.T) {
	before := &apps.App{Name: "Wiki", Settings: apps.Settings{Sign: apps.SignBoth}}
	after := &apps.App{Name: "Wiki 2", Settings: apps.Settings{AllowSHA1: true}}
	want := map[string]any{
		"Name":               map[string]any{"old": "Wiki", "new": "Wiki 2"},
		"Settings.sign":      map[string]any{"old": "both", "new": nil},
		"Settings.allowSHA1": map[string]any{"old": nil, "new": true},
	}
	if diff := cmp.Diff(want, audit.Changes(before, after)); diff != "" {
		t.Error(diff)
	}
}

func TestEqualValuesHaveNoChanges(t *testing.T) {
	a := &apps.App{Name: "Wiki", Settings: apps.Settings{RelayState: "x"}}
	b := *a
	if c := audit.Changes(a, &b); c != nil {
		t.Errorf("changes %v", c)
	}
}
