package hub

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// socket is the wire of a session: a WebSocket that was taken away from net/http.
//
// One goroutine reads. The one that waits, for hours perhaps, is always a new one, with a stack that nothing has grown; what has come
// is dealt with by another. See link and tasks. There is no timer, no context and no other goroutine for a socket on which nothing happens.
type socket struct {
	conn *websocket.Conn
	link *link
	s    *Session

	// Only the reader's: control frames within the window, and whether it is within a message.
	controls int
	window   time.Time
	midway   bool
}

// Socket upgrades a request and takes the connection over; it returns when the socket stands: at once, or when its turn
// has come. The edge has checked the origin where that must be done before hello. What is beyond this node's limits is told to come again: 503 with Retry-After.
func (h *Hub) Socket(w http.ResponseWriter, r *http.Request, e Edge) {
	if !h.admit(r.Context()) {
		h.refuse(w)
		return
	}
	s := &Session{hub: h, id: chat.NewID(), edge: e, due: h.clock() + chat.HelloTimeout}
	request := requestOf(r)
	s.address = request.RemoteIP
	k := &socket{s: s}
	s.wire = k
	over := &handover{ResponseWriter: w}
	conn, err := websocket.Accept(over, r, &websocket.AcceptOptions{
		Subprotocols:       []string{chat.Protocol},
		InsecureSkipVerify: true, // origins are compared whole, by the edge
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     k.pinged,
		OnPongReceived:     k.ponged,
	})
	if err != nil {
		return // the library has answered
	}
	conn.SetReadLimit(-1)           // we count ourselves, to close with the protocol's code
	runtime.SetFinalizer(conn, nil) // every session is ended; a finalizer for each is memory and work for the collector
	k.conn, k.link = conn, over.link
	h.sessionsMu.Lock()
	h.sessions[s] = struct{}{}
	h.sessionsMu.Unlock()
	switch {
	case h.isOver(): // who was let in just before a drain has his turn in it
		s.End(websocket.StatusServiceRestart, "restart")
	case conn.Subprotocol() != chat.Protocol:
		s.End(statusProtocol, "use the subprotocol "+chat.Protocol)
	}
	h.tasks.start(func() { k.read(request) })
}

// open tells whether this node still takes sockets on.
func (h *Hub) open() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return !h.draining
}

func (h *Hub) isOver() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.over
}

func requestOf(r *http.Request) *Request {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	// Cloned, because these are pieces of the header's buffer, which would stay as long as they do.
	return &Request{
		Origin: strings.Clone(r.Header.Get("Origin")), Host: strings.Clone(r.Host), RemoteIP: strings.Clone(ip),
		UserAgent: strings.Clone(r.UserAgent()), Cookie: strings.Join(r.Header.Values("Cookie"), "; "),
		TLS: r.TLS != nil || r.URL.Scheme == "https",
	}
}

// read waits for something to read. request is nil after hello.
func (k *socket) read(request *Request) {
	k.link.await()
	k.s.hub.tasks.run(func() { k.deal(request) })
}

// deal reads a call and deals with it, then lets a new goroutine wait for the next.
func (k *socket) deal(request *Request) {
	s := k.s
	idle := false // it was a ping or a pong
	ok := s.hub.guard("call", func() {
		buf, err := k.message()
		idle = errors.Is(err, errNothing)
		if err == nil {
			err = s.handle(buf.Bytes(), request)
		}
		if buf != nil {
			s.hub.buffers.Put(buf)
		}
		if err != nil && !idle {
			k.finish(err)
		}
	})
	if !ok {
		s.End(websocket.StatusInternalError, "internal")
	}
	s.relief()
	switch {
	case s.isEnded():
	case idle:
		s.hub.tasks.start(func() { k.read(request) })
	default:
		s.hub.tasks.start(func() { k.read(nil) })
	}
}

// finish ends the session for the reason for which reading has ended.
func (k *socket) finish(err error) {
	if c, ok := errors.AsType[*closing](err); ok {
		k.s.End(c.code, c.reason)
		return
	}
	k.s.End(0, "")
}

// message reads one message. It must be complete within chat.WriteTimeout of its beginning, whatever it is cut into: a
// deadline for each frame could be renewed for ever. The buffer is taken only when a message has begun.
func (k *socket) message() (*bytes.Buffer, error) {
	typ, r, err := k.conn.Reader(context.Background())
	if err != nil {
		return nil, err
	}
	if typ != websocket.MessageText {
		return nil, &closing{statusProtocol, "text frames only"}
	}
	k.midway = true
	k.link.begin()
	defer func() {
		k.link.finish()
		k.midway = false
	}()
	buf := k.s.hub.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	n, err := io.Copy(buf, io.LimitReader(r, chat.MaxFrame+1))
	if err != nil {
		return buf, err
	}
	if n > chat.MaxFrame {
		return buf, &closing{statusTooLarge, "frame too large"}
	}
	// To the end of the message, which the library wants seen.
	_, err = r.Read(make([]byte, 1))
	if err == io.EOF {
		err = nil
	}
	return buf, err
}

// pinged and ponged count control frames. The library answers pings; a flood of them is answered with the end.
func (k *socket) pinged(context.Context, []byte) bool { return k.control() }
func (k *socket) ponged(context.Context, []byte) {
	if k.control() {
		k.s.ponged()
	}
}

func (k *socket) control() bool {
	if !k.s.isEnded() && !k.midway { // once it has ended it is the library that reads, for the other side's close frame
		k.link.comeBack()
	}
	now := time.Now()
	if now.Sub(k.window) > chat.ControlWindow {
		k.window, k.controls = now, 0
	}
	k.controls++
	if k.controls <= chat.ControlFrames {
		return true
	}
	c := rateClosing(int(chat.ControlWindow / time.Second))
	k.s.End(c.code, c.reason)
	return false
}

func rateClosing(seconds int) closing {
	return closing{statusRate, fmt.Sprintf(`{"retry_after_s":%d}`, seconds)}
}

// write sends messages and pings past the library, which would take three locks and a system call for each, and keep a map of pings. Only
// pongs and close frames go through it.
func (k *socket) write(batch []outgoing) error {
	if len(batch) == 1 && len(batch[0].frame) > writeBatch {
		return k.link.send(appendHeader(nil, finText, len(batch[0].frame)), batch[0].frame)
	}
	buf := k.s.hub.buffers.Get().(*bytes.Buffer)
	defer k.s.hub.buffers.Put(buf)
	buf.Reset()
	for _, o := range batch {
		first := byte(finText)
		if o.ping {
			first = finPing
		}
		buf.Write(appendHeader(buf.AvailableBuffer(), first, len(o.frame)))
		buf.Write(o.frame)
	}
	return k.link.send(buf.Bytes())
}

// hurry makes a write that is under way fail.
func (k *socket) hurry() { k.link.SetWriteDeadline(time.Now()) }

func (k *socket) end(code websocket.StatusCode, reason string) {
	if code == 0 {
		k.conn.CloseNow()
		return
	}
	k.link.SetWriteDeadline(time.Now().Add(closeTimeout))
	k.link.close()
	k.conn.Close(code, reason)
}

// closeTimeout is how long the close frame may take; the library waits as long again for the other side's.
const closeTimeout = 5 * time.Second
