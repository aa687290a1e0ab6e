package swarm

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Dial says where a socket goes, and who is told what comes. The functions run on the swarm's thread, one after the other: they must
// not wait. All but Frame may be nil.
type Dial struct {
	// Server is IPv4 host:port; From the own address, zero for any.
	Server   netip.AddrPort
	From     netip.AddrPort
	Path     string
	Protocol string
	// Header is further lines of the request, each with its \r\n.
	Header string
	// Opened is called when the server has accepted the socket.
	Opened func(*Socket)
	// Frame gets the text of a frame; it is valid until Frame returns.
	Frame func(s *Socket, text []byte)
	// Closed is called once, when the socket has ended other than by Swarm.Close: *Refused, *Ended, or an error of the network.
	Closed func(*Socket, error)
}

// Refused is a handshake that was answered with something other than 101.
type Refused struct {
	Status int
	// RetryAfter is what the server asks for, 0 if it asks for nothing.
	RetryAfter time.Duration
}

func (r *Refused) Error() string { return fmt.Sprintf("the handshake was answered with %d", r.Status) }

// Ended is a close frame of the server.
type Ended struct {
	Code   int
	Reason string
}

func (e *Ended) Error() string { return fmt.Sprintf("closed by the server: %d %s", e.Code, e.Reason) }

// Socket is one client.
type Socket struct {
	swarm      *Swarm
	fd         int
	generation int32
	dial       Dial
	upgraded   bool
	rest       []byte // the beginning of a frame whose end has not come

	mu     sync.Mutex // guards what follows
	out    []byte     // what the kernel would not take yet
	closed bool
}

var generations atomic.Int32

// Dial begins to connect a socket; how that ends is told to Opened or Closed.
func (s *Swarm) Dial(d Dial) (*Socket, error) {
	fd, err := dial(d.From, d.Server)
	if err != nil {
		return nil, err
	}
	k := &Socket{swarm: s, fd: fd, generation: generations.Add(1), dial: d}
	k.out = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: %s\r\n%s\r\n", d.Path, d.Server, d.Protocol, d.Header)
	s.sockets[fd].Store(k)
	event := k.event(syscall.EPOLLIN | syscall.EPOLLOUT)
	if err := syscall.EpollCtl(s.poll, syscall.EPOLL_CTL_ADD, fd, &event); err != nil {
		s.sockets[fd].Store(nil)
		_ = syscall.Close(fd)
		return nil, fmt.Errorf("epoll: %w", err)
	}
	return k, nil
}

func (k *Socket) event(events uint32) syscall.EpollEvent {
	return syscall.EpollEvent{Events: events, Fd: int32(k.fd), Pad: k.generation}
}

// mask is every frame's: the server cannot tell, and need not be protected from us.
var mask = [4]byte{0x5c, 0xa1, 0xab, 0x1e}

const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// AppendText appends a text frame as a client sends it.
func AppendText(b, text []byte) []byte { return appendFrame(b, opText, text) }

func appendFrame(b []byte, op byte, payload []byte) []byte {
	b = append(b, 0x80|op)
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = append(b, 0x80|126, byte(n>>8), byte(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	b = append(b, mask[:]...)
	from := len(b)
	b = append(b, payload...)
	for i := range payload {
		b[from+i] ^= mask[i&3]
	}
	return b
}

// Send sends a text frame.
func (k *Socket) Send(text []byte) error { return k.Write(AppendText(nil, text)) }

// Write sends frames that AppendText has made. What the kernel does not take at once goes out later.
func (k *Socket) Write(frames []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return io.ErrClosedPipe
	}
	if len(k.out) > 0 {
		k.out = append(k.out, frames...)
		return nil
	}
	n, err := syscall.Write(k.fd, frames)
	if err != nil && !errors.Is(err, syscall.EAGAIN) {
		return err
	}
	if rest := frames[max(n, 0):]; len(rest) > 0 {
		k.out = append(k.out, rest...)
		event := k.event(syscall.EPOLLIN | syscall.EPOLLOUT)
		return syscall.EpollCtl(k.swarm.poll, syscall.EPOLL_CTL_MOD, k.fd, &event)
	}
	return nil
}

// Drop ends the socket without a close frame, as a network does. Closed is called.
func (k *Socket) Drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closed {
		_ = syscall.Shutdown(k.fd, syscall.SHUT_RDWR)
	}
}

// flush writes what waits. A connection that could not be made shows in read.
func (k *Socket) flush() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if n, err := syscall.Write(k.fd, k.out); err == nil {
		k.out = k.out[n:]
	}
	if len(k.out) == 0 {
		k.out = nil
		event := k.event(syscall.EPOLLIN)
		_ = syscall.EpollCtl(k.swarm.poll, syscall.EPOLL_CTL_MOD, k.fd, &event)
	}
}

// read takes what has come and hands out whole frames.
func (k *Socket) read() {
	buffer := k.swarm.buffer[:]
	n, err := syscall.Read(k.fd, buffer[copy(buffer, k.rest):])
	switch {
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
		return
	case err != nil:
		k.close(err)
		return
	case n == 0:
		k.close(io.EOF)
		return
	}
	left, err := k.take(buffer[:len(k.rest)+n])
	if err != nil {
		k.close(err)
		return
	}
	if len(left) == len(buffer) {
		k.close(errors.New("a frame of more than 256 KiB"))
		return
	}
	k.rest = append(k.rest[:0], left...)
	if len(k.rest) == 0 {
		k.rest = nil
	}
}

// take handles what is whole in b and returns what is not.
func (k *Socket) take(b []byte) ([]byte, error) {
	if !k.upgraded {
		end := bytes.Index(b, []byte("\r\n\r\n"))
		if end < 0 {
			return b, nil
		}
		if err := accepted(b[:end+4]); err != nil {
			return nil, err
		}
		k.upgraded = true
		b = b[end+4:]
		if k.dial.Opened != nil {
			k.dial.Opened(k)
		}
	}
	for len(b) >= 2 {
		head, size := 2, int(b[1]&0x7f)
		switch {
		case size == 126 && len(b) >= 4:
			head, size = 4, int(binary.BigEndian.Uint16(b[2:]))
		case size == 127 && len(b) >= 10:
			head, size = 10, int(binary.BigEndian.Uint64(b[2:]))
		case size > 125:
			return b, nil
		}
		if len(b) < head+size {
			return b, nil
		}
		if err := k.frame(b[0], b[head:head+size]); err != nil {
			return nil, err
		}
		b = b[head+size:]
	}
	return b, nil
}

// accepted tells whether the server has answered with 101.
func accepted(head []byte) error {
	if bytes.HasPrefix(head, []byte("HTTP/1.1 101 ")) {
		return nil
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(head)), nil)
	if err != nil {
		return fmt.Errorf("the handshake: %w", err)
	}
	resp.Body.Close()
	s, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return &Refused{Status: resp.StatusCode, RetryAfter: time.Duration(s) * time.Second}
}

func (k *Socket) frame(first byte, payload []byte) error {
	switch first {
	case 0x80 | opText:
		k.dial.Frame(k, payload)
	case 0x80 | opPing:
		return k.Write(appendFrame(nil, opPong, payload))
	case 0x80 | opPong:
	case 0x80 | opClose:
		if len(payload) < 2 {
			return &Ended{}
		}
		return &Ended{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[2:])}
	default:
		return fmt.Errorf("a frame that no server of ours sends, it begins with %#x", first)
	}
	return nil
}

func (k *Socket) close(why error) {
	k.mu.Lock()
	k.closed = true
	k.swarm.sockets[k.fd].Store(nil)
	_ = syscall.Close(k.fd)
	k.mu.Unlock()
	if k.dial.Closed != nil {
		k.dial.Closed(k, why)
	}
}
