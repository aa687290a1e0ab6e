package hub

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
)

// A socket that stays with net/http keeps the handler's goroutine with its grown stack, a 4 KiB reader and a 4 KiB writer:
// about 20 KiB for a visitor who reads a page. So the connection is taken away from it with small buffers, the handler
// returns, and a goroutine of our own reads.
const (
	readBuffer = 512
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
	w.link = &link{Conn: conn}
	// What the client has sent already stays in front; the reader must be able to show it all.
	early, _ := rw.Reader.Peek(rw.Reader.Buffered())
	r := bufio.NewReaderSize(bytes.NewReader(bytes.Clone(early)), max(readBuffer, len(early)))
	r.Peek(len(early))
	return w.link, bufio.NewReadWriter(r, bufio.NewWriterSize(w.link, writeBuffer)), nil
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

// link is the connection under a socket. The library writes a frame in two pieces, what fits into the small buffer and the rest;
// link sends both with one system call, so that a small buffer costs no second one.
type link struct {
	net.Conn
	head [writeBuffer]byte
	n    int // bytes in head
}

// Write writes b, or keeps it if it is the beginning of a frame whose rest comes with the next Write.
func (l *link) Write(b []byte) (int, error) {
	if l.n == 0 {
		if len(b) <= len(l.head) && frameLength(b) > len(b) {
			l.n = copy(l.head[:], b)
			return len(b), nil
		}
		return l.Conn.Write(b)
	}
	both := net.Buffers{l.head[:l.n], b}
	head := l.n
	l.n = 0
	n, err := both.WriteTo(l.Conn)
	return max(int(n)-head, 0), err
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
