package policy

import (
	"fmt"
	"slices"
	"strings"

	"dragoman/chat"
)

// Who asks, as far as rights go.
type Who string

// Those who ask.
const (
	// Nobody has no token and no login, or one that has ended: of a disabled agent, of a closed site, after a logout.
	Nobody  Who = "nobody"
	Visitor Who = "visitor"
	Agent   Who = "agent"
	Admin   Who = "admin"
)

// WhoIs returns what an agent is, or a visitor if there is none. A role that is not known has the rights of an agent.
func WhoIs(a *chat.Agent) Who {
	switch {
	case a == nil:
		return Visitor
	case a.Disabled:
		return Nobody
	case a.Role == chat.RoleAdmin:
		return Admin
	}
	return Agent
}

// Verb is what is asked for: the name of a call, a part of one that has rights of its own, or a route as the mux has it ("GET /agent/v1/...").
type Verb string

// Call returns the verb of a call.
func Call(name chat.CallName) Verb { return Verb(name) }

// Parts of calls that have rights of their own.
const (
	// SendNote is send with note or reviewed.
	SendNote Verb = "send: note, reviewed"
	// LanguageOf is language with a conversation, for its visitor.
	LanguageOf Verb = "language: of a visitor"
	// StateOther is state with any other than resolved.
	StateOther Verb = "state: open, snoozed"
)

// Place is where the thing is that is asked about, seen from who asks.
type Place string

// The places.
const (
	// Nowhere: it names nothing of anybody's.
	Nowhere Place = "nowhere"
	// Own is a visitor's own conversation; Served what belongs to a site that the agent answers for.
	Own    Place = "own"
	Served Place = "served"
	// Elsewhere is everything else: what is somebody else's, and what there is not. Nobody is told which of the two.
	Elsewhere Place = "elsewhere"
)

// OfSite tells where a site is for an agent, and what belongs to the site.
func OfSite(a *chat.Agent, site string) Place {
	if a != nil && site != "" && !a.Disabled && a.Serves(site) {
		return Served
	}
	return Elsewhere
}

// OfConversation tells where a conversation is: for an agent, or if there is none, for a visitor of a site.
func OfConversation(a *chat.Agent, visitor, site string, c *chat.Conversation) Place {
	switch {
	case a != nil:
		return OfSite(a, c.Site)
	case visitor != "" && c.Visitor.ID == visitor && c.Site == site:
		return Own
	}
	return Elsewhere
}

// Right is what somebody may do with a verb, where he may see what it is about.
type Right uint8

// The rights.
const (
	// No: there is no such thing for him.
	No Right = iota
	// Yes, wherever he may see what it is about.
	Yes
	// Refused: he may know that there is such a thing, and may not do it.
	Refused
	// PassedOver: the fields are not for him and are ignored, as unknown ones are. Whoever asks the table all the same is refused.
	PassedOver
)

// Thing is what a verb names.
type Thing uint8

// The things.
const (
	// Nothing: it is about nobody, or about who asks.
	Nothing Thing = iota
	// Conversation and Site: the frame or the address names one. A call may leave it out; then it is about who asks.
	Conversation
	Site
)

// Door is how somebody shows who he is.
type Door uint8

// The doors.
const (
	// Socket: by hello, with a token or a cookie.
	Socket Door = iota
	// Open: he need not.
	Open
	// Cookie: an agent's login. Token: a visitor's token, in the body.
	Cookie
	Token
	// Operator: whoever reaches the admin address.
	Operator
)

// Rule is a row of the table.
type Rule struct {
	Verb  Verb
	Door  Door
	Names Thing
	// Visitor, Agent and Admin are what each of them may do. Behind an open door nobody is asked.
	Visitor, Agent, Admin Right
	// Why is the sentence for who is refused.
	Why string
}

// IsRoute tells whether a verb is a route; otherwise it is a call, or a part of one.
func (v Verb) IsRoute() bool { return strings.Contains(string(v), " /") }

// IsPart tells whether a verb is a part of a call.
func (v Verb) IsPart() bool { return !v.IsRoute() && strings.Contains(string(v), ":") }

// right returns what somebody may do.
func (r Rule) right(who Who) Right {
	switch who {
	case Visitor:
		return r.Visitor
	case Agent:
		return r.Agent
	case Admin:
		return r.Admin
	}
	return No
}

// Table is the policy. It is made once and not changed; any number of goroutines may ask it.
type Table struct {
	rules map[Verb]Rule
	order []Verb
}

// New returns the policy of the product.
func New() *Table { return newTable(slices.Concat(calls(), settings(), routes())) }

func newTable(rules []Rule) *Table {
	t := &Table{rules: make(map[Verb]Rule, len(rules))}
	for _, r := range rules {
		t.rules[r.Verb] = r
		t.order = append(t.order, r.Verb)
	}
	return t
}

// Rules returns all rows, in the order of the document.
func (t *Table) Rules() []Rule {
	all := make([]Rule, len(t.order))
	for i, v := range t.order {
		all[i] = t.rules[v]
	}
	return all
}

// Rule returns a row; none if there is none.
func (t *Table) Rule(v Verb) (Rule, bool) {
	r, ok := t.rules[v]
	return r, ok
}

// Check returns an error that names the routes without a row: an edge with one does not start.
func (t *Table) Check(patterns []string) error {
	missing := slices.DeleteFunc(slices.Clone(patterns), func(p string) bool { _, ok := t.rules[Verb(p)]; return ok })
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("who may do these stands nowhere: %s; add rows to internal/policy/rules.go", strings.Join(missing, ", "))
	}
	return nil
}

// Known returns nil if there is such a verb for somebody at all. It needs no place, so it is asked before anything is looked up.
func (t *Table) Known(who Who, v Verb) error {
	r, ok := t.rules[v]
	switch {
	case !ok:
		return chat.Errorf(chat.UnknownCall, "There is no such call.")
	case r.Door == Open || r.right(who) != No:
		return nil
	case r.Door == Socket:
		return chat.Errorf(chat.UnknownCall, "There is no such call.")
	case r.Door == Token:
		return chat.Errorf(chat.BadToken, "This visitor's token is not valid any more: begin a new session.")
	}
	return chat.Errorf(chat.BadLogin, "Please log in.")
}

// Ask returns nil if somebody may do what the verb says at that place, and otherwise what he is told: a *chat.Error. What is elsewhere does not exist, whoever asks
// and whatever for.
func (t *Table) Ask(who Who, v Verb, at Place) error {
	if err := t.Known(who, v); err != nil {
		return err
	}
	r := t.rules[v]
	if r.Door == Open {
		return nil
	}
	if r.Names != Nothing && at == Elsewhere {
		if r.Names == Site {
			return chat.Errorf(chat.NotFound, "There is no such site.")
		}
		return chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	if r.right(who) != Yes {
		why := r.Why
		if why == "" {
			why = "Only agents may do that."
		}
		return chat.Errorf(chat.Forbidden, "%s", why)
	}
	return nil
}
