package strictxml

import (
	"fmt"
	"strings"
	"testing"
)

func TestForeignContentMayMixTextAndElements(t *testing.T) {
	t.Run("CORE-22 inside Extensions, not beside it", func(t *testing.T) {
		for doc, want := range map[string]bool{
			`<a><Extensions><b>text <c/> text</b></Extensions></a>`:       true,
			`<a><Extensions><b><c>text<d/></c></b></Extensions></a>`:      true,
			`<a><Extensions>text<b/></Extensions></a>`:                    false,
			`<a>text<Extensions/></a>`:                                    false,
			`<a><Extensions/><b>text<c/></b></a>`:                         false,
			`<a><Extensions><b>te<!-- -->xt</b></Extensions></a>`:         false,
			`<a><Extensions><b>text<c/></b></Extensions><b>t<c/></b></a>`: false,
		} {
			if _, err := Parse([]byte(doc), MessageLimits); (err == nil) != want {
				t.Errorf("%s: %v", doc, err)
			}
		}
		strict := MessageLimits
		strict.Foreign = ""
		if _, err := Parse([]byte(`<a><Extensions><b>text <c/></b></Extensions></a>`), strict); err == nil {
			t.Error("mixed text is read where nobody allowed it")
		}
	})
}

func TestNamespacesInForceAreBounded(t *testing.T) {
	t.Run("XML-07 many namespaces by nesting", func(t *testing.T) {
		declare := func(from, n int) string {
			var s strings.Builder
			for i := range n {
				fmt.Fprintf(&s, ` xmlns:p%d="urn:%d"`, from+i, from+i)
			}
			return s.String()
		}
		nested := func(n int) string {
			return `<a` + declare(0, 60) + `><a` + declare(60, 60) + `><a` + declare(120, n-120) + `/></a></a>`
		}
		if _, err := Parse([]byte(nested(maxBindings)), MessageLimits); err != nil {
			t.Error(err)
		}
		if _, err := Parse([]byte(nested(maxBindings+1)), MessageLimits); err == nil {
			t.Error("one too many is read")
		}
		beside := `<a>` + strings.Repeat(`<a`+declare(0, 60)+`/>`, 50) + `</a>`
		if _, err := Parse([]byte(beside), MessageLimits); err != nil {
			t.Errorf("declarations of siblings add up: %v", err)
		}
	})
}
