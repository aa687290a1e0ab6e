package swarm

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
)

// most is how many descriptors a swarm can know: more than any machine of ours allows one process.
const most = 1 << 17

// Swarm is the thread and its sockets.
type Swarm struct {
	poll    int
	sockets []atomic.Pointer[Socket] // by descriptor
	stopped atomic.Bool
	wake    [2]int // a pipe
	loop    sync.WaitGroup
	buffer  [256 << 10]byte
}

// New starts the thread. Close ends it.
func New() (*Swarm, error) {
	s := &Swarm{sockets: make([]atomic.Pointer[Socket], most)}
	var err error
	if s.poll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	if err := syscall.Pipe2(s.wake[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		_ = syscall.Close(s.poll)
		return nil, fmt.Errorf("pipe: %w", err)
	}
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(s.wake[0])}
	if err := syscall.EpollCtl(s.poll, syscall.EPOLL_CTL_ADD, s.wake[0], &event); err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	s.loop.Go(s.run)
	return s, nil
}

// Close drops all sockets, without a word to their servers, and ends the thread. No Closed is called any more when it has returned.
func (s *Swarm) Close() {
	if s.stopped.Swap(true) {
		return
	}
	_, _ = syscall.Write(s.wake[1], []byte{0})
	s.loop.Wait()
	for i := range s.sockets {
		if k := s.sockets[i].Swap(nil); k != nil {
			_ = syscall.Close(k.fd)
		}
	}
	for _, fd := range []int{s.poll, s.wake[0], s.wake[1]} {
		_ = syscall.Close(fd)
	}
}

func (s *Swarm) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	events := make([]syscall.EpollEvent, 512)
	for !s.stopped.Load() {
		n, err := syscall.EpollWait(s.poll, events, -1)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return
		}
		for _, e := range events[:max(n, 0)] {
			k := s.sockets[e.Fd].Load()
			if k == nil || k.generation != e.Pad {
				continue // closed while its event waited, and perhaps given to another
			}
			if e.Events&syscall.EPOLLOUT != 0 {
				k.flush()
			}
			if e.Events&^syscall.EPOLLOUT != 0 {
				k.read()
			}
		}
	}
}

// dial makes a socket that connects by itself. from may be the zero address.
func dial(from, to netip.AddrPort) (fd int, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = syscall.Close(fd)
		}
	}()
	_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1)
	if from.IsValid() {
		// The port is chosen at connect, where only the pair of addresses must be free: there are not 18,000 ports for bind.
		const bindAddressNoPort = 24
		_ = syscall.SetsockoptInt(fd, syscall.IPPROTO_IP, bindAddressNoPort, 1)
		if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: from.Addr().As4()}); err != nil {
			return 0, fmt.Errorf("bind to %s: %w", from.Addr(), err)
		}
	}
	err = syscall.Connect(fd, &syscall.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())})
	if err != nil && !errors.Is(err, syscall.EINPROGRESS) {
		return 0, fmt.Errorf("connect: %w", err)
	}
	return fd, nil
}
