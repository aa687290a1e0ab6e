package agent

import (
	"maps"
	"slices"
	"time"

	"dragoman/chat"

	"golang.org/x/crypto/argon2"
)

// For the tests in package agent_test.

// Calls returns the names of all calls that an agent may make.
func Calls() []chat.CallName { return slices.Sorted(maps.Keys(calls)) }

// Patterns returns all routes.
func (e *Edge) Patterns() []string { return slices.Sorted(maps.Keys(e.routes())) }

// Answers are what this edge answers that is not in package chat, by the names that openapi.yaml gives them.
func Answers() map[string]any {
	return map[string]any{"TermList": termList{}, "MemoryPage": memoryPage{}, "SpentPage": spentPage{}, "Texts": ownTexts{}, "Profile": profile{}, "LoginList": loginList{}, "NewSecondStep": newSecondStep{},
		"RecoveryList": recoveryList{}}
}

// Requests are what this edge is asked with, likewise.
func Requests() map[string]any {
	return map[string]any{"TextsPatch": ownTextsPatch{}, "DraftRequest": draftRequest{}, "PasswordChange": passwordChange{}, "SecondStepConfirm": secondStepConfirm{}, "PasswordAgain": passwordAgain{}}
}

// Hashes returns how often the hash function has run.
func (e *Edge) Hashes() int64 { return e.hasher.count.Load() }

// ForgetTries lets everybody try again.
func (e *Edge) ForgetTries() { e.tries = newTries(nil) }

// TOTP returns the code of a secret.
func TOTP(secret string, now time.Time) string {
	key, _ := plain32.DecodeString(secret) // one that the server has made
	return totpCode(key, now.Unix()/30)
}

// OldHash hashes a password as an earlier version might have.
func OldHash(password string) string {
	old := params{memory: 8 * 1024, time: 1, threads: 1}
	salt := []byte("0123456789abcdef")
	return encode(old, salt, argon2.IDKey([]byte(password), salt, old.time, old.memory, old.threads, 32))
}
