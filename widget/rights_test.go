package widget_test

import (
	"slices"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/policy"
	"dragoman/widget"
)

// Every address and call here has a row in the policy (New refuses an address without one), and every row that is for visitors is answered.
func TestPolicyOfThisEdge(t *testing.T) {
	patterns := edgetest.Start(t, edgetest.Options{}).Widget.Patterns()
	table := policy.New()
	if err := table.Check(patterns); err != nil {
		t.Error(err)
	}
	calls := widget.Calls()
	for _, name := range calls {
		if err := table.Known(policy.Visitor, policy.Call(name)); err != nil {
			t.Errorf("visitors may not call %s: %v", name, err)
		}
	}
	for _, r := range table.Rules() {
		_, path, _ := strings.Cut(string(r.Verb), " ")
		ours := strings.HasPrefix(path, "/widget/") || strings.HasPrefix(path, "/chat/")
		switch own := slices.Contains(calls, chat.CallName(r.Verb)) || r.Verb == "hello" || r.Verb == "ping"; {
		case r.Verb.IsRoute() && ours && !slices.Contains(patterns, string(r.Verb)):
			t.Errorf("there is a row for %s, and nothing answers there", r.Verb)
		case r.Door == policy.Socket && !r.Verb.IsPart() && r.Visitor != policy.No && !own:
			t.Errorf("visitors may call %s, and nothing answers", r.Verb)
		}
	}
}
