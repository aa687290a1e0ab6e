package torture

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"

	"github.com/google/uuid"
	"golang.org/x/text/language"
)

// dialog is one talk under way: a program, its server, and who speaks.
type dialog struct {
	t        *testing.T
	program  *process.Program
	server   *process.Server
	sites    map[string]string // name -> key
	actors   map[string]*actor
	keys     map[string]string // name in the dialog -> UUID
	patience time.Duration
	ctx      context.Context
	cancel   context.CancelFunc
	work     sync.WaitGroup
}

// actor is a visitor or an agent with one socket.
type actor struct {
	*client.Client
	name    string
	agent   bool
	site    string
	visitor string // the visitor whose other tab this is, else his own name
	at      string // the conversation that is spoken in

	mu     sync.Mutex // guards what follows
	frames []string
	events []client.Event
	next   int // events before it were asked for already
}

func newDialog(t *testing.T) *dialog {
	ctx, cancel := context.WithCancel(context.Background())
	return &dialog{
		t: t, ctx: ctx, cancel: cancel, patience: patience, program: &process.Program{Binary: built, Data: t.TempDir()},
		sites: map[string]string{}, actors: map[string]*actor{}, keys: map[string]string{},
	}
}

func (d *dialog) end() {
	d.cancel()
	d.work.Wait()
	if d.server != nil {
		if err := d.server.Stop(); err != nil {
			d.t.Errorf("the server did not end well: %v\n%s", err, d.program.Tail())
		}
	}
}

// split cuts a line into words; what stands in quotes is one word, which keeps its opening quote.
func split(line string) ([]string, error) {
	var words []string
	for line = strings.TrimSpace(line); line != "" && line[0] != '#'; line = strings.TrimSpace(line) {
		if line[0] == '"' {
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, fmt.Errorf("a quote that does not end: %s", line)
			}
			text, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, err
			}
			words, line = append(words, `"`+text), line[len(quoted):]
			continue
		}
		word, rest, _ := strings.Cut(line, " ")
		words, line = append(words, word), rest
	}
	return words, nil
}

// play does what one line says.
func (d *dialog) play(w []string) error {
	switch {
	case w[0] == "shop":
		return d.shop(w[1:])
	case w[0] == "agent" && len(w) >= 3:
		_, err := d.program.AddAgent(d.ctx, w[1], strings.Split(w[2], ","), d.siteKeys(w[3:])...)
		return err
	case w[0] == "server":
		return d.serve(w[1:])
	case len(w) >= 3 && w[1] == "visits":
		return d.visits(w[0], w[2:])
	case len(w) == 2 && w[1] == "answers":
		return d.answers(w[0])
	case len(w) == 4 && w[1] == "is" && w[2] == "also":
		return d.tab(w[0], w[3])
	}
	if owner, ok := strings.CutSuffix(w[0], "'s"); ok && len(w) == 4 && w[1] == "conversation" && w[2] == "is" {
		return d.standing(owner, w[3])
	}
	a := d.actors[w[0]]
	if a == nil || len(w) < 2 {
		return errors.New("who is that, or what does that mean?")
	}
	switch w[1] {
	case "drops":
		a.GoOffline()
		return nil
	case "resumes":
		n := a.Hellos()
		a.GoOnline()
		return d.wait(a, "say hello", func() bool { return a.Hellos() > n })
	case "->":
		return d.does(a, w[2:])
	case "<-":
		return d.gets(a, w[2:])
	case "has":
		return d.has(a, w[2:])
	case "never":
		return a.neverSaw(w)
	case "holds":
		return d.holds(a)
	case "is":
		return d.out(a, w[2:])
	}
	return fmt.Errorf("%q is not in the language", w[1])
}

func (d *dialog) shop(w []string) error {
	name := "shop"
	if len(w) == 2 {
		name, w = w[0], w[1:]
	}
	key, err := d.program.AddSite(d.ctx, name, w[0], shopOrigin)
	d.sites[name] = key
	return err
}

func (d *dialog) siteKeys(names []string) []string {
	var keys []string
	for _, n := range names {
		keys = append(keys, d.sites[n])
	}
	return keys
}

func (d *dialog) serve(w []string) error {
	switch w[0] {
	case "starts":
		args := w[1:]
		if d.server != nil {
			args = append(args, "--listen", d.server.Address())
		}
		if !slices.Contains(args, "--engine") {
			args = append(args, "--engine", "none")
		}
		server, err := d.program.Serve(args...)
		if err == nil {
			d.server = server
		}
		return err
	case "killed":
		d.server.Kill()
		return nil
	case "stops":
		return d.server.Stop()
	}
	return fmt.Errorf("the server cannot be %s", w[0])
}

// visits brings a visitor: NAME visits LANGUAGES [at SHOP].
func (d *dialog) visits(name string, w []string) error {
	site := "shop"
	if len(w) == 3 && w[1] == "at" {
		site = w[2]
	}
	return d.join(&actor{name: name, visitor: name, site: site}, client.Options{Languages: strings.Split(w[0], ",")})
}

// tab opens another tab of a visitor, or another console of an agent.
func (d *dialog) tab(name, of string) error {
	first := d.actors[of]
	if first == nil {
		return fmt.Errorf("who is %s?", of)
	}
	a := &actor{name: name, visitor: first.visitor, site: first.site, agent: first.agent, at: first.at}
	if a.agent {
		return d.join(a, client.Options{Email: of + "@example.com", Password: process.Password})
	}
	return d.join(a, client.Options{Token: first.Token()})
}

func (d *dialog) answers(name string) error {
	return d.join(&actor{name: name, agent: true}, client.Options{Email: name + "@example.com", Password: process.Password})
}

func (d *dialog) join(a *actor, o client.Options) error {
	if d.actors[a.name] != nil {
		return fmt.Errorf("%s is here already", a.name)
	}
	o.Server, o.Event, o.Frame = d.server.URL, a.event, a.frame
	if !a.agent {
		o.Site = d.sites[a.site]
	}
	o.BackoffBase, o.BackoffLimit = 20*time.Millisecond, 200*time.Millisecond
	// A line that is sent again because the machine was busy would be told as one that was known.
	o.Patience = patience
	a.Client = client.New(o)
	d.actors[a.name] = a
	d.work.Go(func() { _ = a.Run(d.ctx) })
	return d.wait(a, "say hello", func() bool { return a.Hellos() > 0 })
}

func (a *actor) event(ev client.Event) {
	a.mu.Lock()
	a.events = append(a.events, ev)
	a.mu.Unlock()
}

func (a *actor) frame(b []byte) {
	a.mu.Lock()
	a.frames = append(a.frames, string(b))
	a.mu.Unlock()
}

// wait waits until something holds for a; what names it in the error.
func (d *dialog) wait(a *actor, what string, holds func() bool) error {
	ctx, cancel := context.WithTimeout(d.ctx, d.patience)
	defer cancel()
	held := false // asked once only after it was true: some conditions use up an event
	err := a.Wait(ctx, func() bool { over, _ := a.Ended(); held = holds(); return held || over })
	if held {
		return nil
	}
	if over, verdict := a.Ended(); over && err == nil {
		return fmt.Errorf("%s was told not to come back: %w", a.name, verdict)
	}
	return fmt.Errorf("waited for %s to %s", a.name, what)
}

// does makes a call: VERB ... [=> CODE or dup].
func (d *dialog) does(a *actor, w []string) error {
	want := "ok"
	if i := slices.Index(w, "=>"); i >= 0 {
		want, w = w[i+1], w[:i]
	}
	got := "ok"
	ctx, cancel := context.WithTimeout(d.ctx, d.patience)
	defer cancel()
	dup, err := d.call(ctx, a, w)
	if e, ok := errors.AsType[*chat.Error](err); ok {
		if e.Text == "" {
			return fmt.Errorf("the error %s has no sentence", e.Code)
		}
		got, err = string(e.Code), nil
	} else if dup {
		got = "dup"
	}
	if err == nil && got != want {
		err = fmt.Errorf("the answer was %s, want %s", got, want)
	}
	return err
}

func (d *dialog) call(ctx context.Context, a *actor, w []string) (dup bool, err error) {
	arg := func(i int) string {
		if i < len(w) {
			return strings.TrimPrefix(w[i], `"`)
		}
		return ""
	}
	at := a.at
	for _, prefix := range []string{"to", "of", "in"} {
		if i := slices.Index(w, prefix); i > 0 && i+1 < len(w) {
			at = d.conversationOf(w[i+1])
		}
	}
	switch w[0] {
	case "send", "note":
		return d.send(ctx, a, w, at)
	case "open":
		a.at = d.conversationOf(arg(1))
		return false, a.Follow(ctx, a.at)
	case "close":
		return false, a.Call(ctx, chat.CallClose, chat.Close{Conversation: at}, nil)
	case "inbox":
		_, err = a.Inbox(ctx, chat.Inbox{})
		return false, err
	case "take":
		return false, a.Call(ctx, chat.CallTake, chat.Take{Conversation: at}, nil)
	case "assign":
		id := (*string)(nil)
		if to := d.actors[arg(1)]; to != nil {
			id = new(to.Hello().Participant.ID)
		}
		return false, a.Call(ctx, chat.CallAssign, chat.Assign{Conversation: at, Agent: id}, nil)
	case "state":
		return false, a.Call(ctx, chat.CallState, chat.SetState{Conversation: at, State: chat.State(arg(1))}, nil)
	case "typing":
		return false, a.Call(ctx, chat.CallTyping, chat.Typing{Conversation: at, On: arg(1) == "on"}, nil)
	case "read":
		seq, _ := strconv.ParseInt(arg(1), 10, 64)
		return false, a.Call(ctx, chat.CallRead, chat.Read{Conversation: at, Seq: seq}, nil)
	case "sync":
		return false, a.Call(ctx, chat.CallSync, chat.Sync{Conversation: at}, nil)
	case "history":
		return false, a.Call(ctx, chat.CallHistory, chat.History{Conversation: at}, nil)
	case "preview":
		return false, a.Call(ctx, chat.CallPreview, chat.Preview{Conversation: at, Text: arg(1)}, nil)
	case "speaks":
		if a.agent {
			return false, a.Call(ctx, chat.CallLanguage, chat.Language{Languages: strings.Split(arg(1), ",")}, nil)
		}
		return false, a.Call(ctx, chat.CallLanguage, chat.Language{Language: arg(1)}, nil)
	case "ping":
		return false, a.Call(ctx, chat.CallPing, nil, nil)
	case "call":
		return false, a.Call(ctx, chat.CallName(arg(1)), nil, nil)
	}
	return false, fmt.Errorf("there is no call %s", w[0])
}

// send posts a line: send|note "text" [as KEY] [to VISITOR] [later]; later does not wait for the answer.
func (d *dialog) send(ctx context.Context, a *actor, w []string, at string) (dup bool, err error) {
	if len(w) < 2 {
		return false, errors.New("send what?")
	}
	text := strings.TrimPrefix(w[1], `"`)
	// "x" times 4000 is a long line.
	if i := slices.Index(w, "times"); i > 0 {
		n, _ := strconv.Atoi(w[i+1])
		text = strings.Repeat(text, n)
	}
	l := client.NewLine(at, text)
	l.Send.Note = w[0] == "note"
	if !a.agent && !slices.Contains(w, "to") {
		l.Send.Conversation = "" // the server finds it
	}
	if i := slices.Index(w, "as"); i > 0 {
		if d.keys[w[i+1]] == "" {
			d.keys[w[i+1]] = uuid.NewString()
		}
		l.Send.Key = d.keys[w[i+1]]
		if w[i+1] == "no-key" {
			l.Send.Key = "4711"
		}
	}
	a.Send(l)
	if slices.Contains(w, "later") {
		return false, nil
	}
	ok, err := l.Wait(ctx)
	if err == nil && !a.agent {
		a.at = ok.Conversation
	}
	return ok.Dup, err
}

// conversationOf is the conversation of a visitor, or an id that nobody has.
func (d *dialog) conversationOf(visitor string) string {
	a := d.actors[visitor]
	if a == nil {
		return "01900000-0000-7000-8000-000000000000"
	}
	if a.at == "" {
		if ids := a.Conversations(); len(ids) > 0 {
			a.at = ids[len(ids)-1]
		}
	}
	return a.at
}

// gets waits for what comes to an actor.
func (d *dialog) gets(a *actor, w []string) error {
	arg := func(i int) string {
		if i < len(w) {
			return strings.TrimPrefix(w[i], `"`)
		}
		return ""
	}
	switch arg(0) {
	case "message", "note":
		return d.wait(a, "get it", func() bool {
			m := a.message(arg(1))
			return m != nil && string(m.Kind) == w[0] && (len(w) < 4 || m.Author.Name == arg(3) || m.Author.Kind == chat.ParticipantKind(arg(3)))
		})
	case "event":
		return d.wait(a, "get that event", func() bool {
			return a.Any(func(_ string, m chat.Message) bool { return m.Event != nil && string(m.Event.Type) == arg(1) })
		})
	case "translation":
		return d.translation(a, arg)
	case "inbox":
		return d.wait(a, "see it in the inbox", func() bool {
			return a.Listed(func(c chat.Conversation) bool {
				return c.Last != nil && c.Last.Text == arg(1) && (len(w) < 4 || arg(2) == "unread" && strconv.FormatInt(c.Unread, 10) == arg(3))
			})
		})
	case "typing":
		return d.wait(a, "see somebody type", a.nextEvent(func(ev client.Event) bool {
			return ev.Type == chat.EvTyping && (arg(1) == "on") == ev.On
		}))
	case "read":
		return d.wait(a, "see the mark", a.nextEvent(func(ev client.Event) bool {
			return ev.Type == chat.EvRead && strconv.FormatInt(ev.Seq, 10) == arg(1)
		}))
	case "presence":
		return d.wait(a, "see somebody come or go", a.nextEvent(func(ev client.Event) bool {
			return ev.Type == chat.EvPresence && ev.Participant != nil && ev.Participant.Online == (arg(1) == "online")
		}))
	case "going_away":
		return d.wait(a, "be warned", a.nextEvent(func(ev client.Event) bool { return ev.Type == chat.EvGoingAway }))
	}
	return fmt.Errorf("nothing called %s ever comes", arg(0))
}

// translation waits: translation of "text" in TAG: STATE [REASON], or: translation of "text" in TAG ~ "pattern".
func (d *dialog) translation(a *actor, arg func(int) string) error {
	tag, err := language.Parse(strings.TrimSuffix(arg(4), ":"))
	if err != nil {
		return err
	}
	var seen chat.Translation
	var pattern *regexp.Regexp
	if arg(5) == "~" {
		if pattern, err = regexp.Compile(arg(6)); err != nil {
			return err
		}
	}
	err = d.wait(a, "see that translation", func() bool {
		m := a.message(arg(2))
		if m == nil {
			return false
		}
		seen = m.Translations[tag]
		if pattern != nil {
			return seen.State == chat.TranslationDone && pattern.MatchString(seen.Text)
		}
		return string(seen.State) == arg(5) && string(seen.Reason) == arg(6)
	})
	if err != nil {
		return fmt.Errorf("%w; it is %+v", err, seen)
	}
	return nil
}

// has compares the lines and notes of an actor's conversation with those given, in order.
func (d *dialog) has(a *actor, w []string) error {
	var want, got []string
	for _, text := range w {
		want = append(want, strings.TrimPrefix(text, `"`))
	}
	err := d.wait(a, "have exactly that", func() bool {
		got = nil
		for _, m := range a.Room(d.conversationOf(a.name)).Messages {
			if m.Kind != chat.MessageEvent {
				got = append(got, m.Text)
			}
		}
		return slices.Equal(got, want)
	})
	if err != nil {
		return fmt.Errorf("%w: %s has %q", err, a.name, got)
	}
	return nil
}

func (a *actor) neverSaw(w []string) error {
	if len(w) != 4 || w[2] != "saw" {
		return errors.New(`it is: NAME never saw "text"`)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, f := range a.frames {
		if strings.Contains(f, strings.TrimPrefix(w[3], `"`)) {
			return fmt.Errorf("%s saw it: %s", a.name, f)
		}
	}
	return nil
}

// out checks that somebody was sent away for good: NAME is sent away CODE.
func (d *dialog) out(a *actor, w []string) error {
	if len(w) != 3 || w[0] != "sent" {
		return errors.New("it is: NAME is sent away CODE")
	}
	ctx, cancel := context.WithTimeout(d.ctx, d.patience)
	defer cancel()
	var verdict error
	err := a.Wait(ctx, func() bool { var over bool; over, verdict = a.Ended(); return over })
	if err != nil || !strings.Contains(fmt.Sprint(verdict), w[2]) {
		return fmt.Errorf("%s was not sent away with %s: %v", a.name, w[2], verdict)
	}
	return nil
}

// standing checks a field of a conversation's row as the visitor or an agent who has it open sees it: a state, or waiting.
func (d *dialog) standing(owner, want string) error {
	id := d.conversationOf(owner)
	for _, a := range d.actors {
		if !a.agent && a.visitor != owner || a.agent && a.at != id {
			continue
		}
		err := d.wait(a, "see it "+want, func() bool {
			r := a.Room(id)
			if r.Row == nil {
				return false
			}
			if by, ok := strings.CutSuffix(want, "'s"); ok {
				assignee := ""
				if to := d.actors[by]; to != nil {
					assignee = to.Hello().Participant.ID
				}
				return !a.agent || r.Row.Assignee == assignee && (by == "nobody") == (assignee == "")
			}
			return string(r.Row.State) == want
		})
		if err != nil {
			return err
		}
	}
	return nil
}
