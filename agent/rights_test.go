package agent_test

import (
	"slices"
	"strings"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/edgetest"
	"dragoman/internal/policy"
)

// Every address and call here has a row in the policy (New refuses an address without one), and every row that is for agents is answered.
func TestPolicyOfThisEdge(t *testing.T) {
	patterns := edgetest.Start(t, edgetest.Options{}).Agent.Patterns()
	table := policy.New()
	if err := table.Check(patterns); err != nil {
		t.Error(err)
	}
	calls := agent.Calls()
	for _, name := range calls {
		if err := table.Known(policy.Agent, policy.Call(name)); err != nil {
			t.Errorf("agents may not call %s: %v", name, err)
		}
	}
	for _, r := range table.Rules() {
		_, path, _ := strings.Cut(string(r.Verb), " ")
		switch own := slices.Contains(calls, chat.CallName(r.Verb)) || r.Verb == "hello" || r.Verb == "ping"; {
		case r.Verb.IsRoute() && strings.HasPrefix(path, "/agent/") && !slices.Contains(patterns, string(r.Verb)):
			t.Errorf("there is a row for %s, and nothing answers there", r.Verb)
		case r.Door == policy.Socket && !r.Verb.IsPart() && r.Agent != policy.No && !own:
			t.Errorf("agents may call %s, and nothing answers", r.Verb)
		}
	}
}
