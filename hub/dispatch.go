package hub

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"dragoman/chat"
)

// slowCalls is how many calls that wait for an engine one session may have under way; the next one is waited for.
const slowCalls = 4

// handle deals with one frame. request is set until hello has come. The error is how the socket ends.
func (s *Session) handle(frame []byte, request *Request) error {
	if !s.enter() {
		return nil
	}
	defer s.exit()
	c, err := decodeCall(frame)
	if err != nil {
		return err
	}
	if request != nil {
		if c.Call.Call != chat.CallHello {
			return &closing{statusProtocol, "hello comes first"}
		}
		return s.hello(c.ID, frame, *request)
	}
	switch c.Call.Call {
	case chat.CallHello:
		s.reply(c.ID, nil, chat.Errorf(chat.BadRequest, "This socket has had its hello."))
	case chat.CallPing:
		s.reply(c.ID, chat.PingOK{ServerTime: chat.TimeOf(time.Now())}, nil)
	case chat.CallPreview, chat.CallRetry:
		s.callSlowly(c, frame)
	default:
		s.call(c, frame)
	}
	return nil
}

func (s *Session) call(c asked, frame []byte) {
	ctx, cancel := s.hub.within(callTimeout)
	defer cancel()
	answer, err := s.answered(ctx, c, frame)
	s.reply(c.ID, answer, err)
}

// answered asks the policy, then the edge. What is not counted against the edge's limits costs the database nothing.
func (s *Session) answered(ctx context.Context, c asked, frame []byte) (any, error) {
	name := c.Call.Call
	err := s.hub.mayCall(s, name)
	if err == nil {
		err = s.edge.Count(s, name)
	}
	if err == nil {
		ctx, err = s.hub.judge(ctx, s, c)
	}
	if err != nil {
		return nil, err
	}
	return s.edge.Call(ctx, s, name, frame)
}

// callSlowly deals with a call that may take seconds, beside the others.
func (s *Session) callSlowly(c asked, frame []byte) {
	s.mu.Lock()
	beside := s.slow < slowCalls
	if beside {
		s.slow++
		s.busy++
	}
	s.mu.Unlock()
	if !beside {
		s.call(c, frame)
		return
	}
	frame = bytes.Clone(frame)
	s.run("call", func() {
		defer func() {
			s.mu.Lock()
			s.slow--
			s.mu.Unlock()
			s.exit()
		}()
		s.call(c, frame)
	})
}

// reply answers a call.
func (s *Session) reply(id int64, answer any, err error) {
	frame := append(make([]byte, 0, frameSize), `{"id":`...)
	frame = strconv.AppendInt(frame, id, 10)
	if err != nil {
		frame = s.hub.appendJSON(append(frame, `,"error":`...), s.hub.shown(err))
	} else {
		frame = s.hub.appendJSON(append(frame, `,"ok":`...), answer)
	}
	o := outgoing{frame: append(frame, '}')}
	if roster, ok := answer.(RosterOK); ok && err == nil {
		if s.push(o) {
			roster.answered()
		}
		return
	}
	rows, isRows := answer.(RowsOK)
	if err != nil || !isRows || rows.then == nil {
		s.push(o)
		return
	}
	o.written = make(chan struct{})
	if s.push(o) {
		rows.then(o.written)
	}
}

// shown returns an error as the other side may see it. What is not meant for it is logged under a trace.
func (h *Hub) shown(err error) *chat.Error {
	if e, ok := errors.AsType[*chat.Error](err); ok {
		return e
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return chat.Errorf(chat.Unavailable, "That took too long: try again.")
	}
	trace := chat.NewID()
	h.log.Error().Err(err).Str("trace", trace).Msg("a call failed")
	return &chat.Error{Code: chat.Internal, Text: "Something went wrong here. Try again.", Trace: trace}
}

// hello authenticates, answers, and brings the session up to date.
func (s *Session) hello(id int64, frame []byte, request Request) error {
	h := s.hub
	var hello chat.Hello
	if err := json.Unmarshal(frame, &hello); err != nil {
		return &closing{statusProtocol, "hello cannot be read"}
	}
	if len(hello.Since) > chat.MaxSince {
		return &closing{statusProtocol, "too many conversations in since"}
	}
	ctx, cancel := h.within(callTimeout)
	defer cancel()
	identity, err := s.edge.Hello(ctx, request, hello)
	if err != nil {
		if chat.CodeOf(err) == chat.Internal && h.ctx.Err() == nil {
			h.log.Error().Err(err).Msg("hello failed")
		}
		c := closingOf(err)
		return &c
	}
	epoch, err := h.currentEpoch(ctx)
	if err != nil {
		return &closing{statusUnavailable, "unavailable"}
	}
	own := identity.Conversations
	joined, first, opened := h.join(s, identity)
	if !joined {
		return nil
	}
	if h.ended.has(identity.Credential) {
		return &closing{statusRenew, renewToken}
	}
	h.speakers.forget(identity.Participant.ID) // he may have been on another node meanwhile
	follows, err := h.followAll(ctx, s, own, hello.Since)
	if err != nil {
		h.trouble.Warn().Err(err).Msg("cannot tell a session what it missed")
		return &closing{statusUnavailable, "unavailable"}
	}
	uploads := h.options.Uploads
	if identity.Agent == nil {
		uploads = nil // a visitor was told with his session
	}
	s.reply(id, chat.HelloOK{
		Session: s.id, Participant: s.Participant(), Language: identity.Participant.Language, Epoch: epoch,
		ServerTime: chat.TimeOf(time.Now()), HeartbeatS: int(chat.Heartbeat / time.Second),
		Agent: identity.Agent, Sites: h.standing(identity.Sites), Uploads: uploads,
	}, nil)
	for _, f := range follows {
		since := hello.Since[f.room.id]
		if hello.Epoch != "" && hello.Epoch != epoch {
			since = -1
		}
		f.resume(since)
	}
	if bye := h.farewell.Load(); bye != nil {
		s.push(outgoing{frame: *bye}) // the others were told before it came
	}
	if opened != "" {
		h.followWhole(s, opened)
	}
	if first && identity.Agent == nil {
		h.tellPresence(identity.Participant, s.conversations(), true)
	}
	return nil
}

// resumed is a follow with the head that its conversation had after it began.
type resumed struct {
	*follow
	head int64
}

// resume brings a follow up to date from where the client says it is: a wish, which selects rows and nothing else.
func (f resumed) resume(since int64) {
	turn := f.begin()
	if since == f.head || f.room.hub.fault.placeFromClient {
		f.room.arrive(arrival{f.follow, turn, since})
		return
	}
	f.s.catchUp(piece{f: f.follow, turn: turn, since: since})
}

// followAll follows what a session wants to hear of from its beginning: a visitor his own conversations, an agent those
// that he names. However many they are, one query tells where they all stand; it is asked after the rooms are there, so that nothing falls between.
func (h *Hub) followAll(ctx context.Context, s *Session, own []chat.Followed, since map[string]int64) ([]resumed, error) {
	var follows []resumed
	if s.view == visitorView {
		ids := make([]string, len(own))
		for i := range own {
			ids[i] = own[i].ID
			if f := h.follow(s, own[i].ID, &chat.Conversation{ID: own[i].ID, Site: s.Site(), Assignee: own[i].Assignee}); f != nil {
				follows = append(follows, resumed{follow: f})
			}
		}
		if len(ids) == 0 {
			return nil, nil
		}
		h.agree(s.Participant(), own)
		heads, err := h.store.Heads(ctx, ids)
		for i := range follows {
			follows[i].head = heads[follows[i].room.id]
		}
		return follows, err
	}
	ids := slices.DeleteFunc(slices.Collect(maps.Keys(since)), func(id string) bool { return !chat.ValidKey(id) })
	if len(ids) == 0 {
		return nil, nil
	}
	for _, id := range ids {
		h.follow(s, id, nil)
	}
	rows, err := h.store.Conversations(ctx, ids)
	if err != nil {
		return nil, err
	}
	agent := s.Agent()
	heads := make(map[string]int64, len(rows))
	for i := range rows {
		if agent != nil && agent.Serves(rows[i].Site) {
			heads[rows[i].ID] = rows[i].Head
			if f := h.follow(s, rows[i].ID, nil); f != nil {
				f.room.learn(&rows[i])
			}
		}
	}
	for _, id := range ids {
		f := s.following(id)
		if f == nil {
			continue
		}
		if head, ok := heads[id]; ok {
			follows = append(follows, resumed{f, head})
			h.askFor(id)
		} else {
			h.unfollow(f)
		}
	}
	return follows, nil
}
