package httpserver

import (
	"net/http"
	"time"
)

// Names of our cookies, before the prefix.
const (
	SessionCookie  = "session"
	DeviceCookie   = "device"
	ThemeCookie    = "theme"
	LanguageCookie = "language"
)

// Cookies writes and reads cookies in one way: HttpOnly, SameSite=Lax, Path=/, no Domain; over https also Secure and with
// the prefix __Host-, so that neither plain http nor a sibling host can plant one (RFC 6265bis §4.1.3.2).
type Cookies struct{ Secure bool }

func (c Cookies) name(short string) string {
	if c.Secure {
		return "__Host-lanyard-" + short
	}
	return "lanyard-" + short
}

// Read is the value that the browser sent, or "". It may be anything.
func (c Cookies) Read(r *http.Request, short string) string {
	cookie, err := r.Cookie(c.name(short))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Write gives the browser a cookie for so long; 0 means until it closes.
func (c Cookies) Write(w http.ResponseWriter, short, value string, keep time.Duration) {
	c.send(w, short, value, int(keep.Seconds()))
}

// Drop makes the browser forget a cookie.
func (c Cookies) Drop(w http.ResponseWriter, short string) { c.send(w, short, "", -1) }

func (c Cookies) send(w http.ResponseWriter, short, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: c.name(short), Value: value, Path: "/", MaxAge: maxAge,
		Secure: c.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
