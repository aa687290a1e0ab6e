package agent_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/store"
)

// mine asks about oneself; it decodes what comes into answer, if that is not nil.
func (a asker) mine(status int, code chat.Code, method, path string, body, answer any) reply {
	a.tb.Helper()
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			a.tb.Fatal(err)
		}
		text = string(b)
	}
	got := a.want(status, code, method, "../me"+path, text)
	if answer != nil {
		if err := json.Unmarshal([]byte(got.body), answer); err != nil {
			a.tb.Errorf("%s: %v", got.body, err)
		}
	}
	return got
}

// enter logs in with a code and returns the status, the code of the error and the cookie.
func enter(t *testing.T, s *edgetest.Server, email, password, code string) (int, chat.Code, string) {
	t.Helper()
	b, err := json.Marshal(chat.LoginRequest{Email: email, Password: password, Code: code})
	if err != nil {
		t.Fatal(err)
	}
	a := post(t, s, "/agent/v1/login", string(b))
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	return a.status, a.Code, cookie
}

const another = "another long password"

// A new password needs the old one, keeps to the rules, and ends all other sessions at once.
func TestPasswordOfOnesOwn(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	here, elsewhere := as(t, s, edgetest.Ada), as(t, s, edgetest.Ada)
	stays, goes := s.Sit(here.cookie), s.Sit(elsewhere.cookie)
	change := func(before, after string) map[string]string { return map[string]string{"old": before, "new": after} }
	here.mine(403, chat.Forbidden, "POST", "/password", change("wrong horse battery", another), nil)
	here.mine(400, chat.BadRequest, "POST", "/password", change(edgetest.Password, "short"), nil)
	here.mine(400, chat.BadRequest, "POST", "/password", change(edgetest.Password, strings.Repeat("x", agent.MaxPassword+1)), nil)
	here.mine(204, "", "POST", "/password", change(edgetest.Password, another), nil)
	if code := s.Ended(goes); code != 4410 {
		t.Errorf("the other session's socket ended with %d", code)
	}
	elsewhere.mine(401, chat.BadLogin, "GET", "", nil, nil)
	here.mine(200, "", "GET", "", nil, nil)
	if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
		t.Errorf("this session's socket: %v", err)
	}
	if status, _, _ := enter(t, s, edgetest.Ada, edgetest.Password, ""); status != 401 {
		t.Errorf("the old password: %d", status)
	}
	if status, _, _ := enter(t, s, edgetest.Ada, another, ""); status != 204 {
		t.Errorf("the new password: %d", status)
	}
}

// Guessing the old password is counted with the tries of the login.
func TestGuessingTheOldPasswordIsLimited(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	a := as(t, s, edgetest.Ada)
	for range 5 {
		a.mine(403, chat.Forbidden, "POST", "/password", map[string]string{"old": "wrong horse battery", "new": another}, nil)
	}
	a.mine(429, chat.RateLimited, "POST", "/password", map[string]string{"old": edgetest.Password, "new": another}, nil)
	a.mine(429, chat.RateLimited, "POST", "/second-step/off", map[string]string{"password": edgetest.Password}, nil)
	if _, err := client.Login(t.Context(), s.URL, edgetest.Ada, edgetest.Password); err == nil || !strings.Contains(err.Error(), "429") {
		t.Errorf("the login from there: %v", err)
	}
}

func TestSessionsOfOnesOwn(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	here, phone, bob := as(t, s, edgetest.Ada), as(t, s, edgetest.Ada), as(t, s, edgetest.Bob)
	var list struct{ Logins []chat.Login }
	ids := func(a asker) (current, others []string) {
		list.Logins = nil
		a.mine(200, "", "GET", "/logins", nil, &list)
		for _, l := range list.Logins {
			if l.Device == "" || l.Address != "127.0.0.1" || time.Since(l.Began.Time()) > time.Hour || l.Used < l.Began {
				t.Errorf("%+v", l)
			}
			if l.Current {
				current = append(current, l.ID)
			} else {
				others = append(others, l.ID)
			}
		}
		return current, others
	}
	mine, others := ids(here)
	if len(mine) != 1 || len(others) != 1 {
		t.Fatalf("%v %v", mine, others)
	}
	theirs, _ := ids(bob)
	here.mine(404, chat.NotFound, "DELETE", "/logins/"+theirs[0], nil, nil)
	here.mine(404, chat.NotFound, "DELETE", "/logins/x", nil, nil)
	c := s.Sit(phone.cookie)
	here.mine(204, "", "DELETE", "/logins/"+others[0], nil, nil)
	if code := s.Ended(c); code != 4410 {
		t.Errorf("the phone's socket ended with %d", code)
	}
	here.mine(404, chat.NotFound, "DELETE", "/logins/"+others[0], nil, nil)
	phone.mine(401, chat.BadLogin, "GET", "/logins", nil, nil)
	phone = as(t, s, edgetest.Ada)
	one, two := s.Sit(here.cookie), s.Sit(phone.cookie)
	if got := here.mine(204, "", "DELETE", "/logins", nil, nil); !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("%v", got.header)
	}
	if a, b := s.Ended(one), s.Ended(two); a != 4410 || b != 4410 {
		t.Errorf("ended with %d and %d", a, b)
	}
	here.mine(401, chat.BadLogin, "GET", "", nil, nil)
	bob.mine(200, "", "GET", "", nil, nil)
}

// late is a store in which something happens between the comparing of a password and the beginning of the login.
type late struct {
	*store.Store
	meanwhile func()
}

func (l *late) AddLogin(ctx context.Context, session agent.SessionHash, id string, proof chat.Proof, from chat.LoginFrom) error {
	if what := l.meanwhile; what != nil {
		l.meanwhile = nil
		what()
	}
	return l.Store.AddLogin(ctx, session, id, proof, from)
}

// A login whose password was right, and is not any more when it begins, does not begin. The same holds for one that nobody asked for a code.
func TestLoginsOnTheirWayWhileTheyAreChanged(t *testing.T) {
	clock := &watch{}
	clock.at.Store(1_800_000_000)
	l := &late{}
	s := edgetest.Start(t, edgetest.Options{AgentNow: clock.now, AgentStore: func(s *store.Store) agent.Store { l.Store = s; return l }})
	here := as(t, s, edgetest.Ada)
	refused := func(password string, why chat.Code) {
		t.Helper()
		if status, code, cookie := enter(t, s, edgetest.Ada, password, ""); status != 401 || code != why || cookie != "" {
			t.Errorf("%d %s %q", status, code, cookie)
		}
	}
	l.meanwhile = func() {
		here.mine(204, "", "POST", "/password", map[string]string{"old": edgetest.Password, "new": another}, nil)
	}
	refused(edgetest.Password, chat.BadLogin)
	l.meanwhile = func() {
		var begun struct{ Secret string }
		here.mine(200, "", "POST", "/second-step", struct{}{}, &begun)
		here.mine(200, "", "PUT", "/second-step", map[string]string{"password": another, "secret": begun.Secret, "code": agent.TOTP(begun.Secret, clock.now())}, nil)
	}
	refused(another, chat.SecondStepNeeded)
	var list struct{ Logins []chat.Login }
	if here.mine(200, "", "GET", "/logins", nil, &list); len(list.Logins) != 1 {
		t.Errorf("%+v", list.Logins)
	}
}

// A hash that another login makes anew in the meantime costs nobody his login, nor a code that is good once.
func TestLoginsWhoseHashIsMadeAnewMeanwhile(t *testing.T) {
	clock := &watch{}
	clock.at.Store(1_800_000_000)
	l := &late{}
	s := edgetest.Start(t, edgetest.Options{AgentNow: clock.now, AgentStore: func(s *store.Store) agent.Store { l.Store = s; return l }})
	renews := func() {
		ada, was, err := l.AgentByEmail(t.Context(), edgetest.Ada)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := agent.HashPassword(edgetest.Password)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.RenewPasswordHash(t.Context(), ada.ID, was, anew); err != nil {
			t.Fatal(err)
		}
	}
	comesIn := func(code string) asker {
		t.Helper()
		status, problem, cookie := enter(t, s, edgetest.Ada, edgetest.Password, code)
		if status != 204 {
			t.Fatalf("%d %s", status, problem)
		}
		return asker{tb: t, s: s, cookie: cookie}
	}
	l.meanwhile = renews
	here := comesIn("")
	var begun struct{ Secret string }
	here.mine(200, "", "POST", "/second-step", struct{}{}, &begun)
	var list struct{ Recovery []string }
	here.mine(200, "", "PUT", "/second-step", map[string]string{"password": edgetest.Password, "secret": begun.Secret, "code": agent.TOTP(begun.Secret, clock.now())}, &list)
	clock.at.Add(60)
	for _, code := range []string{agent.TOTP(begun.Secret, clock.now()), list.Recovery[0]} {
		l.meanwhile = renews
		comesIn(code)
	}
	l.meanwhile = func() { renews(); l.meanwhile = renews } // twice: he may try again, and nothing was wrong
	if status, code, cookie := enter(t, s, edgetest.Ada, edgetest.Password, list.Recovery[1]); status != 503 || code != chat.Unavailable || cookie != "" {
		t.Errorf("%d %s %q", status, code, cookie)
	}
}

// Switching the second step on or off ends all other sessions at once, as a new password does.
func TestSecondStepEndsOtherSessions(t *testing.T) {
	clock := &watch{}
	clock.at.Store(1_800_000_000)
	s := edgetest.Start(t, edgetest.Options{AgentNow: clock.now})
	here := as(t, s, edgetest.Ada)
	stays := s.Sit(here.cookie)
	elsewhere := func(code string) (asker, *client.Conn) {
		t.Helper()
		status, problem, cookie := enter(t, s, edgetest.Ada, edgetest.Password, code)
		if status != 204 {
			t.Fatalf("%d %s", status, problem)
		}
		return asker{tb: t, s: s, cookie: cookie}, s.Sit(cookie)
	}
	left := func(who asker, socket *client.Conn) {
		t.Helper()
		if code := s.Ended(socket); code != 4410 {
			t.Errorf("the other session's socket ended with %d", code)
		}
		who.mine(401, chat.BadLogin, "GET", "", nil, nil)
		here.mine(200, "", "GET", "", nil, nil)
		if err := stays.Call(t.Context(), chat.CallPing, struct{}{}, nil); err != nil {
			t.Errorf("this session's socket: %v", err)
		}
	}
	phone, goes := elsewhere("")
	var begun struct{ Secret string }
	here.mine(200, "", "POST", "/second-step", struct{}{}, &begun)
	here.mine(403, chat.SecondStepNeeded, "PUT", "/second-step", map[string]string{"password": edgetest.Password, "secret": begun.Secret, "code": "000000"}, nil)
	phone.mine(200, "", "GET", "", nil, nil)
	var list struct{ Recovery []string }
	here.mine(200, "", "PUT", "/second-step", map[string]string{"password": edgetest.Password, "secret": begun.Secret, "code": agent.TOTP(begun.Secret, clock.now())}, &list)
	left(phone, goes)
	phone, goes = elsewhere(list.Recovery[0])
	here.mine(204, "", "POST", "/second-step/off", map[string]string{"password": edgetest.Password}, nil)
	left(phone, goes)
}

// watch is a clock that a test sets.
type watch struct{ at atomic.Int64 }

func (w *watch) now() time.Time { return time.Unix(w.at.Load(), 0) }

func TestSecondStep(t *testing.T) {
	clock := &watch{}
	clock.at.Store(1_800_000_000)
	s := edgetest.Start(t, edgetest.Options{AgentNow: clock.now})
	a := as(t, s, edgetest.Ada)
	var begun struct{ Secret, URL string }
	a.mine(200, "", "POST", "/second-step", struct{}{}, &begun)
	code := func() string { return agent.TOTP(begun.Secret, clock.now()) }
	if !strings.Contains(begun.URL, begun.Secret) || !strings.HasPrefix(begun.URL, "otpauth://totp/Dragoman%20127.0.0.1") {
		t.Errorf("%+v", begun)
	}
	confirm := func(password, secret, code string) map[string]string {
		return map[string]string{"password": password, "secret": secret, "code": code}
	}
	a.mine(403, chat.Forbidden, "PUT", "/second-step", confirm("wrong horse battery", begun.Secret, code()), nil)
	a.mine(403, chat.SecondStepNeeded, "PUT", "/second-step", confirm(edgetest.Password, begun.Secret, "000000"), nil)
	a.mine(403, chat.SecondStepNeeded, "PUT", "/second-step", confirm(edgetest.Password, "AAAA", code()), nil)
	if status, _, _ := enter(t, s, edgetest.Ada, edgetest.Password, ""); status != 204 {
		t.Errorf("before it is confirmed: %d", status)
	}
	var list struct{ Recovery []string }
	a.mine(200, "", "PUT", "/second-step", confirm(edgetest.Password, begun.Secret, code()), &list)
	if len(list.Recovery) != 10 {
		t.Fatalf("%q", list.Recovery)
	}
	try := func(what, password, code string, status int, want chat.Code) {
		t.Helper()
		if got, problem, cookie := enter(t, s, edgetest.Ada, password, code); got != status || problem != want || (status == 204) != (cookie != "") {
			t.Errorf("%s: %d %s %q, want %d %s", what, got, problem, cookie, status, want)
		}
	}
	// Who does not know the password learns nothing of a second step, with whatever code.
	try("a wrong password", "wrong horse battery", "", 401, chat.BadLogin)
	try("a wrong password and a code", "wrong horse battery", code(), 401, chat.BadLogin)
	s.Agent.ForgetTries()
	try("no code", edgetest.Password, "", 401, chat.SecondStepNeeded)
	try("the code that confirmed it", edgetest.Password, code(), 401, chat.SecondStepNeeded)
	used := code()
	clock.at.Add(30)
	try("the code before, which was used", edgetest.Password, used, 401, chat.SecondStepNeeded)
	try("the next code", edgetest.Password, code()[:3]+" "+code()[3:], 204, "")
	try("the same again", edgetest.Password, code(), 401, chat.SecondStepNeeded)
	s.Agent.ForgetTries()
	try("a recovery code", edgetest.Password, strings.ToUpper(list.Recovery[3]), 204, "")
	try("the same again", edgetest.Password, list.Recovery[3], 401, chat.SecondStepNeeded)
	var profile struct {
		SecondStep   bool `json:"second_step"`
		RecoveryLeft int  `json:"recovery_left"`
	}
	a.mine(200, "", "GET", "", nil, &profile)
	if !profile.SecondStep || profile.RecoveryLeft != 9 {
		t.Errorf("%+v", profile)
	}
	if s.Log.Has(begun.Secret) || s.Log.Has(list.Recovery[0]) {
		t.Error("a secret is in the log")
	}
	a.mine(403, chat.Forbidden, "POST", "/second-step/off", map[string]string{"password": "wrong horse battery"}, nil)
	a.mine(204, "", "POST", "/second-step/off", map[string]string{"password": edgetest.Password}, nil)
	try("switched off", edgetest.Password, "", 204, "")
	try("switched off, with a code", edgetest.Password, "123456", 204, "")
}

// Codes are guessed no oftener than passwords, and the right password alone uses up no try.
func TestGuessingCodesIsLimited(t *testing.T) {
	clock := &watch{}
	clock.at.Store(1_800_000_000)
	s := edgetest.Start(t, edgetest.Options{AgentNow: clock.now})
	a := as(t, s, edgetest.Ada)
	var begun struct{ Secret string }
	a.mine(200, "", "POST", "/second-step", struct{}{}, &begun)
	code := agent.TOTP(begun.Secret, clock.now())
	a.mine(200, "", "PUT", "/second-step", map[string]string{"password": edgetest.Password, "secret": begun.Secret, "code": code}, nil)
	for range 10 {
		if status, problem, _ := enter(t, s, edgetest.Ada, edgetest.Password, ""); status != 401 || problem != chat.SecondStepNeeded {
			t.Fatalf("%d %s", status, problem)
		}
	}
	for range 5 {
		if status, problem, _ := enter(t, s, edgetest.Ada, edgetest.Password, code); status != 401 || problem != chat.SecondStepNeeded {
			t.Fatalf("%d %s", status, problem)
		}
	}
	if status, _, _ := enter(t, s, edgetest.Ada, edgetest.Password, ""); status != 429 {
		t.Errorf("the sixth: %d", status)
	}
}

// Of several who use one code at the same moment one comes in.
func TestACodeIsGoodOnce(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	id := s.AgentID(edgetest.Ada)
	if err := s.Store.SetSecondStep(t.Context(), id, chat.SecondStep{Secret: "X", Step: 5, Recovery: []string{"r"}}); err != nil {
		t.Fatal(err)
	}
	var in atomic.Int64
	done := make(chan error, 20)
	for i := range 20 {
		go func() {
			use := func() (bool, error) { return s.Store.UseStep(t.Context(), id, 6) }
			if i%2 == 0 {
				use = func() (bool, error) { return s.Store.UseRecovery(t.Context(), id, "r") }
			}
			ok, err := use()
			if ok {
				in.Add(1)
			}
			done <- err
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if in.Load() != 2 {
		t.Errorf("%d came in by two codes", in.Load())
	}
}
