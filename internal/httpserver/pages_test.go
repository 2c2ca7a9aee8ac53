package httpserver_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/httpserver"
	"github.com/lanyard-idp/lanyard/web"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// texts is the catalogue of the program.
var texts = httpserver.Texts{httpserver.English: web.English, httpserver.Dutch: web.Dutch}

func loadPages(t *testing.T) *httpserver.Pages {
	t.Helper()
	p, err := httpserver.LoadPages(web.FS, texts, httpserver.Cookies{}, func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestUnknownPageLeavesTheAnswerUnwritten(t *testing.T) {
	w := httptest.NewRecorder()
	err := loadPages(t).Render(w, httptest.NewRequest("GET", "/", nil), 200, "nothing", nil)
	if err == nil || w.Body.Len() != 0 {
		t.Fatalf("error %v, body %q", err, w.Body)
	}
}
