//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"dragoman/chat"

	"github.com/coder/websocket"
)

// floorServer is what a chat server costs that does nothing but pass lines on: the same WebSocket library, the same frames, no storing, no
// rights, no translation, no resume. It shows what the rest of our server costs.
type floorServer struct {
	mu    sync.Mutex // guards rooms
	rooms map[string]*floorRoom
}

type floorRoom struct {
	mu      sync.Mutex // guards what follows; events are queued under it, so all see one order
	seq     int64
	members []*floorConn
}

// floorConn writes on demand, as ours does.
type floorConn struct {
	ws      *websocket.Conn
	mu      sync.Mutex // guards what follows
	queue   [][]byte
	writing bool
}

// runFloor serves until its standard input closes; the address is its first line.
func runFloor() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("http://" + l.Addr().String())
	f := &floorServer{rooms: map[string]*floorRoom{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /widget/v1/session", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(chat.SessionOK{Token: chat.NewID()})
	})
	mux.HandleFunc("POST /agent/v1/login", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "x"})
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/widget/v1/socket", f.socket)
	mux.HandleFunc("/agent/v1/socket", f.socket)
	go func() { _ = http.Serve(l, mux) }()
	_, _ = io.Copy(io.Discard, os.Stdin) // it ends with whoever started it
}

// floorCall is all fields of the calls that the load makes.
type floorCall struct {
	chat.Call
	chat.Send
	Token string `json:"token"`
}

func (f *floorServer) socket(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{chat.Protocol}, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	c := &floorConn{ws: ws}
	own := ""
	for {
		_, b, err := ws.Read(context.Background())
		if err != nil {
			return
		}
		var q floorCall
		if json.Unmarshal(b, &q) != nil {
			return
		}
		switch q.Call.Call {
		case chat.CallSend:
			if q.Conversation == "" {
				q.Conversation = own
			}
			f.send(c, q)
		case chat.CallOpen:
			f.room(q.Conversation).join(c)
			c.reply(q.ID, struct{}{})
		case chat.CallHello:
			if own = q.Token; own != "" {
				f.room(own).join(c)
			}
			c.reply(q.ID, chat.HelloOK{})
		default:
			c.reply(q.ID, struct{}{})
		}
	}
}

func (f *floorServer) room(id string) *floorRoom {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rooms[id] == nil {
		f.rooms[id] = &floorRoom{}
	}
	return f.rooms[id]
}

func (r *floorRoom) join(c *floorConn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, c)
}

// send answers and tells everybody in the room: the event is encoded once.
func (f *floorServer) send(c *floorConn, q floorCall) {
	r := f.room(q.Conversation)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	m := chat.Message{
		ID: chat.NewID(), Seq: r.seq, Rev: r.seq, Key: q.Key, Kind: chat.MessageLine, At: chat.TimeOf(time.Now()), Text: q.Text,
		Author: chat.Participant{ID: q.Conversation, Kind: chat.KindVisitor, Name: "Visitor", Online: true},
	}
	c.reply(q.ID, chat.SendOK{Conversation: q.Conversation, Message: m})
	event, err := json.Marshal(chat.MessageFrame{Event: chat.EvMessage, Conversation: q.Conversation, Prev: r.seq - 1, Rev: r.seq, Message: m})
	if err != nil {
		return
	}
	for _, o := range r.members {
		o.push(event)
	}
}

func (c *floorConn) reply(id int64, ok any) {
	body, err := json.Marshal(ok)
	if err != nil {
		return
	}
	frame, err := json.Marshal(chat.Reply{ID: id, OK: body})
	if err != nil {
		return
	}
	c.push(frame)
}

// push queues a frame, and starts a writer if there is none.
func (c *floorConn) push(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, frame)
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

func (c *floorConn) write() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.writing = false
			c.mu.Unlock()
			return
		}
		queue := c.queue
		c.queue = nil
		c.mu.Unlock()
		for _, frame := range queue {
			if c.ws.Write(context.Background(), websocket.MessageText, frame) != nil {
				return
			}
		}
	}
}
