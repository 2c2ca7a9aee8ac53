package apps

// Way is one assignment by which somebody has an app: a person may have several ways to the same app.
type Way struct {
	AppID   ID
	AppName string
	Enabled bool // of the app; one that is switched off opens for nobody
	Assignee
}
