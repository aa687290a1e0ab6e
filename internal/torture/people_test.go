package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

// person is somebody at one screen: a tab of a visitor, or a console of an agent.
type person struct {
	*client.Client
	*witness
	name  string
	agent bool
	site  string
	rnd   *rand.Rand
	// home is the visitor's conversation once it is known; at is the node that the screen is tied to, -1 for any.
	home string
	at   int

	// mute is somebody who reads and says nothing.
	mute bool

	opened map[string]bool // an agent's; used by his own loop only
	hellos int
}

// manners say how people behave.
type manners struct {
	// pause is the mean time between two lines of one person; 0: the next one as soon as the one before is acknowledged.
	pause time.Duration
	// hangUps is how likely somebody hangs up after a line, resends how likely he sends it again although it was acknowledged.
	hangUps, resends float64
	// moods: agents resolve conversations now and then.
	moods bool
	// patience is how long an answer is waited for before the line is sent again; 0: 5 s.
	patience time.Duration
	// lines is how many all say together before they fall silent; 0: as many as there is time for.
	lines int
}

// join brings somebody to a screen and waits for the hello.
func (w *world) join(p *person, o client.Options) *person {
	w.t.Helper()
	p.witness = newWitness(p, w.ledger)
	p.rnd = rand.New(rand.NewPCG(w.seed, uint64(len(w.people))))
	p.opened = map[string]bool{}
	o.Server, o.Frame, o.Patience = w.serverFor(p.at), p.frame, w.manners.patience
	o.BackoffBase, o.BackoffLimit = 20*time.Millisecond, 300*time.Millisecond
	p.Client = client.New(o)
	w.people = append(w.people, p)
	w.running.Go(func() {
		if err := p.Run(w.ctx); err != nil {
			w.t.Errorf("%s was told not to come back: %v", p.name, err)
		}
	})
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := p.Online(ctx); err != nil {
		w.t.Fatalf("%s could not connect: %v\n%s", p.name, err, w.tails())
	}
	return p
}

// visitors brings people to a shop, each with two tabs, and lets them say their first line.
func (w *world) visitors(n int, site string) {
	w.t.Helper()
	for i := range n {
		name := fmt.Sprintf("%s visitor %d", site, len(w.people))
		first := w.join(&person{name: name + "a", site: site, at: w.spread(i)}, client.Options{Site: w.sites[site], Languages: []string{"es"}})
		w.first(first)
		w.join(&person{name: name + "b", site: site, at: w.spread(i + 1), home: first.home}, client.Options{Site: w.sites[site], Token: first.Token()})
	}
}

// agents brings the agents of a shop, who open whatever comes into their inbox.
func (w *world) agents(names ...string) {
	w.t.Helper()
	for i, name := range names {
		site, _, _ := strings.Cut(name, "-")
		p := w.join(&person{name: name, agent: true, site: site, at: w.spread(i)}, client.Options{Email: name + "@example.com", Password: process.Password})
		w.until(name+" has an inbox", patience, func() bool {
			ctx, cancel := context.WithTimeout(w.ctx, 5*time.Second)
			defer cancel()
			return w.tend(ctx, p) == nil
		})
	}
}

// first says the line that opens the conversation.
func (w *world) first(p *person) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	e := w.say(ctx, p, "", false)
	if e == nil || e.refused != nil {
		w.t.Fatalf("%s cannot say anything: %+v\n%s", p.name, e, w.tails())
	}
	p.home = e.ok.Conversation
}

// say sends a line and waits until it is settled, or ctx ends: then it is nil, or was never acknowledged.
func (w *world) say(ctx context.Context, p *person, conversation string, note bool) *entry {
	w.mu.Lock()
	w.said++
	text := fmt.Sprintf("%s says %d", p.name, w.said)
	w.mu.Unlock()
	line := client.NewLine(conversation, text)
	if !p.agent {
		line.Send.Language = "es" // it says so itself: nothing is to be noticed, and every line is translated
	}
	if note {
		line.Send.Note, line.Send.Text = true, whisper+text
	}
	e := w.ledger.note(p, line)
	p.Send(line)
	ok, err := line.Wait(ctx)
	if ctx.Err() != nil || errors.Is(err, client.ErrClosed) {
		return nil
	}
	w.ledger.settle(e, ok, err)
	return e
}

// again sends a line a second time on purpose: the answer must be the first one's.
func (w *world) again(ctx context.Context, p *person, e *entry) {
	line := e.line.Send
	var ok chat.SendOK
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := p.Call(ctx, chat.CallSend, line, &ok); err != nil {
		return // that settles nothing
	}
	if !ok.Dup || ok.Message.Seq != e.ok.Message.Seq || ok.Message.ID != e.ok.Message.ID {
		w.find("doubled", "%s sent %q again, which was line %d, and got line %d (dup: %t)", p.name, line.Text, e.ok.Message.Seq, ok.Message.Seq, ok.Dup)
	}
}

// tend is what a console does by itself: it asks for the inbox after every hello, and opens what it has not open.
func (w *world) tend(ctx context.Context, p *person) error {
	if n := p.Hellos(); n != p.hellos {
		if _, err := p.Inbox(ctx, chat.Inbox{}); err != nil {
			return err
		}
		p.hellos = n
	}
	var open []string
	p.Listed(func(row chat.Conversation) bool {
		if !p.opened[row.ID] {
			open = append(open, row.ID)
		}
		return false
	})
	for _, id := range open {
		if err := p.Follow(ctx, id); err != nil {
			return err
		}
		p.opened[id] = true
	}
	return nil
}

// tendAll lets consoles that have come back ask for their inbox, also when nobody talks any more.
func (w *world) tendAll() {
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Second)
	defer cancel()
	for _, p := range w.people {
		if p.agent {
			_ = w.tend(ctx, p) // what it does not get now is missing on its screen
		}
	}
}

// talk is the life of somebody until leave is closed: lines, now and then one twice, now and then a hang-up. A line that is on its way then is
// waited for until ctx ends.
func (w *world) talk(ctx context.Context, leave <-chan struct{}, p *person) {
	for !closed(leave) && w.another() {
		conversation, note := p.home, false
		if p.agent {
			// While a fault is on this fails, and is tried again with the next line.
			moment, cancel := context.WithTimeout(ctx, 5*time.Second)
			_ = w.tend(moment, p)
			cancel()
			if conversation = p.some(); conversation == "" {
				w.find("stuck", "%s has nothing open", p.name)
				return
			}
			note = p.rnd.IntN(3) == 0
		}
		e := w.say(ctx, p, conversation, note)
		if e == nil {
			return
		}
		if e.refused != nil {
			w.find("refused", "%s: %q was refused: %v", p.name, e.line.Send.Text, e.refused)
			return
		}
		w.whims(ctx, p, e)
		rest(leave, p, w.manners.pause)
	}
}

// whims are what people do beside talking.
func (w *world) whims(ctx context.Context, p *person, e *entry) {
	if p.rnd.Float64() < w.manners.resends {
		w.again(ctx, p, e)
	}
	if p.rnd.Float64() < w.manners.hangUps {
		p.Drop()
	}
	if p.agent && w.manners.moods && p.rnd.IntN(12) == 0 {
		moment, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		// The visitor's next line opens it again: revisions of the conversation's own row.
		_ = p.Call(moment, chat.CallState, chat.SetState{Conversation: e.ok.Conversation, State: chat.StateResolved}, nil)
	}
}

// another tells whether one more line may be said.
func (w *world) another() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wanted++
	return w.manners.lines == 0 || w.wanted <= w.manners.lines
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// rest waits for about d, which is how people talk.
func rest(leave <-chan struct{}, p *person, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-leave:
	case <-time.After(time.Duration(p.rnd.ExpFloat64() * float64(d))):
	}
}

// some is a conversation that an agent has open, or nothing.
func (p *person) some() string {
	all := make([]string, 0, len(p.opened))
	for _, id := range p.Conversations() {
		if p.opened[id] {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[p.rnd.IntN(len(all))]
}

// talking lets everybody talk until stop is called, which waits for the last answers.
func (w *world) talking() (stop func()) {
	ctx, cancel := context.WithCancel(w.ctx)
	leave := make(chan struct{})
	var all sync.WaitGroup
	for _, p := range w.people {
		if !p.mute {
			all.Go(func() { w.talk(ctx, leave, p) })
		}
	}
	return sync.OnceFunc(func() {
		close(leave)
		done := make(chan struct{})
		go func() { all.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(patience):
			w.find("stuck", "somebody still waits for an answer after %s", patience)
		}
		cancel()
		<-done
	})
}
