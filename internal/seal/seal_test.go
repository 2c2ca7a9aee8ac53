package seal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/seal"
)

func sealer(t *testing.T, keyset []byte) *seal.Sealer {
	t.Helper()
	s, err := seal.Parse(keyset)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func generate(t *testing.T) []byte {
	t.Helper()
	keyset, err := seal.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return keyset
}

func TestWhatIsSealedOpensOnlyInItsPlace(t *testing.T) {
	s := sealer(t, generate(t))
	sealed, err := s.Seal([]byte("secret"), "signing_keys", "r1", "private_key")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(sealed), "secret") {
		t.Fatal("the sealed value shows the secret")
	}
	if plain, err := s.Open(sealed, "signing_keys", "r1", "private_key"); err != nil || string(plain) != "secret" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	for _, place := range [][3]string{
		{"signing_keys", "r2", "private_key"},
		{"signing_keys", "r1", "other"},
		{"users", "r1", "private_key"},
		{"signing_keysr1", "", "private_key"},
	} {
		if _, err := s.Open(sealed, place[0], place[1], place[2]); err == nil {
			t.Errorf("opened at %v", place)
		}
	}
}

func TestAnotherKeysetOpensNothing(t *testing.T) {
	sealed, _ := sealer(t, generate(t)).Seal([]byte("secret"), "a", "b", "c")
	if _, err := sealer(t, generate(t)).Open(sealed, "a", "b", "c"); err == nil {
		t.Fatal("a foreign keyset opened it")
	}
}

func TestRotatedKeysetOpensOldAndSealsNew(t *testing.T) {
	old := generate(t)
	sealed, _ := sealer(t, old).Seal([]byte("secret"), "a", "b", "c")
	rotated, err := seal.Rotate(old)
	if err != nil {
		t.Fatal(err)
	}
	s := sealer(t, rotated)
	if plain, err := s.Open(sealed, "a", "b", "c"); err != nil || string(plain) != "secret" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	again, _ := s.Seal([]byte("secret"), "a", "b", "c")
	if _, err := sealer(t, old).Open(again, "a", "b", "c"); err == nil {
		t.Fatal("the old key still seals")
	}
}

func TestSealerNeverPrintsItsKeys(t *testing.T) {
	s := sealer(t, generate(t))
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{s, *s} {
			if got := fmt.Sprintf(format, v); got != "redacted" {
				t.Errorf("%s prints %q", format, got)
			}
		}
	}
}

func TestUnreadableKeysetIsNotQuoted(t *testing.T) {
	for _, text := range []string{"", "hunter2", `{"primaryKeyId":1,"key":[{"hunter2":1}]}`, "{}"} {
		_, err := seal.Parse([]byte(text))
		if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFileIsMadeOnceForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keyset.json")
	if _, err := seal.ReadFile(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("missing file: %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := seal.MakeFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	first, _ := os.ReadFile(path)
	if err := seal.MakeFile(path); err != nil {
		t.Fatal(err)
	}
	if second, _ := os.ReadFile(path); string(first) != string(second) {
		t.Fatal("the keyset was made anew")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Fatalf("left behind: %v", left)
	}
}
