package agent

import (
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"
)

// What agents do about themselves: password, login sessions, the second step of the login. Whoever sits down at an open console knows no password, so what would
// shut its owner out asks for it.

// profile is what an agent is told of himself that is not told with hello.
type profile struct {
	Email string    `json:"email"`
	Name  string    `json:"name"`
	Role  chat.Role `json:"role"`
	// SecondStep tells whether his login asks for a code, and RecoveryLeft how many recovery codes are left.
	SecondStep   bool `json:"second_step"`
	RecoveryLeft int  `json:"recovery_left"`
}

// passwordChange asks for a new password.
type passwordChange struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// loginList are an agent's login sessions, the one that was used last first.
type loginList struct {
	Logins []chat.Login `json:"logins"`
}

// newSecondStep is a secret for an agent's app, which counts once it is confirmed. URL is what the picture holds that apps read.
type newSecondStep struct {
	Secret string `json:"secret"`
	URL    string `json:"url"`
}

// secondStepConfirm confirms a secret by a code that the app has made of it.
type secondStepConfirm struct {
	Password string `json:"password"`
	Secret   string `json:"secret"`
	Code     string `json:"code"`
}

// recoveryList are recovery codes, which are shown this once.
type recoveryList struct {
	Recovery []string `json:"recovery"`
}

// passwordAgain is the password of who is logged in.
type passwordAgain struct {
	Password string `json:"password"`
}

// me serves GET /agent/v1/me.
func (e *Edge) me(w http.ResponseWriter, r *http.Request, by asker) error {
	second, err := e.store.SecondStep(r.Context(), by.ID)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, profile{Email: by.Email, Name: by.Name, Role: by.Role, SecondStep: second.Secret != "", RecoveryLeft: len(second.Recovery)})
}

// setPassword serves POST /agent/v1/me/password: all other login sessions end with the old one.
func (e *Edge) setPassword(w http.ResponseWriter, r *http.Request, by asker) error {
	var q passwordChange
	if err := web.ReadJSON(w, r, &q); err != nil {
		return err
	}
	was, err := e.again(r, by, q.Old)
	if err != nil {
		return err
	}
	var hash string
	var failed error
	if err := e.hasher.run(r.Context(), func() { hash, failed = HashPassword(q.New) }); err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	ended, err := e.store.ChangePassword(r.Context(), by.ID, was, hash, by.session)
	if err != nil {
		return err
	}
	e.revoke(ended)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// again holds a password against that of who is logged in, and returns the hash that it was right for. Tries count with those of the login.
func (e *Edge) again(r *http.Request, by asker, password string) (hash string, err error) {
	giveBack, err := e.tries.take(by.Email, e.front.Client(r))
	if err != nil {
		return "", err
	}
	_, known, err := e.checkPassword(r, by.Email, password)
	if chat.CodeOf(err) == chat.BadLogin {
		return "", chat.Errorf(chat.Forbidden, "This is not your password.")
	}
	giveBack()
	return known.hash, err
}

// logins serves GET /agent/v1/me/logins.
func (e *Edge) logins(w http.ResponseWriter, r *http.Request, by asker) error {
	all, hashes, err := e.store.LoginsOf(r.Context(), by.ID)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Current = hashes[i] == by.session
	}
	return web.WriteJSON(w, http.StatusOK, loginList{all})
}

// endOneLogin serves DELETE /agent/v1/me/logins/{id}.
func (e *Edge) endOneLogin(w http.ResponseWriter, r *http.Request, by asker) error {
	all, hashes, err := e.store.LoginsOf(r.Context(), by.ID)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID != r.PathValue("id") {
			continue
		}
		if err := e.store.EndLogin(r.Context(), hashes[i]); err != nil {
			return err
		}
		e.hub.Revoke(credential(hashes[i]), closeRevoked, "logged out")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return chat.Errorf(chat.NotFound, "This session has ended already.")
}

// endAllLogins serves DELETE /agent/v1/me/logins: signed out everywhere, here too.
func (e *Edge) endAllLogins(w http.ResponseWriter, r *http.Request, by asker) error {
	ended, err := e.store.EndLogins(r.Context(), by.ID, SessionHash{})
	if err != nil {
		return err
	}
	e.revoke(ended)
	http.SetCookie(w, cookie("", e.front.Secure(r)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// revoke ends the sockets of login sessions that have ended: here at once, on other servers within two seconds.
func (e *Edge) revoke(ended []SessionHash) {
	for _, hash := range ended {
		e.hub.Revoke(credential(hash), closeRevoked, "logged out")
	}
}

// beginSecondStep serves POST /agent/v1/me/second-step: a secret, which is stored nowhere until it is confirmed.
func (e *Edge) beginSecondStep(w http.ResponseWriter, r *http.Request, by asker) error {
	secret := newSecret()
	return web.WriteJSON(w, http.StatusOK, newSecondStep{secret, totpAddress(secret, e.front.Own(r).Host, by.Email)})
}

// confirmSecondStep serves PUT /agent/v1/me/second-step: from now on the login asks for a code, and all other login sessions end, which began without it. A second step that
// was there before goes, with its recovery codes.
func (e *Edge) confirmSecondStep(w http.ResponseWriter, r *http.Request, by asker) error {
	var q secondStepConfirm
	if err := web.ReadJSON(w, r, &q); err != nil {
		return err
	}
	hash, err := e.again(r, by, q.Password)
	if err != nil {
		return err
	}
	step, ok := stepOf(q.Secret, q.Code, e.now())
	if !ok {
		return web.WithStatus(http.StatusForbidden, errSecondStep("This is not the code that the app shows now. If it is, the clock of the phone or of the server is wrong."))
	}
	codes, hashes := newRecovery()
	ended, err := e.store.ChangeSecondStep(r.Context(), by.ID, hash, chat.SecondStep{Secret: q.Secret, Step: step, Recovery: hashes}, by.session)
	if err != nil {
		return err
	}
	e.revoke(ended)
	return web.WriteJSON(w, http.StatusOK, recoveryList{codes})
}

// endSecondStep serves POST /agent/v1/me/second-step/off: all other login sessions end with it, as with every change of what the login asks for.
func (e *Edge) endSecondStep(w http.ResponseWriter, r *http.Request, by asker) error {
	var q passwordAgain
	if err := web.ReadJSON(w, r, &q); err != nil {
		return err
	}
	hash, err := e.again(r, by, q.Password)
	if err != nil {
		return err
	}
	ended, err := e.store.ChangeSecondStep(r.Context(), by.ID, hash, chat.SecondStep{}, by.session)
	if err != nil {
		return err
	}
	e.revoke(ended)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
