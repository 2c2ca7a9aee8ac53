package admin

// Command says what to type for something that has no page yet.
type Command struct{ Does, Line string }

var commands = []Command{
	{"Add an app from its metadata", "lanyard app add --metadata FILE-OR-URL"},
	{"Add an app from the gallery", "lanyard app add --template ID"},
	{"Add an app by hand", "lanyard app add --name NAME --entity-id ID --acs URL"},
	{"Let a person or a group use an app", "lanyard app assign APP --user USER"},
	{"Switch an app on or off", "lanyard app enable APP"},
	{"What the other side needs to know of us", "lanyard metadata --app APP"},
	{"Add a person", "lanyard user add EMAIL"},
	{"Put a person into a group", "lanyard group member add GROUP USER"},
	{"Make the next signing certificate", "lanyard cert create"},
	{"Sign with it", "lanyard cert activate CERTIFICATE"},
	{"Make another administrator", "lanyard admin link"},
	{"Check that everything is in order", "lanyard doctor"},
}
