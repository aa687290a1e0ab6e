package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"

	"dragoman/chat"
)

const (
	visitorByToken = `SELECT` + visitorColumns + `, v.subject, {now} - v.token_used FROM visitors v WHERE v.token = $1 AND v.site = $2`

	visitorByOtherToken = `SELECT` + visitorColumns + `, v.subject, {now} - k.used_at, k.holder, k.ended
FROM tokens k JOIN visitors v ON v.id = k.visitor WHERE k.hash = $1 AND v.site = $2`

	slideOtherToken = `UPDATE tokens SET used_at = {now} WHERE hash = $1`

	insertToken = `INSERT INTO tokens (hash, visitor, holder, ended, used_at) VALUES ($1, $2, $3, $4, {now})`

	// trimTokens keeps the tokens that were used last.
	trimTokens = `DELETE FROM tokens WHERE visitor = $1 AND hash NOT IN (SELECT k.hash FROM tokens k WHERE k.visitor = $1 ORDER BY k.used_at DESC, k.hash LIMIT $2)`

	endedTokens = `SELECT holder, hash FROM tokens WHERE ended AND holder {any $1}`
)

// holder is who a token is for.
type holder struct {
	chat.Visitor
	said    map[string]string
	subject string
	// was is the visitor that the token was made for: another than Visitor if he has turned out to be him.
	was string
	// ended tokens open nothing. other ones stand beside the visitor's row.
	ended, other bool
	// idle is how long it was not used, in milliseconds.
	idle int64
}

// ofToken finds out whose a token is; with lock he is held until the transaction ends. A token of nobody, and one that was not used for too long, is
// chat.BadToken.
func (s *Store) ofToken(t tx, site string, token [32]byte, lock bool) (*holder, error) {
	end := ""
	if lock {
		end = " {lock visitor}"
	}
	for _, query := range []string{visitorByToken, visitorByOtherToken} {
		var v visitorScan
		h := &holder{other: query == visitorByOtherToken}
		to := append(v.fields(), &h.subject, &h.idle)
		if h.other {
			to = append(to, &h.was, &h.ended)
		}
		err := t.row(query+end, token[:], site).Scan(to...)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if h.idle > tokenLife.Milliseconds() {
			return nil, badToken()
		}
		if h.Visitor, h.said = v.visitor(s), v.said(s); !h.other {
			h.was = h.ID
		}
		return h, nil
	}
	return nil, badToken()
}

// addToken gives a visitor one more token. Of too many the one goes that was not used for longest.
func addToken(t tx, hash [32]byte, visitor, holder string, ended bool) error {
	if _, err := t.exec(insertToken, hash[:], visitor, holder, ended); err != nil {
		return err
	}
	_, err := t.exec(trimTokens, visitor, chat.VisitorTokens)
	return err
}

// noToken is a hash that no token has.
func noToken() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return b
}

func badToken() error {
	return chat.Errorf(chat.BadToken, "This visitor's token is not valid any more: begin a new session.")
}

// EndedTokens returns the tokens that these visitors had and that have ended.
func (s *Store) EndedTokens(ctx context.Context, visitors []string) ([]chat.EndedToken, error) {
	return read(ctx, s, func(t tx) ([]chat.EndedToken, error) {
		var all []chat.EndedToken
		err := each(t, func(r scanner) error {
			var e chat.EndedToken
			var hash []byte
			err := r.Scan(&e.Visitor, &hash)
			copy(e.Hash[:], hash)
			all = append(all, e)
			return err
		}, endedTokens, visitors)
		return all, err
	})
}
