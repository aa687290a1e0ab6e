package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"dragoman/chat"
)

// Handler answers a request, or returns why it cannot; then it has written nothing. Front.Handle makes the answer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// statuses says which HTTP status stands for an error code (protocol.md, section 6).
var statuses = map[chat.Code]int{
	chat.BadRequest:  http.StatusBadRequest,
	chat.UnknownCall: http.StatusNotFound,
	chat.BadToken:    http.StatusUnauthorized,
	chat.BadIdentity: http.StatusUnauthorized,
	chat.BadLogin:    http.StatusUnauthorized,

	chat.SecondStepNeeded: http.StatusUnauthorized,

	chat.BadOrigin:   http.StatusForbidden,
	chat.NotFound:    http.StatusNotFound,
	chat.Gone:        http.StatusGone,
	chat.Forbidden:   http.StatusForbidden,
	chat.TooLong:     http.StatusUnprocessableEntity,
	chat.TooLarge:    http.StatusRequestEntityTooLarge,
	chat.BadType:     http.StatusUnsupportedMediaType,
	chat.Empty:       http.StatusUnprocessableEntity,
	chat.Conflict:    http.StatusConflict,
	chat.RateLimited: http.StatusTooManyRequests,
	chat.Taken:       http.StatusConflict,
	chat.BadState:    http.StatusConflict,
	chat.BadLanguage: http.StatusUnprocessableEntity,
	chat.Unavailable: http.StatusServiceUnavailable,
	chat.Internal:    http.StatusInternalServerError,
}

// Status returns the HTTP status of an error.
func Status(err error) int {
	if s, ok := errors.AsType[*statusError](err); ok {
		return s.status
	}
	if s, ok := statuses[chat.CodeOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// WithStatus gives an error another status than its code has.
func WithStatus(status int, err error) error { return &statusError{status, err} }

type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return e.err }

// Problem is the body of an error over HTTP (RFC 9457) with the members of the protocol beside.
type Problem struct {
	Type        string    `json:"type"`
	Title       string    `json:"title"`
	Status      int       `json:"status"`
	Detail      string    `json:"detail"`
	Code        chat.Code `json:"code"`
	RetryAfterS int       `json:"retry_after_s,omitempty"`
	Trace       string    `json:"trace,omitempty"`
	// Refused says for programs why what was sent is not taken, where that is told.
	Refused *chat.Refused `json:"refused,omitempty"`
}

// unavailableRetryS is what Retry-After says while the database cannot be reached.
const unavailableRetryS = 5

// Neutral is what people read of an error that is not for them.
const Neutral = "Something went wrong on our side. Please try again."

// problemOf makes the body. An error that is not a *chat.Error shows nothing of itself but the trace id.
func problemOf(err error, trace string) Problem {
	status := Status(err)
	p := Problem{Type: "about:blank", Title: http.StatusText(status), Status: status}
	e, ok := errors.AsType[*chat.Error](err)
	if !ok || e.Code == chat.Internal {
		p.Detail, p.Code, p.Trace = Neutral, chat.Internal, trace
		return p
	}
	p.Detail, p.Code, p.RetryAfterS = e.Text, e.Code, e.RetryAfterS
	if e.Refused.Reason != "" {
		p.Refused = &e.Refused
	}
	if e.Code == chat.Unavailable && p.RetryAfterS == 0 {
		p.RetryAfterS = unavailableRetryS
	}
	return p
}

// writeProblem answers with p. Headers that the handler meant for its own answer go.
func writeProblem(w http.ResponseWriter, p Problem) {
	h := w.Header()
	for _, k := range []string{"Content-Disposition", "Content-Encoding", "Content-Length", "Etag", "Last-Modified", "Set-Cookie"} {
		h.Del(k)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.RetryAfterS > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfterS))
	}
	w.WriteHeader(p.Status)
	b, _ := json.Marshal(p) // strings and numbers: cannot fail
	_, _ = w.Write(b)       // whoever hung up has no use for the error either
}

// Handle makes an http.Handler: the one place where errors become answers. What is internal is logged here with the trace id that
// the answer shows, and nowhere else.
func (f *Front) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		res := responseOf(w)
		if err := h(res, r); err != nil {
			f.fail(res, r, err)
		}
	})
}

func (f *Front) fail(res *response, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		res.gone = true
		return
	}
	p := problemOf(err, Trace(r.Context()))
	if p.Code == chat.Internal {
		f.log.Error().Err(err).Str("trace", p.Trace).Str("route", r.Pattern).Msg("request failed")
	}
	if res.status != 0 {
		return
	}
	writeProblem(res, p)
}
