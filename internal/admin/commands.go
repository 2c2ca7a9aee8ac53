package admin

// Command says what to type for something that has no page yet.
type Command struct{ Does, Line string }

var commands = []Command{
	{"Change what an app is told", "lanyard app set APP claim.NAME=SOURCE"},
	{"Make the next signing certificate", "lanyard cert create"},
	{"Sign with it", "lanyard cert activate CERTIFICATE"},
	{"Check that everything is in order", "lanyard doctor"},
}
