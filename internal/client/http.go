package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"dragoman/chat"
)

// Problem is an error answered over HTTP: RFC 9457 with the code of docs/protocol.md, section 6.
type Problem struct {
	Status int       `json:"status"`
	Code   chat.Code `json:"code"`
	Title  string    `json:"title"`
	Detail string    `json:"detail"`
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.Status, p.Code, strings.TrimSpace(p.Title+" "+p.Detail))
}

// NewSession begins or continues a visitor's session. server is like http://127.0.0.1:8080; origin may be empty: no browser.
func NewSession(ctx context.Context, server, origin string, q chat.SessionRequest) (chat.SessionOK, error) {
	var ok chat.SessionOK
	resp, err := post(ctx, server+"/widget/v1/session", origin, q)
	if err != nil {
		return ok, err
	}
	defer resp.Body.Close()
	return ok, json.NewDecoder(resp.Body).Decode(&ok)
}

// Login logs an agent in and returns the session cookie as it stands in a Cookie header.
func Login(ctx context.Context, server, email, password string) (string, error) {
	resp, err := post(ctx, server+"/agent/v1/login", server, chat.LoginRequest{Email: email, Password: password})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	for _, c := range resp.Cookies() {
		if c.Value != "" {
			return c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("the login of %s set no cookie", email)
}

// post sends JSON and turns every status but 2xx into a *Problem.
func post(ctx context.Context, url, origin string, body any) (*http.Response, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	return do(r)
}

// do turns every status but 2xx into a *Problem.
func do(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	p := &Problem{Status: resp.StatusCode}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if json.Unmarshal(text, p) != nil {
		p.Detail = string(text)
	}
	p.Status = resp.StatusCode
	return nil, p
}
