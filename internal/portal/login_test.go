package portal_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/lanyard-idp/lanyard/internal/audit"
	"github.com/lanyard-idp/lanyard/internal/auth"
	"github.com/lanyard-idp/lanyard/internal/fault"
)

func TestSignInLeadsWhereThePersonWasGoingAndNowhereElse(t *testing.T) {
	for next, want := range map[string]string{
		"":                     "/",
		"/admin":               "/admin",
		"/saml/resume/a?b=c":   "/saml/resume/a?b=c",
		"//evil.example":       "/",
		`/\evil.example`:       "/",
		"/%5cevil.example":     "/",
		"https://evil.example": "/",
		"https:evil.example":   "/",
		"/\t/evil.example":     "/",
	} {
		w := visit(serve(t, &world{owners: 1}), "POST", "/login?"+url.Values{"next": {next}}.Encode(), credentials)
		leadsTo(t, w, want)
	}
}

func TestSignInGivesTheBrowserItsTwoSecrets(t *testing.T) {
	wd := &world{owners: 1}
	w := visit(serve(t, wd), "POST", "/login", credentials, "Cookie", "lanyard-session=old; lanyard-device=known", "User-Agent", "Browser/1")
	got := map[string]*http.Cookie{}
	for _, c := range w.Result().Cookies() {
		got[c.Name] = c
	}
	if c := got["lanyard-session"]; c == nil || c.Value != "new-token" || c.MaxAge != 0 || !c.HttpOnly {
		t.Errorf("session cookie %v", c)
	}
	if c := got["lanyard-device"]; c == nil || c.Value != "new-device" || c.MaxAge < 1000 || !c.HttpOnly {
		t.Errorf("device cookie %v", c)
	}
	a := wd.attempts[0]
	if a.UserName != "ada" || a.Password != password || a.Device.Reveal() != "known" || a.Current.Reveal() != "old" ||
		a.Address != "192.0.2.1" || a.UserAgent != "Browser/1" || a.Reference != w.Header().Get("X-Request-Id") {
		t.Errorf("attempt %+v", a)
	}
}

func TestWrongPasswordShowsTheFormAgainWithoutIt(t *testing.T) {
	wrong := &auth.Refused{Reason: audit.ReasonUserDisabled, Fault: fault.New(fault.Unauthenticated, "%s", audit.ReasonCredentialsWrong.ForPerson())}
	h := serve(t, &world{owners: 1, refuse: wrong})
	w := visit(h, "POST", "/login?app=payroll&next=%2Fsaml%2Fresume%2Fx", credentials)
	says(t, w, http.StatusUnprocessableEntity, `value="ada"`, "User name or password is wrong.", `aria-describedby="problem"`, "Payroll &amp; &lt;Co&gt;",
		`action="/login?app=payroll&amp;next=%2Fsaml%2Fresume%2Fx"`)
	lacks(t, w, password)
	lacks(t, w, "disabled")
	if len(w.Result().Cookies()) != 0 {
		t.Error("a refused browser got a cookie")
	}
	says(t, visit(h, "POST", "/login", credentials, "Accept-Language", "nl"), 422, "Gebruikersnaam of wachtwoord is onjuist.")
}

func TestWaitingIsSaidInWordsAndInTheHeader(t *testing.T) {
	for _, c := range []struct {
		wait           time.Duration
		header, en, nl string
	}{
		{400 * time.Millisecond, "1", "wait a second", "Wacht een seconde"},
		{29500 * time.Millisecond, "30", "wait 30 seconds", "Wacht 30 seconden"},
		{5 * time.Minute, "300", "wait 5 minutes", "Wacht 5 minuten"},
	} {
		h := serve(t, &world{owners: 1, refuse: &auth.Refused{Reason: audit.ReasonLockedOut, Wait: c.wait, Fault: fault.New(fault.Unauthenticated, "Wait.")}})
		w := visit(h, "POST", "/login", credentials)
		says(t, w, http.StatusTooManyRequests, c.en)
		if w.Header().Get("Retry-After") != c.header {
			t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
		}
		says(t, visit(h, "POST", "/login", credentials, "Accept-Language", "nl"), http.StatusTooManyRequests, c.nl)
	}
}

func TestBusyIsNotThePersonsFault(t *testing.T) {
	busy := &auth.Refused{Wait: 3 * time.Second, Fault: fault.New(fault.Unavailable, "Too many people are signing in at this moment. Please try again in a few seconds.")}
	w := visit(serve(t, &world{owners: 1, refuse: busy}), "POST", "/login", credentials)
	says(t, w, http.StatusServiceUnavailable, "Too many people")
	lacks(t, w, "aria-invalid")
}

func TestEmptyFormIsNotAnAttempt(t *testing.T) {
	wd := &world{owners: 1}
	says(t, visit(serve(t, wd), "POST", "/login", url.Values{"username": {"ada"}}), 422, "Fill in", `value="ada"`)
	if len(wd.attempts) != 0 {
		t.Error("an empty password was tried")
	}
}

func TestAppOnTheLoginPageIsLookedUpNotQuoted(t *testing.T) {
	h := serve(t, &world{owners: 1})
	says(t, get(h, "/login?app=payroll"), 200, "Sign in to continue to Payroll &amp; &lt;Co&gt;")
	lacks(t, get(h, "/login?app=Your+Bank"), "Your Bank</h1>")
	lacks(t, get(h, "/login?app=Your+Bank"), "continue to")
}

func TestWhoIsSignedInGoesOnUnlessAnAppWantsProofAgain(t *testing.T) {
	h := serve(t, &world{owners: 1})
	leadsTo(t, get(h, "/login?next=%2Fadmin", signedIn...), "/admin")
	leadsTo(t, get(h, "/login?next=%2F%2Fevil.example", signedIn...), "/")
	says(t, get(h, "/login?next=%2Fsaml%2Fresume%2Fx&again=1", signedIn...), 200, "You are signed in as Ada Lovelace", `value="ada"`, "again=1")
}

func TestLoginBeforeSetUpSaysHowToSetUp(t *testing.T) {
	wd := &world{}
	h := serve(t, wd)
	w := get(h, "/login")
	says(t, w, 200, "Not set up yet", "lanyard admin link")
	lacks(t, w, `name="password"`)
	wd.owners = 1
	says(t, get(h, "/login"), 200, `name="password"`)
	wd.owners = 0 // asked no more: the last administrator cannot go
	says(t, get(h, "/login"), 200, `name="password"`)
}

func TestLoginFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Run("FLOW-01 a sign-in that another site posts is no attempt", func(t *testing.T) {
		wd := &world{owners: 1}
		w := visit(serve(t, wd), "POST", "/login", credentials, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if w.Code != http.StatusForbidden || len(wd.attempts) != 0 {
			t.Errorf("status %d, %d attempts", w.Code, len(wd.attempts))
		}
		visit(serve(t, wd), "POST", "/login", credentials, "Sec-Fetch-Site", "same-origin")
		if len(wd.attempts) != 1 {
			t.Errorf("%d attempts from our own page", len(wd.attempts))
		}
	})
}

func TestPasswordManagersKnowTheFields(t *testing.T) {
	says(t, get(serve(t, &world{owners: 1}), "/login"), 200, `autocomplete="username"`, `autocomplete="current-password"`)
}

func TestWindowThatAnAppOpenedStaysItsWindow(t *testing.T) {
	for address, want := range map[string]string{"/login?next=/saml/resume/a": "unsafe-none", "/login": "same-origin", "/login?next=/admin": "same-origin"} {
		for _, method := range []string{"GET", "POST"} {
			if got := visit(serve(t, &world{owners: 1}), method, address, credentials).Header().Get("Cross-Origin-Opener-Policy"); got != want {
				t.Errorf("%s %s: %q", method, address, got)
			}
		}
	}
}
