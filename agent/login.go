package agent

import (
	"net/http"
	"net/netip"
	"strings"
	"unicode"

	"dragoman/chat"
	"dragoman/internal/web"
)

// errWrong is the one answer to a wrong address, a wrong password and a disabled agent.
func errWrong() error {
	return chat.Errorf(chat.BadLogin, "The mail address or the password is wrong.")
}

// maxEmail is the longest mail address there is, in bytes.
const maxEmail = 254

// login serves POST /agent/v1/login: 204 and the session cookie.
func (e *Edge) login(w http.ResponseWriter, r *http.Request) error {
	own := e.front.Own(r)
	if own.Scheme != "https" && !loopback(own.Host) {
		return chat.Errorf(chat.Forbidden, "Logging in needs HTTPS, or the password could be read on its way: start with --tls, "+
			"or put a proxy with TLS in front and name it with --trusted-proxy. On the same machine http://localhost works.")
	}
	var q chat.LoginRequest
	if err := web.ReadJSON(w, r, &q); err != nil {
		return err
	}
	email := strings.TrimSpace(q.Email)
	// Control characters are refused here: a database that ends a text at NUL would let one account be tried under many names.
	if email == "" || q.Password == "" || len(email) > maxEmail || len(q.Password) > 4*MaxPassword || strings.ContainsFunc(email, unicode.IsControl) {
		return errWrong()
	}
	giveBack, err := e.tries.take(email, e.front.Client(r))
	if err != nil {
		return err
	}
	id, err := e.begin(r, email, q)
	// A try is used up by a wrong password and by a wrong code. The right password alone is none: it is asked for the code.
	if wrong := chat.CodeOf(err); wrong == chat.BadLogin || wrong == chat.SecondStepNeeded && q.Code != "" {
		return err
	}
	giveBack()
	if err != nil {
		return err
	}
	// Whoever was logged in here before is not any more: an id is never used for two logins.
	if err := e.end(r); err != nil {
		return err
	}
	http.SetCookie(w, cookie(id, own.Scheme == "https"))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// begin begins the session of somebody who has shown what his login asks for. Where that was changed while he was held against it, perhaps only by another login of his for
// which the hash was made anew, he is held against what is stored now, once; a code that was right is good once and not asked for again.
func (e *Edge) begin(r *http.Request, email string, q chat.LoginRequest) (string, error) {
	var proof chat.Proof
	for range 2 {
		a, known, err := e.checkPassword(r, email, q.Password)
		if err != nil {
			return "", err
		}
		secret, err := e.secondStep(r, a.ID, q.Code, proof.Secret)
		if err != nil {
			return "", err
		}
		id := newSession()
		session, _ := sessionIn(nameOf(false)+"="+id, false)
		proof = chat.Proof{PasswordHash: known.hash, Secret: secret}
		err = e.store.AddLogin(r.Context(), session, a.ID, proof, chat.LoginFrom{Device: deviceOf(r), Address: e.front.Client(r).String()})
		if err == nil {
			e.sessions.Good(session)
		}
		if err == nil && known.stale {
			e.rehash(r, a, known.hash, q.Password)
		}
		if chat.CodeOf(err) != chat.BadLogin {
			return id, err
		}
	}
	// It was changed twice while somebody logged in: nothing that he has typed was wrong.
	return "", chat.Errorf(chat.Unavailable, "What your login asks for is being changed at the moment. Log in again.")
}

// secondStep asks for a code where the agent has a second step, and returns the secret that it was held against, empty for none. For the secret held it was right a moment ago.
// Only who knows the password learns that there is one.
func (e *Edge) secondStep(r *http.Request, agent, code, held string) (secret string, err error) {
	second, err := e.store.SecondStep(r.Context(), agent)
	if err != nil || second.Secret == held {
		return second.Secret, err
	}
	if second.Secret == "" {
		return "", nil
	}
	if code == "" {
		return "", errSecondStep("Type the code of your authenticator app, or a recovery code.")
	}
	return second.Secret, e.checkCode(r.Context(), agent, second, code)
}

// deviceOf is what a browser calls itself, as much of it as is kept.
func deviceOf(r *http.Request) string {
	s := strings.Join(strings.Fields(chat.CleanText(r.UserAgent())), " ")
	return strings.ToValidUTF8(s[:min(len(s), chat.MaxDevice)], "")
}

// compared is the encoded hash that a password was right for, and whether that should be made anew.
type compared struct {
	hash  string
	stale bool
}

// checkPassword returns the agent, or errWrong. Unknown people and disabled ones cost the same work.
func (e *Edge) checkPassword(r *http.Request, email, password string) (chat.Agent, compared, error) {
	a, hash, err := e.store.AgentByEmail(r.Context(), email)
	if err != nil && chat.CodeOf(err) != chat.NotFound {
		return chat.Agent{}, compared{}, err
	}
	known := err == nil && !a.Disabled
	if !known {
		hash = ""
	}
	right, stale, err := e.hasher.check(r.Context(), hash, password)
	if err != nil {
		return chat.Agent{}, compared{}, err
	}
	if !right || !known {
		return chat.Agent{}, compared{}, errWrong()
	}
	return a, compared{hash, stale}, nil
}

// rehash stores the password with today's parameters. If that fails the login still holds, and the next one tries again.
func (e *Edge) rehash(r *http.Request, a chat.Agent, was, password string) {
	var hash string
	var failed error
	err := e.hasher.run(r.Context(), func() { hash, failed = HashPassword(password) })
	if err == nil {
		err = failed
	}
	if err == nil {
		err = e.store.RenewPasswordHash(r.Context(), a.ID, was, hash)
	}
	if err != nil {
		e.log.Warn().Err(err).Str("agent", a.ID).Msg("cannot renew a password hash")
	}
}

// logout serves POST /agent/v1/logout: the session ends, its sockets with it. Logging out twice is no error.
func (e *Edge) logout(w http.ResponseWriter, r *http.Request) error {
	if err := e.end(r); err != nil {
		return err
	}
	http.SetCookie(w, cookie("", e.front.Secure(r)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// end ends the login session that the request came with, if any.
func (e *Edge) end(r *http.Request) error {
	session, ok := sessionIn(cookies(r), e.front.Secure(r))
	if !ok {
		return nil
	}
	if err := e.store.EndLogin(r.Context(), session); err != nil {
		return err
	}
	e.hub.Revoke(credential(session), closeRevoked, "logged out")
	return nil
}

// loopback tells whether a host can only be this machine: browsers take such a page for secure without TLS.
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback()
}
