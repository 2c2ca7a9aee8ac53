package directory

// GroupSummary is a group as lists show it; the counts are of direct members.
type GroupSummary struct {
	Group
	Users  int
	Groups int
}
