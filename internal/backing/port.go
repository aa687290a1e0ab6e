package backing

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// Ports are given out from portsFirst on, below those that systems give to connections and to whoever listens on any port: from among those another
// process would be given one while its server is about to start, or is down for a while. lockAbove is how far above a port its lock is.
const (
	portsFirst = 10240
	portsMany  = 5000
	lockAbove  = portsMany
	portTries  = 1000
)

// Port is a port on 127.0.0.1 that no other server of the tests has, of this process or of another one, whether it listens or not. A listener a
// little above it, which is held until GiveBack or the end of the process, keeps everybody else away.
type Port struct {
	number int
	lock   net.Listener
}

// TakePort takes a port that is free, as those are that lie each of further above it: a server of a Redis Cluster also takes the one 10,000 above its
// own.
func TakePort(further ...int) (*Port, error) {
	for range portTries {
		if p := take(portsFirst+rand.IntN(portsMany), further); p != nil {
			return p, nil
		}
	}
	return nil, errors.New("no free ports")
}

// PortOf is TakePort for a test, which has the port until it ends.
func PortOf(tb testing.TB, further ...int) *Port {
	tb.Helper()
	p, err := TakePort(further...)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(p.GiveBack)
	return p
}

// take returns nil for a port that somebody has.
func take(number int, further []int) *Port {
	p := &Port{number: number}
	lock, err := net.Listen("tcp", p.at(lockAbove))
	if err != nil {
		return nil
	}
	p.lock = lock
	if !p.isFree(append(further, 0)) {
		p.GiveBack()
		return nil
	}
	return p
}

// String is the number.
func (p *Port) String() string { return strconv.Itoa(p.number) }

// Address is host:port.
func (p *Port) Address() string { return p.at(0) }

// GiveBack lets others have the port. Its server must have ended.
func (p *Port) GiveBack() { _ = p.lock.Close() }

func (p *Port) at(above int) string { return fmt.Sprint("127.0.0.1:", p.number+above) }

// isFree tells whether nobody listens, for reasons of his own, on the ports that lie so far above.
func (p *Port) isFree(above []int) bool {
	for _, a := range above {
		l, err := net.Listen("tcp", p.at(a))
		if err != nil {
			return false
		}
		_ = l.Close()
	}
	return true
}
