package audit

import (
	"encoding/json"
	"reflect"
)

// Changes compares two values of one type by their JSON and names each field that differs, with its old and its new value;
// fields of objects inside are named "outer.inner". Nothing differs: nil.
func Changes(before, after any) map[string]any {
	changes := map[string]any{}
	compare(changes, "", object(before), object(after))
	if len(changes) == 0 {
		return nil
	}
	return changes
}

// object is v as its JSON reads; a value that has none is empty.
func object(v any) map[string]any {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var m map[string]any
	_ = json.Unmarshal(b, &m) // no object is an empty one
	return m
}

func compare(changes map[string]any, prefix string, before, after map[string]any) {
	for name, old := range before {
		difference(changes, prefix+name, old, after[name])
	}
	for name, added := range after {
		if _, ok := before[name]; !ok {
			difference(changes, prefix+name, nil, added)
		}
	}
}

func difference(changes map[string]any, name string, old, value any) {
	if reflect.DeepEqual(old, value) {
		return
	}
	a, isObject := old.(map[string]any)
	b, alsoObject := value.(map[string]any)
	if (isObject || old == nil) && (alsoObject || value == nil) {
		compare(changes, name+".", a, b)
		return
	}
	changes[name] = map[string]any{"old": old, "new": value}
}
