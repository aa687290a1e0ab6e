package agent

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"
)

// Passwords are hashed with argon2id at the parameters that OWASP gives as the minimum; about 40 ms and 19 MiB each.
const (
	hashTime    = 2
	hashMemory  = 19 * 1024 // KiB
	hashThreads = 1
	hashSalt    = 16 // bytes
	hashKey     = 32 // bytes

	// MinPassword and MaxPassword bound a password's length in code points.
	MinPassword = 12
	MaxPassword = 128

	// hashesPerCore is how many are computed at once, hashesWaiting how many more may wait, and hashWait for how long: a storm
	// of logins must not take the machine from those who chat.
	hashesPerCore = 2
	hashesWaiting = 64
	hashWait      = 10 * time.Second
)

// params are the parameters of one hash.
type params struct {
	memory, time uint32
	threads      uint8
}

var current = params{memory: hashMemory, time: hashTime, threads: hashThreads}

// HashPassword returns the encoded hash of a new password (a PHC string), or says what is wrong with the password.
func HashPassword(password string) (string, error) {
	password = norm.NFC.String(password)
	if !utf8.ValidString(password) {
		return "", chat.Errorf(chat.BadRequest, "The password is not valid UTF-8.")
	}
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return "", chat.Errorf(chat.BadRequest, "A password has %d to %d characters; this one has %d.", MinPassword, MaxPassword, n)
	}
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	return encode(current, salt, current.key(password, salt, hashKey)), nil
}

func (p params) key(password string, salt []byte, size int) []byte {
	return argon2.IDKey([]byte(password), salt, p.time, p.memory, p.threads, uint32(size))
}

func encode(p params, salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

var errHash = errors.New("the stored password hash cannot be read")

// decode reads an encoded hash. Parameters that would take a machine down are refused: the database is input too.
func decode(s string) (p params, salt, key []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, nil, nil, errHash
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, nil, nil, errHash
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return p, nil, nil, errHash
	}
	if p.memory > 1<<20 || p.time < 1 || p.time > 16 || p.threads < 1 || p.threads > 16 || len(salt) < 8 || len(key) < 16 || len(key) > 128 {
		return p, nil, nil, errHash
	}
	return p, salt, key, nil
}

// hasher checks passwords, a few at a time.
type hasher struct {
	running *semaphore.Weighted
	waiting *web.Slots[struct{}]
	// dummy is what the password of somebody unknown is compared with: nothing is equal to it.
	dummy string
	// count says how often the hash function has run.
	count atomic.Int64
}

func newHasher() *hasher {
	n := hashesPerCore * runtime.GOMAXPROCS(0)
	random := make([]byte, hashSalt+hashKey)
	_, _ = rand.Read(random)
	return &hasher{
		running: semaphore.NewWeighted(int64(n)),
		waiting: web.NewSlots[struct{}](n + hashesWaiting),
		dummy:   encode(current, random[:hashSalt], random[hashSalt:]),
	}
}

// check tells whether password belongs to the encoded hash, and if so whether that should be made anew with today's parameters. An
// empty hash is nobody's: it takes as long and is never right.
func (h *hasher) check(ctx context.Context, encoded, password string) (right, stale bool, err error) {
	if encoded == "" {
		encoded = h.dummy
	}
	p, salt, want, err := decode(encoded)
	if err != nil {
		return false, false, err
	}
	var got []byte
	err = h.run(ctx, func() { got = p.key(norm.NFC.String(password), salt, len(want)) })
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(got, want) == 1
	return right, p != current || len(want) != hashKey, nil
}

// run waits for its turn, but not for ever and not behind everybody.
func (h *hasher) run(ctx context.Context, f func()) error {
	busy := web.TooMany(hashWait, "Many people are logging in just now. Please try again in a moment.")
	leave, ok := h.waiting.Take(struct{}{})
	if !ok {
		return busy
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if h.running.Acquire(ctx, 1) != nil {
		return busy
	}
	defer h.running.Release(1)
	h.count.Add(1)
	f()
	return nil
}
