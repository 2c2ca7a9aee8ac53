package postgres_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lanyard-idp/lanyard/internal/apps"
	"github.com/lanyard-idp/lanyard/internal/certs"
	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/postgres"
	"github.com/lanyard-idp/lanyard/internal/postgrestest"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

var now = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

var keyset = sync.OnceValue(func() *seal.Sealer {
	text, err := seal.Generate()
	if err != nil {
		panic(err)
	}
	s, err := seal.Parse(text)
	if err != nil {
		panic(err)
	}
	return s
})

// sealedKey makes a P-256 key, the quickest kind.
func sealedKey(t *testing.T, app apps.ID) *certs.Sealed {
	t.Helper()
	p, err := certs.Create(certs.ECP256, "idp.example.org", certs.DefaultValidity, now)
	must(t, err)
	p.AppID = app
	k, err := p.Seal(keyset())
	must(t, err)
	return k
}

func mustKey(t *testing.T, s *postgres.Store, app apps.ID) *certs.Sealed {
	t.Helper()
	k := sealedKey(t, app)
	must(t, s.CreateSigningKey(t.Context(), k))
	return k
}

func stateOf(t *testing.T, s *postgres.Store, k *certs.Sealed) certs.State {
	t.Helper()
	c, err := s.SigningKey(t.Context(), k.ID)
	must(t, err)
	return c.State
}

func TestSigningKeyComesBackAndOpens(t *testing.T) {
	ctx, s := store(t)
	k := mustKey(t, s, "")
	got, err := s.SigningKey(ctx, k.ID)
	if diff := cmp.Diff(k.Certificate, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	sealed, err := s.SealedKeys(ctx)
	must(t, err)
	if diff := cmp.Diff([]certs.Sealed{*k}, sealed); diff != "" {
		t.Error(diff)
	}
	if _, err := sealed[0].Open(keyset()); err != nil {
		t.Error(err)
	}
	for _, id := range []certs.ID{"", "00000000-0000-0000-0000-000000000000"} {
		_, err := s.SigningKey(ctx, id)
		wantKind(t, err, fault.NotFound)
		wantKind(t, s.ActivateSigningKey(ctx, id, now), fault.NotFound)
	}
	wantKind(t, s.CreateSigningKey(ctx, sealedKey(t, "00000000-0000-0000-0000-000000000000")), fault.NotFound)
	wantKind(t, s.CreateSigningKey(ctx, sealedKey(t, "nonsense")), fault.NotFound)
}

func TestRollOverRollBackAndRetirement(t *testing.T) {
	ctx, s := store(t)
	old, fresh := mustKey(t, s, ""), mustKey(t, s, "")
	must(t, s.ActivateSigningKey(ctx, old.ID, now))
	must(t, s.ActivateSigningKey(ctx, fresh.ID, now))
	if a, b := stateOf(t, s, old), stateOf(t, s, fresh); a != certs.Next || b != certs.Active {
		t.Fatalf("after roll-over: old %s, fresh %s", a, b)
	}
	must(t, s.ActivateSigningKey(ctx, old.ID, now))
	if a, b := stateOf(t, s, old), stateOf(t, s, fresh); a != certs.Active || b != certs.Next {
		t.Fatalf("after roll-back: old %s, fresh %s", a, b)
	}
	wantKind(t, s.RetireSigningKey(ctx, old.ID, now), fault.Conflict)
	must(t, s.ActivateSigningKey(ctx, fresh.ID, now))
	must(t, s.RetireSigningKey(ctx, old.ID, now))
	wantKind(t, s.ActivateSigningKey(ctx, old.ID, now), fault.Conflict)
	sealed, err := s.SealedKeys(ctx)
	if err != nil || len(sealed) != 1 || sealed[0].ID != fresh.ID {
		t.Errorf("published: %v, %v", sealed, err)
	}
	if all, err := s.SigningKeys(ctx); err != nil || len(all) != 2 {
		t.Errorf("listed %d, %v", len(all), err)
	}
}

func TestKeyOfOneAppLivesBesideTheCommonOne(t *testing.T) {
	ctx, s := store(t)
	a := mustApp(t, s, "wiki")
	common, own, second := mustKey(t, s, ""), mustKey(t, s, a.ID), mustKey(t, s, a.ID)
	must(t, s.ActivateSigningKey(ctx, common.ID, now))
	must(t, s.ActivateSigningKey(ctx, own.ID, now))
	if got := stateOf(t, s, common); got != certs.Active {
		t.Errorf("the common key is %s", got)
	}
	wantKind(t, s.RetireSigningKey(ctx, own.ID, now), fault.Conflict) // the second one stands ready
	must(t, s.RetireSigningKey(ctx, second.ID, now))
	must(t, s.RetireSigningKey(ctx, own.ID, now)) // back to the common key
	must(t, s.DeleteApp(ctx, a.ID))
	if all, _ := s.SigningKeys(ctx); len(all) != 1 {
		t.Errorf("%d keys left", len(all))
	}
}

func TestFirstKeyIsMadeOnceByManyStarters(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), postgres.New(postgrestest.Pool(t))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			err := s.FirstSigningKey(ctx, now, func() (*certs.Sealed, error) { return sealedKey(t, ""), nil })
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	keys, err := s.SigningKeys(ctx)
	if err != nil || len(keys) != 1 || keys[0].State != certs.Active {
		t.Errorf("keys %v, %v", keys, err)
	}
	failing := errors.New("never called")
	must(t, s.FirstSigningKey(ctx, now, func() (*certs.Sealed, error) { return nil, failing }))
}

func TestAllKeysAreSealedAnewOrNone(t *testing.T) {
	ctx, s := store(t)
	mustKey(t, s, "")
	must(t, s.RetireSigningKey(ctx, mustKey(t, s, "").ID, now))
	before, err := s.SealedKeys(ctx)
	must(t, err)
	reseal := func(k *certs.Sealed) (*certs.Sealed, error) {
		p, err := k.Open(keyset())
		if err != nil {
			return nil, err
		}
		return p.Seal(keyset())
	}
	if n, err := s.ResealSigningKeys(ctx, reseal); err != nil || n != 2 {
		t.Fatalf("resealed %d, %v", n, err)
	}
	after, err := s.SealedKeys(ctx)
	must(t, err)
	if bytes.Equal(before[0].PrivateKey, after[0].PrivateKey) {
		t.Error("the key is sealed as it was")
	}
	if _, err := after[0].Open(keyset()); err != nil {
		t.Error(err)
	}
	calls := 0
	_, err = s.ResealSigningKeys(ctx, func(k *certs.Sealed) (*certs.Sealed, error) {
		if calls++; calls == 2 {
			return nil, errors.New("does not open")
		}
		return reseal(k)
	})
	if again, _ := s.SealedKeys(ctx); err == nil || !bytes.Equal(again[0].PrivateKey, after[0].PrivateKey) {
		t.Errorf("half of the keys were changed: %v", err)
	}
}
