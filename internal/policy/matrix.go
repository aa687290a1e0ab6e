package policy

import (
	"fmt"
	"strings"

	"dragoman/chat"
)

// Answer is what a cell of the matrix says: Allowed, a code, or one of the following.
type Answer string

// The answers that are no codes.
const (
	Allowed Answer = "yes"
	// NoSocket: hello is refused with 4401, and what was open is closed with 4410 (an agent's) or 4002 or 4404 (a visitor's).
	NoSocket Answer = "no socket"
	// Ignored: the fields are passed over, and the call is answered as without them.
	Ignored Answer = "ignored"
)

// Column is a column of the matrix: who asks, and about what.
type Column struct {
	Who   Who
	About string
	// Place is where that is for him.
	Place Place
	// Ended tells that his token or his login has ended, by whatever: then he is Nobody.
	Ended bool
}

// Columns are all columns. An agent answers for sites, not for conversations: so his own is no other than a colleague's.
func Columns() []Column {
	all := []Column{
		{Visitor, "own conversation", Own, false}, {Visitor, "other visitor's", Elsewhere, false}, {Visitor, "other site", Elsewhere, false}, {Visitor, "ended", Own, true},
	}
	for _, who := range []Who{Agent, Admin} {
		all = append(all, Column{who, "own conversation", Served, false}, Column{who, "colleague's", Served, false}, Column{who, "other site", Elsewhere, false},
			Column{who, "revoked", Served, true})
	}
	return all
}

// Answer returns a cell of the matrix.
func (t *Table) Answer(c Column, v Verb) Answer {
	r := t.rules[v]
	who := c.Who
	if c.Ended {
		who = Nobody
	}
	switch {
	case r.Door == Socket && who == Nobody:
		return NoSocket
	case r.Door == Operator:
		return "admin address"
	case r.right(who) == PassedOver:
		return Ignored
	}
	if err := t.Ask(who, v, c.Place); err != nil {
		return Answer(chat.CodeOf(err))
	}
	return Allowed
}

// Markdown returns the matrix as a document.
func (t *Table) Markdown() string {
	var b strings.Builder
	b.WriteString(intro)
	columns := Columns()
	for _, part := range []struct {
		title string
		in    func(Rule) bool
	}{
		{"Calls, in frames", func(r Rule) bool { return r.Door == Socket }},
		{"Routes that ask who it is", func(r Rule) bool { return r.Door == Cookie || r.Door == Token }},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n| |", part.title)
		for _, c := range columns {
			fmt.Fprintf(&b, " %s: %s |", c.Who, c.About)
		}
		b.WriteString("\n|" + strings.Repeat(" --- |", len(columns)+1) + "\n")
		for _, r := range t.Rules() {
			if !part.in(r) {
				continue
			}
			fmt.Fprintf(&b, "| `%s` |", r.Verb)
			for _, c := range columns {
				fmt.Fprintf(&b, " %s |", t.Answer(c, r.Verb))
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\n## Routes that ask nobody\n\nWho somebody is shows later, or in what he brings: the sockets ask with `hello`, a session and a login read it in the body, a file has a signed address.\n\n")
	t.list(&b, Open)
	b.WriteString("\n## On the admin address\n\nFor whoever reaches it; `--admin-listen` is this machine alone unless somebody says otherwise.\n\n")
	t.list(&b, Operator)
	return b.String()
}

func (t *Table) list(b *strings.Builder, door Door) {
	for _, r := range t.Rules() {
		if r.Door == door {
			fmt.Fprintf(b, "- `%s`\n", r.Verb)
		}
	}
}

const intro = `# Who may do what

Made by ` + "`go test ./internal/policy -run Matrix -update`" + ` from the one table that the server asks, over HTTP and in frames alike (` + "`internal/policy/rules.go`" + `). A route or a call without a row is refused, and does not pass the tests;
one test plays every cell against a real server.

Somebody is a **visitor**, by his token, an **agent** or an **admin**, by his login. A visitor has his own conversations. An agent answers for sites: any conversation of theirs, a colleague's too. An admin also changes their settings. The columns say what it is about:
the conversation that the call names, or the site that the address names. What a row shows of a conversation the hub's view decides, for visitors and agents.

| answer | is |
| --- | --- |
| ` + "`yes`" + ` | the policy lets it through; it may still be refused for what it says |
| ` + "`not_found`" + ` | somebody else's and what there is not: nobody is told which of the two |
| ` + "`forbidden`" + ` | he may know of it, and not do it |
| ` + "`unknown_call`" + ` | there is no such call for him |
| ` + "`ignored`" + ` | these fields are not for him: they are passed over, as unknown ones are |
| ` + "`login`, `token`" + ` | he has to show who he is, again |
| ` + "`no socket`" + ` | hello is refused with 4401; what was open when the login ended is closed on every server within two seconds, with 4410 |

A role that is lowered, or a site that is taken away, closes an agent's sockets in the same time with 4001: the console comes back and is what it is now.
`
