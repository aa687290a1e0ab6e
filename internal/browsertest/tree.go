package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// told are the states of the accessibility tree that a screen reader says, in the order in which Tree writes them.
var told = []accessibility.PropertyName{"level", "checked", "selected", "expanded", "pressed", "disabled", "readonly", "required", "invalid", "modal", "live", "busy", "hasPopup", "roledescription"}

// saysNo are those of which a screen reader also says that they are not.
var saysNo = map[accessibility.PropertyName]bool{"checked": true, "expanded": true, "pressed": true}

// Tree returns what a screen reader is given, one element a line: its role, name, description and states, indented by where it stands. What has neither a role of
// interest nor a name is left out.
func (t *Tab) Tree() string {
	t.tb.Helper()
	t.settle()
	res, err := chromedp.Call(t.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	t.must(err, "read the accessibility tree")
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range res.Nodes {
		nodes[n.NodeID] = n
	}
	var b strings.Builder
	if len(res.Nodes) > 0 {
		write(&b, nodes, res.Nodes[0], "", 0)
	}
	return b.String()
}

// write writes an element and what is in it; a text that is the whole name of what it is in is not said again.
func write(b *strings.Builder, nodes map[accessibility.NodeID]*accessibility.Node, n *accessibility.Node, around string, depth int) {
	name := value(n.Name)
	if says := line(n); says != "" && (value(n.Role) != "StaticText" || name != around) {
		fmt.Fprintf(b, "%s%s\n", strings.Repeat("  ", depth), says)
		around = name
		depth++
	}
	for _, id := range n.ChildIDs {
		if child := nodes[id]; child != nil {
			write(b, nodes, child, around, depth)
		}
	}
}

// line is what is said of an element, empty if nothing is.
func line(n *accessibility.Node) string {
	role := value(n.Role)
	if n.Ignored || slices.Contains([]string{"InlineTextBox", "none", "generic", "LineBreak", "ListMarker", "RootWebArea"}, role) {
		return ""
	}
	parts := []string{role}
	if name := value(n.Name); name != "" {
		parts = append(parts, strconv.Quote(strings.Join(strings.Fields(name), " ")))
	}
	if d := value(n.Description); d != "" {
		parts = append(parts, "described "+strconv.Quote(d))
	}
	if v := value(n.Value); v != "" {
		parts = append(parts, "value "+strconv.Quote(v))
	}
	for _, name := range told {
		for _, p := range n.Properties {
			if v := value(p.Value); p.Name == name && v != "" && (v != "false" || saysNo[name]) {
				parts = append(parts, string(name)+"="+v)
			}
		}
	}
	return strings.Join(parts, " ")
}

func value(v *accessibility.Value) string {
	if v == nil || len(v.Value) == 0 {
		return ""
	}
	var s any
	if err := json.Unmarshal(v.Value, &s); err != nil || s == nil {
		return ""
	}
	return fmt.Sprint(s)
}
