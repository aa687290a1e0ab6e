package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"dragoman/chat"
)

// The second step of an agent's login. Both kinds of codes are good once: whoever uses one takes it, in one statement or with the agent's row locked.
const (
	secondStep    = `SELECT a.totp, a.totp_step, a.recovery FROM agents a WHERE a.id = $1`
	setSecondStep = `UPDATE agents SET totp = $2, totp_step = $3, recovery = $4 WHERE id = $1`
	useStep       = `UPDATE agents SET totp_step = $2 WHERE id = $1 AND totp <> '' AND totp_step < $2`
	setRecovery   = `UPDATE agents SET recovery = $2 WHERE id = $1`
)

// SecondStep returns an agent's second step; the zero one if there is none.
func (s *Store) SecondStep(ctx context.Context, agent string) (chat.SecondStep, error) {
	return read(ctx, s, func(t tx) (chat.SecondStep, error) { return scanSecondStep(t, secondStep, agent) })
}

func scanSecondStep(t tx, query, agent string) (step chat.SecondStep, err error) {
	var recovery string
	err = t.row(query, agent).Scan(&step.Secret, &step.Step, &recovery)
	if errors.Is(err, sql.ErrNoRows) {
		err = noAgent()
	}
	step.Recovery = stringList(recovery)
	return step, err
}

// SetSecondStep gives an agent a second step, or with the zero one takes it away. His sessions go on: see ChangeSecondStep.
func (s *Store) SetSecondStep(ctx context.Context, agent string, step chat.SecondStep) error {
	return s.set(ctx, func(t tx) error { return putSecondStep(t, agent, step) })
}

func putSecondStep(t tx, agent string, step chat.SecondStep) error {
	if step.Recovery == nil {
		step.Recovery = []string{}
	}
	return found(noAgent)(t.exec(setSecondStep, agent, step.Secret, step.Step, asJSON(step.Recovery)))
}

// UseStep takes the code of a step, and tells false if it or a later one has been used.
func (s *Store) UseStep(ctx context.Context, agent string, step int64) (bool, error) {
	return write(ctx, s, func(t tx) (bool, error) {
		n, err := t.exec(useStep, agent, step)
		return n == 1, err
	})
}

// UseRecovery takes a recovery code by its hash, and tells false if there is no such one left.
func (s *Store) UseRecovery(ctx context.Context, agent, hash string) (bool, error) {
	return write(ctx, s, func(t tx) (bool, error) {
		step, err := scanSecondStep(t, secondStep+" {lock}", agent)
		at := slices.Index(step.Recovery, hash)
		if err != nil || at < 0 || step.Secret == "" {
			return false, err
		}
		_, err = t.exec(setRecovery, agent, asJSON(slices.Delete(step.Recovery, at, at+1)))
		return err == nil, err
	})
}
