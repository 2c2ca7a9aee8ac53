package httpserver

// Account is who is signed in, for the bar at the top. A page that shows the bar has a field Account and defines
// "account" as the partial "signed-in".
type Account struct {
	Name  string
	Owner bool   // may see the administration
	Here  string // the entry of the bar that is this page: "apps", "admin" or "logout"
}

// PostForm is saml/post: a form that leads to an app by itself. Fields are sent in this order.
type PostForm struct {
	App    string // name, for the title and the button
	Action string // a registered URL of the app
	Fields []FormField
}

// FormField is one hidden field.
type FormField struct{ Name, Value string }
