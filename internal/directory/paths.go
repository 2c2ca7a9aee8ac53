package directory

import "slices"

// Step is one group that somebody is in, and the group below it that leads there; Via is empty where they are in it themselves.
type Step struct {
	Group
	Via GroupID
}

// Paths finds the shortest way up to each group: the group that somebody is in themselves comes first, the group that is
// reached last. Where two ways are as short, the one that comes first in steps counts.
func Paths(steps []Step) map[GroupID][]Group {
	paths := map[GroupID][]Group{}
	for next := []GroupID{""}; len(next) > 0; {
		var reached []GroupID
		for _, from := range next {
			for _, s := range steps {
				if s.Via == from && paths[s.ID] == nil {
					paths[s.ID] = append(slices.Clip(paths[from]), s.Group)
					reached = append(reached, s.ID)
				}
			}
		}
		next = reached
	}
	return paths
}
