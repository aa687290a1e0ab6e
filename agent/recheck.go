package agent

import (
	"context"
	"slices"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/hub"
)

const (
	// settingsEvery is how often the settings' revision is looked at, recheckEvery how often everybody is asked anew in any case:
	// sessions run out.
	settingsEvery = time.Second
	recheckEvery  = 60 * time.Second
)

// Run makes the compressed assets before somebody waits for them, and ends the sockets of agents who may not be here any more, until ctx ends: within two seconds of a change of the settings, and within a
// minute of anything else.
func (e *Edge) Run(ctx context.Context) error {
	var warming sync.WaitGroup
	defer warming.Wait()
	warming.Go(func() { e.assets.Warm(ctx) })
	tick := time.NewTicker(settingsEvery)
	defer tick.Stop()
	rev, last, again := int64(-1), time.Time{}, false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now, err := e.store.SettingsRev(ctx)
		if err != nil {
			continue // nobody can be asked; the next tick tries again, and everybody stays
		}
		// After a change twice: a hello may have looked somebody up before it, and joined after the first look.
		if changed := now != rev; again || due(rev, now, time.Since(last)) {
			rev, last, again = now, time.Now(), changed
			e.hub.Recheck(ctx, func(id hub.Identity) error { return e.recheck(ctx, id) })
		}
	}
}

// due tells whether everybody is to be asked anew: the settings have another revision than then, or it is long ago.
func due(then, now int64, since time.Duration) bool {
	return now != then || since >= recheckEvery
}

// recheck asks whether an agent's socket may stay. A database that does not answer is no reason to go.
func (e *Edge) recheck(ctx context.Context, id hub.Identity) error {
	session, ok := sessionOf(id.Credential)
	if id.Agent == nil || !ok {
		return nil
	}
	who, err := e.store.AgentByLogin(ctx, session)
	if err == nil && who.Disabled {
		err = errLogin()
	}
	if chat.CodeOf(err) == chat.BadLogin {
		return err
	}
	if err != nil {
		return nil
	}
	now, err := e.identity(ctx, who, session)
	if err != nil || slices.Equal(now.Sites, id.Sites) && who.Role == id.Agent.Role {
		return nil
	}
	// Sites and role are told with hello: the console comes back and gets what it has now.
	e.hub.Revoke(id.Credential, closeMoved, "your sites or your role have changed")
	return nil
}

// closeMoved makes a client come back at once: it lost its place.
const closeMoved = 4001
