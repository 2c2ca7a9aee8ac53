package httpserver

// Account is who is signed in, for the bar at the top. A page that shows the bar has a field Account and defines
// "account" as the partial "signed-in".
type Account struct {
	Name  string
	Owner bool   // may see the administration
	Here  string // the entry of the bar that is this page: "apps", "admin" or "logout"
}
