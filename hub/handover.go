package hub

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"dragoman/chat"
)

// A socket that stays with net/http keeps the handler's goroutine with its grown stack, a 4 KiB reader and a 4 KiB writer:
// about 20 KiB for a visitor who reads a page. So the connection is taken away from it with small buffers, the handler
// returns, and a goroutine of our own reads.
const (
	// readBuffer is what link reads at once: most calls are shorter. What is longer goes straight to whoever reads the message.
	readBuffer = 256
	// writeBuffer holds a frame's header and a little more; link joins it with the rest.
	writeBuffer = 16
	// sendBuffer is what the kernel may hold of what was written: large enough for a connection around the world, small
	// enough that a slow reader's pong does not wait behind megabytes.
	sendBuffer = 64 << 10
)

// handover is a ResponseWriter whose Hijack returns small buffers and remembers the connection.
type handover struct {
	http.ResponseWriter
	link *link
}

// Hijack implements http.Hijacker.
func (w *handover) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	if err := rw.Writer.Flush(); err != nil {
		conn.Close()
		return nil, nil, err
	}
	limitSendBuffer(conn)
	// What the client has sent already stays in front.
	early, _ := rw.Reader.Peek(rw.Reader.Buffered())
	w.link = &link{Conn: conn, arrived: bytes.Clone(early)}
	w.link.library = bufio.NewReaderSize(w.link, 0) // as small as they come: link has a buffer
	return w.link, bufio.NewReadWriter(w.link.library, bufio.NewWriterSize(w.link, writeBuffer)), nil
}

// limitSendBuffer looks through TLS for the TCP connection.
func limitSendBuffer(conn net.Conn) {
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		t.SetWriteBuffer(sendBuffer)
	}
}

// link is the connection under a socket. It stands between the connection and the library for two reasons.
//
// Reading: the library needs 2 KiB of stack to get to where it waits, and a goroutine that has grown its stack to 4 KiB keeps it for as
// long as it waits. So await waits instead, on a stack that has not grown, and the library is called when there is something to read.
//
// Writing: messages go past the library, several with one system call. It writes its own control frames in two pieces, what fits
// into the small buffer and the rest; link sends both at once, and never makes the library wait for a slow reader of messages.
type link struct {
	net.Conn

	// Mutexes and flags stand together, so that the whole takes 384 bytes.
	reading   sync.Mutex // guards what is about reading; held while waiting: the library reads beside us when it closes
	closingMu sync.Mutex // guards closing; never held while waiting
	sending   sync.Mutex // guards what is about writing; never held while writing

	library  *bufio.Reader // the library's, to see whether it has taken in more than it has used
	arrived  []byte        // not yet given to the library
	in       [readBuffer]byte
	turnBack bool // the next Read that would have to wait returns errNothing instead
	// midway is true within a message. Most come in one piece, so that no Read waits: only for one that does is the deadline set, and limited.
	midway, limited bool

	closing bool // the library reads for its closing handshake, so library is not ours to look at any more

	busy    bool
	over    bool // a close frame has been written: no data may come after it
	n       byte // bytes in head
	head    [writeBuffer]byte
	free    chan struct{} // closed when busy ends; nil while nobody waits
	waiting []byte        // control frames that are still to be written
}

// errNothing comes out of the library when it would have begun to wait for another frame, after a pong, say.
var errNothing = errors.New("nothing to read")

// await returns when there is something to read, be it an error, which the library will meet in its turn.
func (l *link) await() {
	l.reading.Lock()
	defer l.reading.Unlock()
	if len(l.arrived) > 0 || l.taken() {
		return
	}
	n, _ := l.Conn.Read(l.in[:])
	l.arrived = l.in[:n]
}

// taken tells whether the library has taken in more than it has used, or reads by itself.
func (l *link) taken() bool {
	l.closingMu.Lock()
	defer l.closingMu.Unlock()
	return l.closing || l.library.Buffered() > 0
}

// close says that the library is about to read by itself, beside whoever awaits.
func (l *link) close() {
	l.closingMu.Lock()
	defer l.closingMu.Unlock()
	l.closing = true
}

// comeBack makes the library return with errNothing rather than wait, if it stands between two frames. It is for the library's
// callbacks, which it calls when a control frame is read to its end.
func (l *link) comeBack() {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.turnBack = len(l.arrived) == 0 && l.library.Buffered() == 0
}

// begin says that a message has begun.
func (l *link) begin() {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.midway = true
}

// finish says that the message is complete.
func (l *link) finish() {
	l.reading.Lock()
	defer l.reading.Unlock()
	l.midway = false
	if l.limited {
		l.limited = false
		l.SetReadDeadline(time.Time{})
	}
}

// Read gives the library what has arrived, or waits.
func (l *link) Read(b []byte) (int, error) {
	l.reading.Lock()
	defer l.reading.Unlock()
	if l.turnBack {
		l.turnBack = false
		return 0, errNothing
	}
	if len(l.arrived) == 0 {
		if l.midway && !l.limited {
			l.limited = true
			l.SetReadDeadline(time.Now().Add(chat.WriteTimeout))
		}
		if len(b) >= len(l.in) {
			return l.Conn.Read(b)
		}
		n, err := l.Conn.Read(l.in[:])
		l.arrived = l.in[:n]
		if n == 0 {
			return 0, err
		}
	}
	n := copy(b, l.arrived)
	if l.arrived = l.arrived[n:]; len(l.arrived) == 0 {
		l.arrived = nil // it may be all that holds what came early
	}
	return n, nil
}

// Write is the library's: control frames. It keeps b if that is the beginning of a frame whose rest comes with the next Write. While
// messages are being written pings and pongs wait for those to end, and the library need not. For a close frame it does: it hangs up after it.
func (l *link) Write(b []byte) (int, error) {
	l.sending.Lock()
	defer l.sending.Unlock()
	if l.n == 0 {
		l.over = l.over || len(b) > 0 && b[0]&0x0f == opClose
		if len(b) <= len(l.head) && frameLength(b) > len(b) {
			l.n = byte(copy(l.head[:], b))
			return len(b), nil
		}
	}
	l.waiting = append(append(l.waiting, l.head[:l.n]...), b...)
	l.n = 0
	if l.busy && !l.over {
		return len(b), nil
	}
	l.waitLocked()
	l.busy = true
	return len(b), l.doneLocked(nil)
}

// waitLocked waits until nobody writes.
func (l *link) waitLocked() {
	for l.busy {
		if l.free == nil {
			l.free = make(chan struct{})
		}
		free := l.free
		l.sending.Unlock()
		<-free
		l.sending.Lock()
	}
}

// send writes whole frames, in as many parts as they come in. Only the session's writer calls it.
func (l *link) send(parts ...[]byte) error {
	l.sending.Lock()
	defer l.sending.Unlock()
	l.waitLocked()
	if l.over {
		return net.ErrClosed
	}
	l.busy = true
	l.sending.Unlock()
	var err error
	if all := net.Buffers(parts); len(all) == 1 {
		_, err = l.Conn.Write(all[0])
	} else {
		_, err = all.WriteTo(l.Conn)
	}
	l.sending.Lock()
	return l.doneLocked(err)
}

// doneLocked writes the control frames that wait, unless writing has failed, and gives way to others.
func (l *link) doneLocked(err error) error {
	for err == nil && len(l.waiting) > 0 {
		frames := l.waiting
		l.waiting = nil
		l.sending.Unlock()
		_, err = l.Conn.Write(frames)
		l.sending.Lock()
	}
	l.busy = false
	if l.free != nil {
		close(l.free)
		l.free = nil
	}
	return err
}

// What of RFC 6455 (section 5.2) a server needs to send a text or a ping in one frame and to know a close frame.
const (
	finText = 0x81
	finPing = 0x89
	opClose = 0x8
)

// appendHeader appends the header of a frame with n bytes.
func appendHeader(b []byte, first byte, n int) []byte {
	switch {
	case n < 126:
		return append(b, first, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, first, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(b, first, 127), uint64(n))
}

// frameLength returns how long the unmasked WebSocket frame is that begins with b, header included.
func frameLength(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch n := int(b[1] & 0x7f); {
	case n < 126:
		return n + 2
	case n == 126 && len(b) >= 4:
		return int(b[2])<<8 + int(b[3]) + 4
	case n == 127 && len(b) >= 10:
		// No frame of ours is longer than 31 bits can say.
		return int(b[6])<<24 + int(b[7])<<16 + int(b[8])<<8 + int(b[9]) + 10
	}
	return len(b)
}
