package client

import (
	"context"
	"errors"
	"time"

	"dragoman/chat"
)

// Line is one line on its way. It keeps its key from the first try to the last.
type Line struct {
	Send chat.Send
	// Done is closed when the line is settled; after that OK or Err is set. Tries counts the frames that carried it.
	Done  chan struct{}
	OK    chat.SendOK
	Err   error
	Tries int
}

// NewLine makes a line with a key of its own. conversation may be empty for a visitor.
func NewLine(conversation, text string) *Line {
	return &Line{Send: chat.Send{Key: chat.NewID(), Text: text, Conversation: conversation}, Done: make(chan struct{})}
}

// internalTries is how often an internal error is believed to pass.
const internalTries = 3

// Send puts a line into the outbox and returns at once. Lines of a conversation leave one at a time, so the order typed is the
// order stored.
func (c *Client) Send(l *Line) *Line {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		l.settle(ErrClosed)
		return l
	}
	conversation := l.Send.Conversation
	queue, busy := c.outbox[conversation]
	c.outbox[conversation] = append(queue, l)
	if !busy {
		c.work.Go(func() { c.deliver(conversation) })
	}
	return l
}

// deliver empties the outbox of one conversation, and ends.
func (c *Client) deliver(conversation string) {
	for {
		c.mu.Lock()
		queue := c.outbox[conversation]
		if len(queue) == 0 {
			delete(c.outbox, conversation)
			c.mu.Unlock()
			return
		}
		l := queue[0]
		c.mu.Unlock()

		err := c.carry(l)
		c.mu.Lock()
		c.outbox[conversation] = c.outbox[conversation][1:]
		c.mu.Unlock()
		l.settle(err)
		c.notify()
	}
}

// carry sends a line until there is an answer that settles it. A time-out and a broken socket settle nothing.
func (c *Client) carry(l *Line) error {
	internal := 0
	for {
		conn, err := c.online()
		if err != nil {
			return err
		}
		l.Tries++
		ctx, cancel := context.WithTimeout(context.Background(), c.options.Patience)
		err = conn.Call(ctx, chat.CallSend, l.Send, &l.OK)
		cancel()
		if err == nil {
			c.upsert(l.OK.Conversation, l.OK.Message)
			return nil
		}
		wait := time.Duration(0)
		if e, ok := errors.AsType[*chat.Error](err); ok {
			switch e.Code {
			case chat.RateLimited:
				wait = time.Duration(max(1, e.RetryAfterS)) * time.Second
			case chat.Unavailable:
				wait = Backoff(l.Tries, c.options.BackoffBase, c.options.BackoffLimit)
			case chat.Internal:
				if internal++; internal == internalTries {
					return err
				}
				wait = Backoff(l.Tries, c.options.BackoffBase, c.options.BackoffLimit)
			default:
				return err
			}
		} else if errors.Is(err, ErrClosed) && FateOf(conn.Code()) == Refused {
			return err
		}
		if !c.pause(wait) {
			return ErrClosed
		}
	}
}

func (l *Line) settle(err error) {
	l.Err = err
	close(l.Done)
}

// Wait returns how the line ended, or an error when ctx does first.
func (l *Line) Wait(ctx context.Context) (chat.SendOK, error) {
	select {
	case <-l.Done:
		return l.OK, l.Err
	case <-ctx.Done():
		return chat.SendOK{}, ctx.Err()
	}
}
