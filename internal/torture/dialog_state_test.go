package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/process"
)

// message is the newest row with this text, or nil.
func (a *actor) message(text string) *chat.Message {
	var found *chat.Message
	a.Any(func(_ string, m chat.Message) bool {
		if m.Text == text && (found == nil || m.At >= found.At) {
			found = &m
		}
		return false
	})
	return found
}

// nextEvent returns a condition: an event that fits has come since the last one that was asked for.
func (a *actor) nextEvent(fits func(client.Event) bool) func() bool {
	return func() bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		for i := a.next; i < len(a.events); i++ {
			if fits(a.events[i]) {
				a.next = i + 1
				return true
			}
		}
		return false
	}
}

// holds compares what an actor has gathered with what a newcomer of the same view is given: rows, byte for byte.
func (d *dialog) holds(a *actor) error {
	id := d.conversationOf(a.name)
	fresh := &actor{name: a.name + "'s witness", agent: a.agent, site: a.site, visitor: a.visitor}
	if err := d.tabOf(fresh, a); err != nil {
		return err
	}
	defer func() { fresh.GoOffline(); delete(d.actors, fresh.name) }()
	if a.agent {
		ctx, cancel := context.WithTimeout(d.ctx, d.patience)
		defer cancel()
		if err := fresh.Follow(ctx, id); err != nil {
			return err
		}
	}
	// Rows may still change, for both: they must come to agree.
	var mine, theirs string
	same := func() bool {
		mine, theirs = rowsText(a.Room(id)), rowsText(fresh.Room(id))
		return mine != "" && mine == theirs
	}
	ctx, cancel := context.WithTimeout(d.ctx, d.patience)
	defer cancel()
	for !same() && ctx.Err() == nil {
		moment, end := context.WithTimeout(ctx, 50*time.Millisecond)
		_ = a.Wait(moment, same)
		end()
	}
	if !same() {
		return fmt.Errorf("%s does not hold what a newcomer is given:\n%s\n%s", a.name, mine, theirs)
	}
	return nil
}

// tabOf joins fresh with the credentials of a.
func (d *dialog) tabOf(fresh, a *actor) error {
	o := client.Options{Token: a.Token()}
	if a.agent {
		o = client.Options{Email: a.Hello().Agent.Name + "@example.com", Password: process.Password}
		o.Email = strings.ToLower(o.Email)
	}
	return d.join(fresh, o)
}

// rowsText is what a room holds of messages, without what is painted only.
func rowsText(r client.Room) string {
	var b strings.Builder
	for _, m := range r.Messages {
		m.Author.Online = false
		j, _ := json.Marshal(m)
		b.Write(j)
		b.WriteByte('\n')
	}
	return b.String()
}

// over holds at the end of every dialog: no line is doubled or out of order, and no visitor was ever shown a note.
func (d *dialog) over() error {
	for _, a := range d.actors {
		for _, id := range a.Conversations() {
			seq, keys := int64(0), map[string]bool{}
			for _, m := range a.Room(id).Messages {
				if m.Seq <= seq {
					return fmt.Errorf("%s has line %d after line %d", a.name, m.Seq, seq)
				}
				if k := m.Author.ID + m.Key; m.Key != "" && keys[k] {
					return fmt.Errorf("%s has the line %q twice", a.name, m.Text)
				} else {
					keys[k] = true
				}
				seq = m.Seq
				if m.Kind == chat.MessageNote && !a.agent {
					return fmt.Errorf("%s was shown a note", a.name)
				}
			}
		}
	}
	return nil
}

// state tells what everybody has, for a failure.
func (d *dialog) state() string {
	var b strings.Builder
	for _, a := range d.actors {
		fmt.Fprintf(&b, "%s:\n", a.name)
		a.mu.Lock()
		from := max(0, len(a.frames)-6)
		for _, f := range a.frames[from:] {
			if len(f) > 240 {
				f = f[:240] + "..."
			}
			fmt.Fprintf(&b, "\t%s\n", f)
		}
		a.mu.Unlock()
	}
	tail := d.program.Tail()
	if len(tail) > 600 {
		tail = tail[len(tail)-600:]
	}
	return b.String() + "server:\n" + tail
}
