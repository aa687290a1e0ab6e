package client

import (
	"math/rand/v2"
	"time"

	"github.com/coder/websocket"
)

// Fate is what a client does after its socket was closed.
type Fate int

// What a close code tells a client.
const (
	ComeBack Fate = iota // with backoff
	LogIn                // the token or the login is no good: ask for a session once, then come back
	Refused              // the last frame was not to the server's liking: come back without it
	Stay                 // do not come back the same way
)

// FateOf reads a close code. The range decides, so that codes which this client has never heard of are handled too.
// Code -1 is a socket that broke without a close frame (1006).
func FateOf(code websocket.StatusCode) Fate {
	switch {
	case code == 4401:
		return LogIn
	case code == websocket.StatusInvalidFramePayloadData, code == 4400, code == 4413, code == websocket.StatusMessageTooBig:
		return Refused
	case code >= 4400 && code <= 4499:
		return Stay
	}
	return ComeBack
}

// Backoff is random(0, min(max, base * 2^n)): full jitter, so that a thousand clients do not come back as one wave.
func Backoff(n int, base, limit time.Duration) time.Duration {
	d := limit
	if n < 30 {
		d = min(limit, base<<n)
	}
	return time.Duration(rand.Int64N(int64(d) + 1))
}

// closeCode returns the code of a close frame in err, or -1.
func closeCode(err error) websocket.StatusCode { return websocket.CloseStatus(err) }
