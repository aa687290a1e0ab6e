package agent_test

import (
	"slices"
	"testing"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/apidoc"
	"dragoman/internal/edgetest"
	"dragoman/internal/web"
)

// What the documents say of this edge is what it does, both ways.
func TestDocuments(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	d := apidoc.Load(t, "openapi.yaml")
	nothing := func(pattern string) bool { return pattern == "GET /agent/v1/" }
	d.CheckRoutes(slices.DeleteFunc(s.Agent.Patterns(), nothing), "/agent/")
	for name, v := range agent.Answers() {
		d.CheckSchema(v, true, "components", "schemas", name)
	}
	for name, v := range agent.Requests() {
		d.CheckSchema(v, false, "components", "schemas", name)
	}
	d.CheckSchema(web.Problem{}, true, "components", "schemas", "Problem")
	d.CheckSchema(chat.Term{}, false, "components", "schemas", "TermBody")
	d.CheckSchema(chat.Translating{}, false, "components", "schemas", "TranslatingPatch")
	d.CheckSchema(chat.Budget{}, false, "components", "schemas", "TranslatingPatch", "properties", "budget")
	apidoc.CheckCalls(apidoc.Load(t, "asyncapi.yaml"), "agent", agent.Calls())
}
