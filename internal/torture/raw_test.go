package torture

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dragoman/chat"
)

// raw is a WebSocket made of bytes: it can send what a library would refuse to.
type raw struct {
	net.Conn
	in *bufio.Reader
	// answer is the server's answer to the handshake.
	answer *http.Response
}

// The opcodes, and the bit of a frame that ends its message.
const (
	opContinue = 0x0
	opText     = 0x1
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xa
	fin        = 0x80
	masked     = 0x80
)

// dialRaw makes a handshake with these headers beside the usual ones; it does not mind what the answer is.
func dialRaw(server, path string, header http.Header) (*raw, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	c, err := net.DialTimeout("tcp", u.Host, 10*time.Second)
	if err != nil {
		return nil, err
	}
	r := &raw{Conn: c, in: bufio.NewReader(c)}
	h := http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-WebSocket-Version": {"13"}, "Sec-WebSocket-Protocol": {chat.Protocol},
		"Sec-WebSocket-Key": {"AAECAwQFBgcICQoLDA0ODw=="},
	}
	for k, v := range header {
		h[k] = v
	}
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", path, u.Host)
	_ = h.Write(&b)
	b.WriteString("\r\n")
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, b.String()); err != nil {
		c.Close()
		return nil, err
	}
	if r.answer, err = http.ReadResponse(r.in, nil); err != nil {
		c.Close()
		return nil, err
	}
	_ = c.SetDeadline(time.Time{})
	return r, nil
}

// head makes a masked frame's head: the first byte as it is given, and a length that may lie.
func head(first byte, length uint64) []byte {
	switch {
	case length < 126:
		return []byte{first, masked | byte(length), 1, 2, 3, 4}
	case length < 1<<16:
		return append(binary.BigEndian.AppendUint16([]byte{first, masked | 126}, uint16(length)), 1, 2, 3, 4)
	}
	return append(binary.BigEndian.AppendUint64([]byte{first, masked | 127}, length), 1, 2, 3, 4)
}

// frame makes a whole masked frame.
func frame(first byte, payload string) []byte {
	b := head(first, uint64(len(payload)))
	mask := []byte{1, 2, 3, 4}
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	return b
}

func text(s string) []byte { return frame(fin|opText, s) }

// closing makes a close frame.
func closing(code uint16, reason string) []byte {
	return frame(fin|opClose, string(binary.BigEndian.AppendUint16(nil, code))+reason)
}

// join puts frames one behind the other.
func join(frames ...[]byte) []byte {
	var all []byte
	for _, f := range frames {
		all = append(all, f...)
	}
	return all
}

// next reads one frame of the server.
func (r *raw) next() (op byte, payload []byte, err error) {
	var h [2]byte
	if _, err = io.ReadFull(r.in, h[:]); err != nil {
		return 0, nil, err
	}
	length := uint64(h[1] & 0x7f)
	switch length {
	case 126:
		var b [2]byte
		_, err = io.ReadFull(r.in, b[:])
		length = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, err = io.ReadFull(r.in, b[:])
		length = binary.BigEndian.Uint64(b[:])
	}
	if err == nil && length > 8<<20 {
		err = errors.New("the server sent a frame of more than 8 MiB")
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, length)
	_, err = io.ReadFull(r.in, payload)
	return h[0] & 0xf, payload, err
}

// reply reads until the answer to a call, or the end: "ok", an error code, the number of a close code, "cut" for an end
// without a word, or "silence".
func (r *raw) reply(id int64, within time.Duration) string {
	_ = r.SetReadDeadline(time.Now().Add(within))
	for {
		op, payload, err := r.next()
		if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
			return "silence"
		}
		if err != nil {
			return "cut"
		}
		switch op {
		case opClose:
			if len(payload) < 2 {
				return "1005"
			}
			return strconv.Itoa(int(binary.BigEndian.Uint16(payload)))
		case opText:
			var in chat.Reply
			if json.Unmarshal(payload, &in) != nil {
				return "rubbish: " + string(payload)
			}
			if in.ID != id || in.OK == nil && in.Error == nil {
				continue
			}
			if in.Error == nil {
				return "ok"
			}
			if in.Error.Text == "" {
				return "an error without a sentence"
			}
			return string(in.Error.Code)
		}
	}
}
