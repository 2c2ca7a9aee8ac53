package httpserver_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lanyard-idp/lanyard/internal/fault"
	"github.com/lanyard-idp/lanyard/internal/httpserver"
)

func TestErrorPageSaysWhatToDoAndNeverTheCause(t *testing.T) {
	for path, want := range map[string]int{
		"/invalid": 400, "/unauthenticated": 401, "/forbidden": 403, "/notfound": 404, "/conflict": 409, "/unavailable": 503,
		"/internal": 500, "/foreign": 500, "/panic": 500,
	} {
		t.Run(path, func(t *testing.T) {
			b, h := newBench(t)
			w := ask(h, "GET", path, "")
			page, reference := w.Body.String(), w.Header().Get("X-Request-Id")
			if w.Code != want || len(reference) != 10 || !strings.Contains(page, reference) {
				t.Fatalf("status %d, reference %q, page:\n%s", w.Code, reference, page)
			}
			sentence := "What to do."
			if want == 500 {
				sentence = fault.Apology
			}
			if !strings.Contains(page, sentence) || strings.Contains(page, secret) {
				t.Errorf("page:\n%s", page)
			}
			if log := b.log.String(); strings.Count(log, "\n") != 1 || !strings.Contains(log, reference) || !strings.Contains(log, secret) {
				t.Errorf("log:\n%s", log)
			}
		})
	}
}

func TestUnavailableSaysWhenToComeBack(t *testing.T) {
	_, h := newBench(t)
	if got := ask(h, "GET", "/unavailable", "").Header().Get("Retry-After"); got != "5" {
		t.Errorf("Retry-After %q", got)
	}
}

func TestOnlyTroubleOfOursIsLoggedAsError(t *testing.T) {
	for path, level := range map[string]string{"/notfound": "INFO", "/foreign": "ERROR", "/panic": "ERROR", "/unavailable": "WARN"} {
		b, h := newBench(t)
		ask(h, "GET", path, "")
		if !strings.Contains(b.log.String(), `"level":"`+level+`"`) {
			t.Errorf("%s: %s", path, b.log.String())
		}
	}
}

func TestPanicFailsOneRequestAndNotTheService(t *testing.T) {
	_, h := newBench(t)
	ask(h, "GET", "/panic", "")
	if w := ask(h, "GET", "/fine/x", ""); w.Code != 200 {
		t.Errorf("after a panic: %d", w.Code)
	}
}

func TestAnswerThatHasBegunGetsNoSecondOne(t *testing.T) {
	b, h := newBench(t)
	if w := ask(h, "GET", "/half", ""); w.Body.String() != "half" || !strings.Contains(b.log.String(), secret) {
		t.Errorf("body %q, log %s", w.Body, b.log.String())
	}
}

func TestErrorsAreTranslatedWhereTheTextsHoldThem(t *testing.T) {
	_, h := newBench(t)
	page := ask(h, "GET", "/nowhere", "", "Accept-Language", "nl-BE, en;q=0.5").Body.String()
	if !strings.Contains(page, `<html lang="nl"`) || !strings.Contains(page, "Op dit adres is geen pagina.") {
		t.Errorf("not Dutch:\n%s", page)
	}
	page = ask(h, "GET", "/forbidden", "", "Accept-Language", "nl").Body.String()
	if !strings.Contains(page, `lang="en">What to do.`) {
		t.Errorf("an English sentence is not marked as such:\n%s", page)
	}
}

func TestWrongMethodIsToldWhichAreRight(t *testing.T) {
	b, h := newBench(t)
	for _, c := range []struct {
		method, path, allow string
		status              int
	}{
		{"DELETE", "/form", "POST, OPTIONS", http.StatusMethodNotAllowed},
		{"GET", "/form", "POST, OPTIONS", http.StatusMethodNotAllowed},
		{"POST", "/fine/x", "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed},
		{"OPTIONS", "/fine/x", "GET, HEAD, OPTIONS", http.StatusNoContent},
		{"OPTIONS", "/saml/act", "GET, POST, OPTIONS", http.StatusNoContent},
		{"BREW", "/fine/x", "GET, HEAD, OPTIONS", http.StatusMethodNotAllowed},
	} {
		w := ask(h, c.method, c.path, "")
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q", c.method, c.path, w.Code, w.Header().Get("Allow"))
		}
	}
	if b.posted != 0 {
		t.Errorf("%d handlers ran", b.posted)
	}
}

func TestFormLargerThanItsPageTakesIsRefused(t *testing.T) {
	_, h := newBench(t)
	w := ask(h, "POST", "/form", "a="+strings.Repeat("x", int(httpserver.ForPages.Body)))
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "more than this page takes") {
		t.Errorf("%d:\n%s", w.Code, w.Body)
	}
	if w := ask(h, "POST", "/form", "a=%zz"); w.Code != http.StatusBadRequest {
		t.Errorf("broken form: %d", w.Code)
	}
}
