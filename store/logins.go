package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"dragoman/chat"
)

const (
	// loginIdle and loginLife are when a login session ends: without use, and in any case. Its use is written down at most once in loginSlide.
	loginIdle  = 12 * time.Hour
	loginLife  = 7 * 24 * time.Hour
	loginSlide = time.Minute

	insertLogin  = `INSERT INTO logins (hash, agent, created_at, used_at, device, address) VALUES ($1, $2, {now}, {now}, $3, $4)`
	expireLogins = `DELETE FROM logins WHERE used_at < {now} - $1 OR created_at < {now} - $2`
	agentByLogin = `SELECT` + agentColumns + `, {now} - l.used_at, {now} - l.created_at FROM logins l JOIN agents a ON a.id = l.agent
WHERE l.hash = $1 AND NOT a.disabled`
	slideLogin = `UPDATE logins SET used_at = {now} WHERE hash = $1`
	endLogin   = `DELETE FROM logins WHERE hash = $1`
	endLogins  = `DELETE FROM logins WHERE agent = $1`
	endOthers  = `DELETE FROM logins WHERE agent = $1 AND hash <> $2 RETURNING hash`
	lockProof  = `SELECT a.password_hash, a.totp, a.disabled FROM agents a WHERE a.id = $1 {lock}`
	liveLogins = `SELECT hash, device, address, created_at, used_at FROM logins WHERE agent = $1 AND used_at >= {now} - $2 AND created_at >= {now} - $3
ORDER BY used_at DESC, hash`
)

// AddLogin begins a login session and clears away those that have ended by themselves. If the proof is not what is stored of the agent by now, or he was disabled, none
// begins, and it is chat.BadLogin.
func (s *Store) AddLogin(ctx context.Context, session [32]byte, agent string, proof chat.Proof, from chat.LoginFrom) error {
	return change(ctx, s, func(t tx) error {
		stored, err := lockedProof(t, agent)
		if err == nil && stored != proof {
			err = errProof()
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(expireLogins, loginIdle.Milliseconds(), loginLife.Milliseconds()); err != nil {
			return err
		}
		_, err = t.exec(insertLogin, session[:], agent, from.Device, from.Address)
		return err
	})
}

// lockedProof returns what is stored of an agent who is not disabled, and holds his row until the transaction ends: who would change it waits, and then finds the login
// that began meanwhile.
func lockedProof(t tx, agent string) (chat.Proof, error) {
	var p chat.Proof
	var disabled bool
	err := t.row(lockProof, agent).Scan(&p.PasswordHash, &p.Secret, &disabled)
	if errors.Is(err, sql.ErrNoRows) {
		err = noAgent()
	}
	if err == nil && disabled {
		err = errProof()
	}
	return p, err
}

func errProof() error {
	return chat.Errorf(chat.BadLogin, "What your login asks for has just been changed: log in again.")
}

// AgentByLogin returns the agent of a live login session, or chat.BadLogin, and slides the session's end.
func (s *Store) AgentByLogin(ctx context.Context, session [32]byte) (chat.Agent, error) {
	var idle, age int64
	a, err := read(ctx, s, func(t tx) (chat.Agent, error) {
		a, _, err := s.scanAgent(withTail{t.row(agentByLogin, session[:]), []any{&idle, &age}})
		if errors.Is(err, sql.ErrNoRows) || err == nil && (idle > loginIdle.Milliseconds() || age > loginLife.Milliseconds()) {
			return chat.Agent{}, chat.Errorf(chat.BadLogin, "Your session has ended: log in again.")
		}
		return a, err
	})
	if err != nil || idle < loginSlide.Milliseconds() {
		return a, err
	}
	return a, change(ctx, s, func(t tx) error {
		_, err := t.exec(slideLogin, session[:])
		return err
	})
}

// withTail scans further columns after those that a scan function knows.
type withTail struct {
	row  scanner
	tail []any
}

func (w withTail) Scan(to ...any) error { return w.row.Scan(append(to, w.tail...)...) }

// EndLogin ends a login session; ending one that is not there is no error. Running servers end its sockets.
func (s *Store) EndLogin(ctx context.Context, session [32]byte) error {
	return s.set(ctx, func(t tx) error {
		_, err := t.exec(endLogin, session[:])
		return err
	})
}

// EndLogins ends all login sessions of an agent but keep, if that is not zero, and returns which ended. Running servers end their sockets.
func (s *Store) EndLogins(ctx context.Context, agent string, keep [32]byte) (ended [][32]byte, err error) {
	err = s.set(ctx, func(t tx) error {
		ended, err = endOtherLogins(t, agent, keep)
		return err
	})
	return ended, err
}

func endOtherLogins(t tx, agent string, keep [32]byte) (ended [][32]byte, err error) {
	err = each(t, func(r scanner) error {
		hash, err := loginHash(r)
		ended = append(ended, hash)
		return err
	}, endOthers, agent, keep[:])
	return ended, err
}

// loginHash scans a row that begins with the hash of a login session.
func loginHash(r scanner, tail ...any) (hash [32]byte, err error) {
	var b []byte
	if err := r.Scan(append([]any{&b}, tail...)...); err != nil {
		return hash, err
	}
	if len(b) != len(hash) {
		return hash, fmt.Errorf("the hash of a login session has %d bytes and not %d: delete that row of the table logins", len(b), len(hash))
	}
	return [32]byte(b), nil
}

// ChangePassword replaces an agent's encoded hash, if it is still the one that he was held against, and ends all his login sessions but keep, all of it or nothing. It
// returns which ended.
func (s *Store) ChangePassword(ctx context.Context, agent, was, hash string, keep [32]byte) ([][32]byte, error) {
	return s.changeProof(ctx, agent, was, keep, func(t tx) error { return found(noAgent)(t.exec(setPassword, agent, hash)) })
}

// ChangeSecondStep gives an agent a second step, or with the zero one takes it away, in the same manner.
func (s *Store) ChangeSecondStep(ctx context.Context, agent, passwordHash string, step chat.SecondStep, keep [32]byte) ([][32]byte, error) {
	return s.changeProof(ctx, agent, passwordHash, keep, func(t tx) error { return putSecondStep(t, agent, step) })
}

func (s *Store) changeProof(ctx context.Context, agent, was string, keep [32]byte, put func(tx) error) (ended [][32]byte, err error) {
	err = s.set(ctx, func(t tx) error {
		stored, err := lockedProof(t, agent)
		if err == nil && stored.PasswordHash != was {
			err = errProof()
		}
		if err == nil {
			err = put(t)
		}
		if err == nil {
			ended, err = endOtherLogins(t, agent, keep)
		}
		return err
	})
	return ended, err
}

// LoginsOf returns the live login sessions of an agent, the one that was used last first, and their hashes in the same order.
func (s *Store) LoginsOf(ctx context.Context, agent string) (all []chat.Login, hashes [][32]byte, err error) {
	all, err = read(ctx, s, func(t tx) ([]chat.Login, error) {
		found := []chat.Login{}
		hashes = nil
		err := each(t, func(r scanner) error {
			var l chat.Login
			hash, err := loginHash(r, &l.Device, &l.Address, &l.Began, &l.Used)
			// Half of the hash: it tells logins apart, and nobody makes a cookie of it.
			l.ID = hex.EncodeToString(hash[:16])
			found, hashes = append(found, l), append(hashes, hash)
			return err
		}, liveLogins, agent, loginIdle.Milliseconds(), loginLife.Milliseconds())
		return found, err
	})
	return all, hashes, err
}
