package chat

import (
	"errors"
	"fmt"
)

// Code names a kind of error for programs. The list is closed: protocol.md, section 6.
type Code string

// The error codes of the wire.
const (
	BadRequest  Code = "bad_request"
	UnknownCall Code = "unknown_call"
	BadToken    Code = "token"
	BadIdentity Code = "identity"
	BadLogin    Code = "login"
	// SecondStepNeeded: the password was right, and the login wants a code besides, or another one.
	SecondStepNeeded Code = "second_step"
	BadOrigin        Code = "origin"
	NotFound         Code = "not_found"
	Gone             Code = "gone"
	Forbidden        Code = "forbidden"
	TooLong          Code = "too_long"
	TooLarge         Code = "too_large"
	BadType          Code = "type"
	Empty            Code = "empty"
	Conflict         Code = "conflict"
	RateLimited      Code = "rate"
	Taken            Code = "taken"
	BadState         Code = "state"
	BadLanguage      Code = "language"
	Unavailable      Code = "unavailable"
	Internal         Code = "internal"
)

// Error is an error that may be shown: a code for programs and a sentence for people that says what
// to do next. Any error that is not an *Error is internal: it is logged with a trace id, and the other side
// sees one neutral sentence.
type Error struct {
	Code Code `json:"code"`
	// Text is the sentence. On the wire it is called message.
	Text string `json:"message"`
	// RetryAfterS is for RateLimited alone: after how many seconds the same call may succeed.
	RetryAfterS int `json:"retry_after_s,omitempty"`
	// Refused says for programs why a file, a row of one, or what a form sends is not taken. Answers over HTTP have it (Refusal, and refused of a problem), frames do not.
	Refused Refused `json:"-"`
	// Trace is for Internal alone: what to look for in the log.
	Trace string `json:"trace,omitempty"`
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Text }

// Errorf makes an Error with a formatted sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of err, or Internal if err carries none, or "" if err is nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
