package engine

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dragoman/translate"
)

// maxAnswer is the longest answer of an engine that is read: a chat line is 4,000 characters.
const maxAnswer = 1 << 20

// client makes one JSON request after the other over sockets that stay open. Secrets travel in bodies and headers only, are not
// sent after a redirect, and are cut out of whatever a server says about them.
type client struct {
	http   *http.Client
	secret string
}

func newClient(secret string) *client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 16
	t.IdleConnTimeout = 90 * time.Second
	return &client{secret: secret, http: &http.Client{
		Transport: t,
		// Following a redirect would carry the key and the line to an address that nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// content is a body that is neither a form nor JSON.
type content struct {
	kind string // of MIME
	data []byte
}

// do sends body, a url.Values as a form, a content as it is and anything else as JSON, and reads the answer into out; nil: nobody wants to know it. A status other than 2xx is a
// *statusError, all else that goes wrong a *translate.Error.
func (c *client) do(ctx context.Context, method, url string, header http.Header, body, out any) error {
	_, err := c.exchange(ctx, method, url, header, body, out)
	return err
}

// exchange is do for who wants the headers of the answer.
func (c *client) exchange(ctx context.Context, method, url string, header http.Header, body, out any) (http.Header, error) {
	sent, kind, err := written(body)
	if err != nil {
		return nil, &translate.Error{Kind: translate.BadRequest, Text: "cannot write the request", Err: err}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, sent)
	if err != nil {
		return nil, &translate.Error{Kind: translate.BadRequest, Text: "cannot make the request", Err: err}
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "dragoman")
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.broken("cannot reach the server", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, c.broken("the answer broke off", err)
	case resp.StatusCode/100 != 2:
		return nil, c.refused(resp, b)
	case len(b) > maxAnswer:
		return nil, &translate.Error{Kind: translate.BadOutput, Text: "the answer is too long"}
	}
	if out == nil {
		return resp.Header, nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return nil, &translate.Error{Kind: translate.BadOutput, Text: "the answer is not the JSON that it should be"}
	}
	return resp.Header, nil
}

// written returns a body as it goes over the wire, and its type.
func written(body any) (io.Reader, string, error) {
	if body == nil {
		return nil, "", nil
	}
	if form, ok := body.(url.Values); ok {
		return strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", nil
	}
	if c, ok := body.(content); ok {
		return bytes.NewReader(c.data), c.kind, nil
	}
	b, err := json.Marshal(body)
	return bytes.NewReader(b), "application/json", err
}

// broken is for what happens to connections. The address stays out of the sentence: some people put passwords into it.
func (c *client) broken(text string, err error) error {
	var u interface{ Unwrap() error }
	if errors.As(err, &u) && u.Unwrap() != nil {
		err = u.Unwrap()
	}
	return &translate.Error{Kind: translate.Transient, Text: text, Err: err}
}

// statusError is an answer with a status other than 2xx.
type statusError struct {
	status int
	said   string // the server's own sentence, short and without our secret
	header http.Header
	body   []byte // all that it said, for who knows how to read it; not for people
	after  time.Duration
}

func (e *statusError) Error() string { return e.sentence("the server") }

func (e *statusError) sentence(who string) string {
	s := fmt.Sprintf("%s answered %d %s", who, e.status, http.StatusText(e.status))
	if e.said != "" {
		s += ": " + e.said
	}
	return s
}

// kind is what a status means where the vendor has no other opinion.
func (e *statusError) kind() translate.ErrorKind {
	switch {
	case e.status == http.StatusUnauthorized, e.status == http.StatusForbidden:
		return translate.Auth
	case e.status == http.StatusTooManyRequests:
		return translate.Rate
	case e.status == http.StatusRequestEntityTooLarge, e.status == http.StatusRequestURITooLong:
		return translate.TooLarge
	case e.status >= 500, e.status == http.StatusRequestTimeout:
		return translate.Transient
	}
	return translate.BadRequest
}

func (c *client) refused(resp *http.Response, body []byte) error {
	e := &statusError{status: resp.StatusCode, header: resp.Header, body: body, after: retryAfter(resp.Header.Get("Retry-After"), time.Now())}
	if sentence := sentenceIn(body); sentence != "" {
		if c.secret != "" {
			sentence = strings.ReplaceAll(sentence, c.secret, "***")
		}
		e.said = strconv.Quote(sentence[:min(len(sentence), maxSentence)])
	}
	return e
}

// maxSentence is how much of a server's own words goes into ours, in bytes.
const maxSentence = 200

// sentenceIn finds the server's sentence where the vendors put it: error, error.message, error_description, explanation, message.
func sentenceIn(body []byte) string {
	var said struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Explanation string          `json:"explanation"`
		Message     string          `json:"message"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	var inner struct {
		Message string `json:"message"`
	}
	var word string
	_, _ = json.Unmarshal(said.Error, &inner), json.Unmarshal(said.Error, &word)
	return cmp.Or(inner.Message, said.Description, word, said.Explanation, said.Message)
}

// retryAfter reads the header of that name, in seconds or as a date.
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 {
		return time.Duration(min(n, 24*3600)) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
