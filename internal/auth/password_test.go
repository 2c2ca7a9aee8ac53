package auth_test

import (
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func TestPasswordsThatPeopleMayChoose(t *testing.T) {
	t.Parallel()
	about := []string{"ada.lovelace@example.org", "Ada Lovelace", "Analytical Engines"}
	good := map[string]string{
		"a sentence":                "correct horse battery staple",
		"ten characters":            "vK7#pq2xLm",
		"sixteen hex digits":        "9f86d081884c7d65",
		"no rule of composition":    "zebrafountainquilt",
		"white space counts":        "blue  kettle  drum",
		"Unicode":                   "пять зелёных груш",
		"four common words":         "purple elephant monday cookie",
		"own name and much else":    "ada climbs wet granite",
		"256 characters":            strings.Repeat("kR9-wq7_Zt", 25) + "abcdef",
		"256 characters of 3 bytes": strings.Repeat("諸行無常是生滅法", 32),
	}
	bad := map[string]string{
		"seven characters":         "vK7#pq2",
		"eight characters":         "vK7#pq2x",
		"nine characters":          "vK7#pq2xL",
		"257 characters":           strings.Repeat("kR9-wq7_Zt", 25) + "abcdefg",
		"a million":                strings.Repeat("x7-Kq", 200_000),
		"common and long enough":   "1234567890",
		"keyboard row":             "qwertyuiop",
		"keyboard columns":         "1qaz2wsx3edc",
		"word, year, mark":         "Password2024!",
		"disguised word":           "P@$$w0rd123",
		"one word twice":           "sunshinesunshine",
		"one character":            "aaaaaaaaaaaaaaaa",
		"two characters":           "1212121212121212",
		"name of this product":     "Lanyard-2026!",
		"own user name":            "ada.lovelace1815",
		"own name and common word": "lovelace-welcome",
		"own company":              "analytical-Engines1",
		"not UTF-8":                "vK7#pq2xLm\xff\xfe",
	}
	t.Run("AUTHN-08 long, Unicode and rule-free passwords are taken, weak and common ones refused", func(t *testing.T) {
		for what, password := range good {
			if err := auth.CheckPassword(password, about...); err != nil {
				t.Errorf("%s %q: %v", what, password, err)
			}
		}
		for what, password := range bad {
			err := auth.CheckPassword(password, about...)
			if !fault.Is(err, fault.Invalid) || fault.From(err).Field != "password" {
				t.Errorf("%s %.20q: %v, want refused beside the field", what, password, err)
			}
		}
	})
	t.Run("AUTHN-08 the most used passwords of ten and more characters are refused", func(t *testing.T) {
		for _, p := range strings.Fields(`1234567890 qwertyuiop 1q2w3e4r5t 0123456789 12345678910 password123 password12
			0987654321 iloveyou123 1q2w3e4r5t6y 1qaz2wsx3edc qwerty123456 123456789a a123456789 q1w2e3r4t5 asdfghjkl123
			basketball liverpool1 manchester chocolate1 volleyball christopher superman123 michael123 football123
			sunshine123 princess123 liverpool123 1234554321 9876543210 1111111111 0000000000 147258369 123456789q
			qwerty12345 password1234 passw0rd123 welcome123 letmein123 administrator qwertyuiop123 abcdefghij
			abcd123456 abc1234567 1234567891 qazwsxedcrfv zaq12wsx123 samsung123 pokemon123 dragon1234 starwars123
			alexander1 elizabeth1 metallica1 newcastle1 barcelona1 changeme123 Welcome2026! Summer2026! Winter2025!!
			September2024 admin123456 test123456 iloveyou12 computer123 p@ssw0rd123 enterprise startrek12 wachtwoord1`) {
			if auth.CheckPassword(p) == nil {
				t.Errorf("%q was taken", p)
			}
		}
	})
}

func TestEveryCharacterOfAPasswordCounts(t *testing.T) {
	t.Parallel()
	t.Run("AUTHN-08 nothing is cut at 72 bytes and composed characters equal decomposed ones", func(t *testing.T) {
		long := strings.Repeat("vK7#pq2xLm", 8)
		hash, err := auth.HashPassword(long)
		if err != nil {
			t.Fatal(err)
		}
		h := auth.NewHasher()
		if ok, _ := h.Matches(hash, long); !ok {
			t.Error("the password does not match its own hash")
		}
		if ok, _ := h.Matches(hash, long[:72]); ok {
			t.Error("the first 72 bytes are enough")
		}
		composed, err := auth.HashPassword("caf\u00e9 zebra fountain")
		if err != nil {
			t.Fatal(err)
		}
		if ok, _ := h.Matches(composed, "cafe\u0301 zebra fountain"); !ok {
			t.Error("the same characters typed on another keyboard do not match")
		}
	})
}

func TestHashIsSaltedArgon2idInPHCForm(t *testing.T) {
	t.Parallel()
	one, err := auth.HashPassword("zebra fountain quilt")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := auth.HashPassword("zebra fountain quilt")
	if !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") || one == two {
		t.Errorf("%s and %s: want argon2id of 19 MiB with a salt of its own each", one, two)
	}
	if _, err := auth.HashPassword("short"); !fault.Is(err, fault.Invalid) {
		t.Errorf("short password: %v, want refused", err)
	}
}

func TestHashesThatCannotBeReadMatchNothing(t *testing.T) {
	t.Parallel()
	h := auth.NewHasher()
	good := "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$" // + key
	for _, hash := range []string{
		"", "x", "zebra fountain quilt", good, good + "!!!", "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1,x=2$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=4000000000,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=64,t=1,p=1$$AAAAAAAAAAAAAAAAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0$AAAA",
	} {
		for _, password := range []string{"", "zebra fountain quilt"} {
			if ok, _ := h.Matches(hash, password); ok {
				t.Errorf("%q matches %q", password, hash)
			}
		}
	}
	if h.Runs() != 26 {
		t.Errorf("%d computations, want one for each question", h.Runs())
	}
}
