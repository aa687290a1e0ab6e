package policy

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"dragoman/chat"
)

var update = flag.Bool("update", false, "write docs/policy.md")

// The document is what the table says.
func TestMatrix(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "policy.md")
	want := New().Markdown()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil || string(got) != want {
		t.Errorf("docs/policy.md is not what the table says (%v): go test ./internal/policy -run Matrix -update", err)
	}
}

// callNames are the names of all calls that package chat has.
func callNames(t *testing.T) (names []chat.CallName) {
	files, err := filepath.Glob(filepath.Join("..", "..", "chat", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "CallName" {
				for _, v := range spec.Values {
					name, _ := strconv.Unquote(v.(*ast.BasicLit).Value)
					names = append(names, chat.CallName(name))
				}
			}
			return true
		})
	}
	if len(names) < 20 {
		t.Fatalf("found only %q", names)
	}
	return names
}

// Every call has a row, and no row is of a call that there is not.
func TestEveryCallHasARow(t *testing.T) {
	table, names := New(), callNames(t)
	for _, name := range names {
		if r, ok := table.Rule(Call(name)); !ok || r.Door != Socket {
			t.Errorf("who may call %s stands nowhere: add a row to internal/policy/rules.go", name)
		}
	}
	for _, r := range table.Rules() {
		if r.Door == Socket && !r.Verb.IsPart() && !slices.Contains(names, chat.CallName(r.Verb)) {
			t.Errorf("there is a row for %q, which is no call", r.Verb)
		}
		if (r.Door == Socket) == r.Verb.IsRoute() {
			t.Errorf("%q: is it a route?", r.Verb)
		}
	}
	if len(table.rules) != len(table.order) {
		t.Error("a verb has two rows")
	}
}

func TestAsk(t *testing.T) {
	table := newTable([]Rule{
		{Verb: "talk", Names: Conversation, Visitor: Yes, Agent: Yes, Admin: Yes},
		{Verb: "lead", Names: Conversation, Agent: Refused, Admin: Yes, Why: "Only admins lead."},
		{Verb: "talk: aside", Names: Conversation, Visitor: PassedOver, Agent: Yes},
		{Verb: "POST /settings", Door: Cookie, Names: Site, Agent: Refused, Admin: Yes},
		{Verb: "POST /token", Door: Token, Visitor: Yes},
		{Verb: "GET /", Door: Open},
	})
	for _, c := range []struct {
		who  Who
		verb Verb
		at   Place
		want chat.Code
	}{
		{Visitor, "talk", Own, ""}, {Visitor, "talk", Nowhere, ""}, {Visitor, "talk", Elsewhere, chat.NotFound}, {Agent, "talk", Served, ""}, {Agent, "talk", Elsewhere, chat.NotFound},
		{Nobody, "talk", Own, chat.UnknownCall},
		{Visitor, "lead", Own, chat.UnknownCall}, {Visitor, "lead", Elsewhere, chat.UnknownCall}, {Agent, "lead", Served, chat.Forbidden}, {Agent, "lead", Elsewhere, chat.NotFound},
		{Admin, "lead", Served, ""},
		{Visitor, "talk: aside", Nowhere, chat.Forbidden}, {Agent, "talk: aside", Nowhere, ""},
		{Nobody, "POST /settings", Served, chat.BadLogin}, {Visitor, "POST /settings", Served, chat.BadLogin}, {Agent, "POST /settings", Served, chat.Forbidden},
		{Agent, "POST /settings", Elsewhere, chat.NotFound}, {Admin, "POST /settings", Elsewhere, chat.NotFound}, {Admin, "POST /settings", Served, ""},
		{Visitor, "POST /token", Nowhere, ""}, {Nobody, "POST /token", Nowhere, chat.BadToken},
		{Nobody, "GET /", Nowhere, ""}, {Visitor, "GET /", Elsewhere, ""},
		{Admin, "fly", Nowhere, chat.UnknownCall}, {Admin, "", Nowhere, chat.UnknownCall},
	} {
		if got := chat.CodeOf(table.Ask(c.who, c.verb, c.at)); got != c.want {
			t.Errorf("%s %q %s: %q, want %q", c.who, c.verb, c.at, got, c.want)
		}
	}
	if err := table.Check([]string{"GET /", "GET /new", "POST /settings"}); err == nil || table.Check([]string{"GET /"}) != nil {
		t.Errorf("a route without a row: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	one := &chat.Agent{Role: chat.RoleAgent, Sites: []string{"shop"}}
	all, gone := &chat.Agent{Role: chat.RoleAdmin}, &chat.Agent{Role: chat.RoleAdmin, Disabled: true}
	c := &chat.Conversation{Site: "shop", Visitor: chat.Visitor{Participant: chat.Participant{ID: "maria"}}}
	for _, x := range []struct {
		what      string
		got, want Place
	}{
		{"a site served", OfSite(one, "shop"), Served}, {"another", OfSite(one, "other"), Elsewhere}, {"all sites", OfSite(all, "other"), Served},
		{"no site", OfSite(all, ""), Elsewhere}, {"nobody", OfSite(nil, "shop"), Elsewhere}, {"a disabled agent", OfSite(gone, "shop"), Elsewhere},
		{"a conversation served", OfConversation(one, "", "", c), Served}, {"an agent's of another site", OfConversation(&chat.Agent{Sites: []string{"other"}}, "maria", "shop", c), Elsewhere},
		{"her own", OfConversation(nil, "maria", "shop", c), Own}, {"another's", OfConversation(nil, "eva", "shop", c), Elsewhere},
		{"another site's", OfConversation(nil, "maria", "other", c), Elsewhere}, {"of nobody", OfConversation(nil, "", "shop", &chat.Conversation{Site: "shop"}), Elsewhere},
	} {
		if x.got != x.want {
			t.Errorf("%s: %s, want %s", x.what, x.got, x.want)
		}
	}
	for _, x := range []struct {
		a    *chat.Agent
		want Who
	}{{nil, Visitor}, {one, Agent}, {all, Admin}, {gone, Nobody}, {&chat.Agent{Role: "owner"}, Agent}} {
		if got := WhoIs(x.a); got != x.want {
			t.Errorf("%+v: %s, want %s", x.a, got, x.want)
		}
	}
}
