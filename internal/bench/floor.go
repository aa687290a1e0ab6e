package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/internal/process"

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

// runFloor serves until it is killed; the address is its first line.
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
	_ = http.Serve(l, mux)
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

// floorVisitors and floorConsoles are the crowd of the comparison, the one of docs/benchmarks.md.
const (
	floorVisitors = 1000
	floorConsoles = 50
)

// floor compares the processor time of our server with that of the floor: same generator, same crowd, rounds in turn.
func (b *bench) floor(ctx context.Context) error {
	var floors, ours []result
	for range b.rounds {
		f, err := b.floorRound(ctx)
		if err != nil {
			return fmt.Errorf("the floor: %w", err)
		}
		o, err := b.ourRound(ctx)
		if err != nil {
			return err
		}
		floors, ours = append(floors, f), append(ours, o)
	}
	cpu := func(rs []result) float64 { return median(pick(rs, func(r result) float64 { return r.cpu })) }
	row := func(name string, rs []result) []string {
		dur := func(of func(result) time.Duration) string { return ms(median(pick(rs, of))) }
		return []string{name, fmt.Sprintf("%.0f", cpu(rs)), fmt.Sprintf("%.2f", cpu(rs)/cpu(floors)), dur(func(r result) time.Duration { return r.ack99 }),
			dur(func(r result) time.Duration { return r.shown50 }), dur(func(r result) time.Duration { return r.shown99 }), dur(func(r result) time.Duration { return r.late99 })}
	}
	table(fmt.Sprintf("Against the floor at %d lines a second: %d visitors, %d consoles, medians of %d rounds of %d s in turn", b.floorRate, floorVisitors, floorConsoles, b.rounds, b.seconds),
		[]string{"", "CPU ms per 1,000 lines", "ratio", "ack p99 ms", "shown p50 ms", "shown p99 ms", "generator late p99 ms"},
		row("floor: passes on, stores nothing", floors),
		row("dragoman: SQLite FULL, inbox open, engine none", ours))
	return nil
}

// result is one round.
type result struct {
	cpu                             float64 // ms per 1,000 lines
	ack99, shown50, shown99, late99 time.Duration
}

func pick[T any](rs []result, of func(result) T) []T {
	var out []T
	for _, r := range rs {
		out = append(out, of(r))
	}
	return out
}

func (b *bench) floorRound(ctx context.Context) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	cmd := exec.CommandContext(ctx, self, "floor")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	var url string
	if _, err := fmt.Fscanln(out, &url); err != nil {
		return result{}, err
	}
	return b.round(ctx, url, "", "", func() (time.Duration, error) { return process.CPU(cmd.Process.Pid) })
}

func (b *bench) ourRound(ctx context.Context) (result, error) {
	// Everybody reads the same language: no translation is wanted, as there is none at the floor.
	p, site, err := b.program(ctx, "es", "es", floorConsoles)
	if err != nil {
		return result{}, err
	}
	s, err := p.Serve(append([]string{"--engine", "none"}, unlimited...)...)
	if err != nil {
		return result{}, err
	}
	defer s.Kill()
	return b.round(ctx, s.URL, site, s.Admin, s.CPU)
}

// save writes what an address of the server's admin side answers into the file that -profile names.
func (b *bench) save(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.Create(b.profile)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, resp.Body)
	return err
}

// round measures one server. admin is where its profiles are, or empty.
func (b *bench) round(ctx context.Context, url, site, admin string, cpu func() (time.Duration, error)) (result, error) {
	w, err := crowd(ctx, url, site, "es", floorVisitors, floorConsoles)
	if err != nil {
		return result{}, err
	}
	defer w.close()
	if err := w.load(ctx, b.floorRate, 3*time.Second, sentence); err != nil {
		return result{}, err
	}
	before, err := cpu()
	if err != nil {
		return result{}, err
	}
	if b.profile != "" && admin != "" {
		done := make(chan error, 1)
		go func() { done <- b.save(ctx, fmt.Sprintf("%s/debug/pprof/profile?seconds=%d", admin, b.seconds)) }()
		defer func() {
			if err := <-done; err != nil {
				fmt.Fprintln(os.Stderr, "bench: no profile:", err)
			}
		}()
	}
	length := time.Duration(b.seconds) * time.Second
	if err := w.load(ctx, b.floorRate, length, sentence); err != nil {
		return result{}, err
	}
	after, err := cpu()
	acked, shown := w.times(func(l *line) int64 { return l.acked.Load() }), w.times(func(l *line) int64 { return l.shown.Load() })
	late := w.times(func(l *line) int64 { return l.left.Load() })
	spread(acked)
	spread(shown)
	spread(late)
	return result{
		cpu:   float64((after - before).Microseconds()) / float64(len(w.lines)),
		ack99: percentile(acked, 99), shown50: percentile(shown, 50), shown99: percentile(shown, 99), late99: percentile(late, 99),
	}, err
}
