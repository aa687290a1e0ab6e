package hub

import (
	"encoding/json"
	"errors"
	"math"
	"unicode/utf8"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// maxDepth is how deep a frame may be nested. Nothing of the protocol needs more than four.
const maxDepth = 16

// Close codes of the protocol (section 7). The range says whether the client may come back the same way.
const (
	statusUnavailable = websocket.StatusTryAgainLater

	statusTooSlow     websocket.StatusCode = 4000
	statusRenew       websocket.StatusCode = 4002
	statusNoHeartbeat websocket.StatusCode = 4003
	statusRate        websocket.StatusCode = 4029

	statusProtocol websocket.StatusCode = 4400
	statusLogin    websocket.StatusCode = 4401
	statusOrigin   websocket.StatusCode = 4403
	statusNoSite   websocket.StatusCode = 4404
	statusNoHello  websocket.StatusCode = 4408
	statusRevoked  websocket.StatusCode = 4410
	statusTooLarge websocket.StatusCode = 4413
	statusBanned   websocket.StatusCode = 4423
)

// closing is a reason to end a socket.
type closing struct {
	code   websocket.StatusCode
	reason string
}

func (c *closing) Error() string { return c.reason }

// asked is the part that all calls share, and what a call names: who may do it is decided by that.
type asked struct {
	chat.Call
	Conversation string
	// Site is the key of a site; empty: all that one serves.
	Site string
}

// decodeCall reads what all calls have in common, and refuses what no client of this protocol sends. A conversation or a site that is no text is none here: the
// edge, which reads the same fields into the same types, finds that it is none.
func decodeCall(frame []byte) (asked, error) {
	if len(frame) > chat.MaxFrame {
		return asked{}, &closing{statusTooLarge, "frame too large"}
	}
	if !utf8.Valid(frame) {
		return asked{}, &closing{websocket.StatusInvalidFramePayloadData, "not UTF-8"}
	}
	if !shallow(frame) {
		return asked{}, &closing{statusProtocol, "nested too deep"}
	}
	var c struct {
		ID           *int64        `json:"id"`
		Call         chat.CallName `json:"call"`
		Conversation string        `json:"conversation"`
		Site         string        `json:"site"`
		Filter       struct {
			Site string `json:"site"`
		} `json:"filter"`
	}
	err := json.Unmarshal(frame, &c)
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		// The first field that does not fit is named; the others were read all the same.
		if id, ok := wholeID(frame); ok && t.Field != "" && t.Field != "call" {
			c.ID, err = &id, nil
		}
	}
	if err != nil {
		return asked{}, &closing{statusProtocol, "not a JSON object of the protocol"}
	}
	if c.ID == nil {
		return asked{}, &closing{statusProtocol, "a call needs an id"}
	}
	r := asked{Call: chat.Call{ID: *c.ID, Call: c.Call}, Conversation: c.Conversation, Site: c.Site}
	if r.Site == "" {
		r.Site = c.Filter.Site
	}
	return r, nil
}

// wholeID reads an id that is a whole number written in another way, such as 7.0 or 1e3: some languages have no other numbers.
func wholeID(frame []byte) (int64, bool) {
	var c struct {
		ID *float64 `json:"id"`
	}
	if json.Unmarshal(frame, &c) != nil || c.ID == nil {
		return 0, false
	}
	const most = 1 << 53 // beyond that a float64 is not exact
	return int64(*c.ID), *c.ID == math.Trunc(*c.ID) && math.Abs(*c.ID) <= most
}

// shallow tells whether a frame is nested no deeper than maxDepth, without decoding it.
func shallow(frame []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(frame); i++ {
		switch b := frame[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return false
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return true
}

// closingOf says how a socket ends whose hello was refused.
func closingOf(err error) closing {
	e := closing{websocket.StatusInternalError, "internal"}
	switch code := chat.CodeOf(err); code {
	case chat.BadToken, chat.BadLogin, chat.BadIdentity:
		e = closing{statusLogin, string(code)}
	case chat.BadOrigin:
		e = closing{statusOrigin, string(code)}
	case chat.NotFound:
		e = closing{statusNoSite, string(code)}
	case chat.Forbidden:
		e = closing{statusBanned, string(code)}
	case chat.Unavailable:
		e = closing{statusUnavailable, string(code)}
	case chat.RateLimited:
		shown, _ := errors.AsType[*chat.Error](err)
		e = rateClosing(max(shown.RetryAfterS, 1))
	case chat.Internal:
	default:
		e = closing{statusProtocol, string(code)}
	}
	return e
}
