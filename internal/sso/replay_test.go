package sso_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/saml"
	"github.com/lanyard-idp/lanyard/internal/session"
)

func TestRequestIsAnsweredOnce(t *testing.T) {
	each(t, func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		r := b.fresh()
		signed := signedQuery(t, spKey(), saml.RSASHA256, query(r.xml(), "relay"))
		w.query(signed).granted(r.ID)
		for _, again := range []*answer{w.query(signed), w.redirect(r.xml()), w.post(r.xml()), w.crossSite(r.xml()), b.nobody().redirect(r.xml()), w.redirect(r.with("IsPassive", "true").xml())} {
			again.paged(http.StatusConflict)
			if got := b.recorded(audit.ReasonRequestReplayed); got.RequestID != r.ID || got.AppName != "Wiki" || !strings.Contains(got.Detail.Explanation, r.ID) {
				t.Errorf("recorded %+v", got)
			}
		}
		b.now = nine.Add(5 * time.Minute) // as long as it would be fresh
		w.query(signed).paged(http.StatusConflict)
		b.now = nine.Add(5*time.Minute + time.Second)
		w.query(signed).paged(http.StatusBadRequest)
		b.recorded(audit.ReasonRequestExpiredOrEarly)
	}, "REP-01 a request that was answered is not answered again", "CORE-30 from the same app, by whatever binding")
	t.Run("REP-01 what is remembered outlives what is fresh, early requests too", func(t *testing.T) {
		b := newBench(t)
		for _, off := range []time.Duration{-5 * time.Minute, 0, 5 * time.Minute} {
			r := b.fresh()
			r.Instant = nine.Add(off).Format(time.RFC3339)
			b.signedIn(ada()).redirect(r.xml()).granted(r.ID)
			until := b.store.seen[[2]string{string(appID), r.ID}]
			if lastFresh := nine.Add(off).Add(5 * time.Minute); !until.After(lastFresh) {
				t.Errorf("fresh until %s, remembered until %s", lastFresh, until)
			}
		}
	})
	t.Run("REP-01 a refusal, or the way to the sign-in page, uses a request up as well", func(t *testing.T) {
		b := newBench(t)
		r := b.fresh().with("IsPassive", "true")
		b.nobody().redirect(r.xml()).refused("Responder/NoPassive")
		b.signedIn(ada()).redirect(r.xml()).paged(http.StatusConflict)
		r = b.fresh()
		b.nobody().redirect(r.xml()).asked()
		b.signedIn(ada()).redirect(r.xml()).paged(http.StatusConflict)
	})
	t.Run("one app's request ID says nothing of another's", func(t *testing.T) {
		b := newBench(t)
		w := b.signedIn(ada())
		b.another("chat")
		r := b.fresh()
		w.redirect(r.xml()).granted(r.ID)
		r.Issuer = "https://chat.example.com/metadata"
		w.redirect(r.xml()).grantedAt(r.Issuer, "https://chat.example.com/acs", issuer, r.ID)
	})
	each(t, func(t *testing.T) {
		// Two handlers on one store are two nodes.
		b := newBench(t)
		one := b.signedIn(ada())
		nodes := []http.Handler{b.server}
		b.serve()
		nodes = append(nodes, b.server)
		hop := (&browser{b: b}).post(b.fresh().xml()).Location
		for name, target := range map[string]string{"request": "/saml/sso?" + query(b.fresh().xml()), "waiting sign-on": hop} {
			answers := make(chan string, 20)
			var all sync.WaitGroup
			for i := range 20 {
				all.Go(func() {
					r := httptest.NewRequest(http.MethodGet, idp+target, nil)
					r.AddCookie(&http.Cookie{Name: "__Host-lanyard-session", Value: one.cookie})
					rec := httptest.NewRecorder()
					nodes[i%2].ServeHTTP(rec, r)
					answers <- rec.Body.String()
				})
			}
			all.Wait()
			close(answers)
			granted := 0
			for body := range answers {
				if strings.Contains(body, "SAMLResponse") {
					granted++
				}
			}
			if granted != 1 {
				t.Errorf("%s: %d answers", name, granted)
			}
		}
	}, "CORE-30 of twenty at once on two nodes one is answered", "REP-01 so is one of twenty that resume")
}

func TestTooManyWaitingSignOnsAreTurnedAway(t *testing.T) {
	b := newBench(t)
	b.handler.Waits = limiter(3)
	for range 3 {
		b.nobody().redirect(b.fresh().xml()).asked()
	}
	a := b.nobody().redirect(b.fresh().xml())
	a.paged(http.StatusServiceUnavailable)
	if a.Header.Get("Retry-After") == "" || len(b.store.pending) != 3 {
		t.Errorf("%d waiting, %v", len(b.store.pending), a.Header)
	}
	r := b.fresh()
	b.signedIn(ada()).redirect(r.xml()).granted(r.ID) // who is signed in does not wait
}

func TestTokensAreKeptAsHashes(t *testing.T) {
	b := newBench(t)
	back := b.nobody().redirect(b.fresh().xml()).asked()
	token := strings.TrimPrefix(back, "/saml/resume/")
	for k := range b.store.pending {
		if strings.Contains(k, token) || k != string(session.TokenFrom(token).Hash()) {
			t.Errorf("kept as %q", k)
		}
	}
	for _, made := range []string{"", "x", "..", strings.Repeat("A", 43), token + "x", strings.ToUpper(token)} {
		b.nobody().get("/saml/resume/" + made).paged(http.StatusNotFound)
	}
	if strings.Contains(b.log.String(), token) {
		t.Error("the log has it")
	}
}

func TestStrangersCannotFillTheDisk(t *testing.T) {
	each(t, func(t *testing.T) {
		b := newBench(t)
		b.handler.Records, b.handler.Waits = limiter(3), limiter(5)
		for range 10 {
			b.nobody().redirect("<x/>").paged(http.StatusBadRequest)
		}
		if n := len(b.store.records); n != 3 || strings.Count(b.log.String(), `"unrecorded":true`) != 7 {
			t.Errorf("%d records of ten, and the log says\n%s", n, &b.log)
		}
		for range 5 {
			r := b.fresh().with("IsPassive", "true")
			b.nobody().redirect(r.xml()).refused("Responder/NoPassive")
		}
		for _, rec := range b.store.records[3:] {
			if rec.Message != nil {
				t.Errorf("kept %s", rec.Message)
			}
		}
		b.nobody().redirect(b.fresh().with("IsPassive", "true").xml()).paged(http.StatusServiceUnavailable)
		r := b.fresh()
		b.signedIn(ada()).redirect(r.xml()).granted(r.ID)
		if last := b.store.records[len(b.store.records)-1]; len(b.store.records) != 9 || last.Message == nil {
			t.Errorf("%d records, the last one %+v", len(b.store.records), last)
		}
	}, "OPS-02 beyond a bound, what strangers send is a line in the log and no row", "OPS-02 and nothing is signed for them", "OPS-02 while people who are signed in get in, on record")
}
