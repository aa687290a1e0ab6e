package chat

import (
	"encoding/json"

	"golang.org/x/text/language"
)

// Protocol is the WebSocket subprotocol.
const Protocol = "dragoman.v1"

// CallName names a call of the wire.
type CallName string

// The calls (protocol.md, section 3.1).
const (
	CallHello    CallName = "hello"
	CallSend     CallName = "send"
	CallSync     CallName = "sync"
	CallOpen     CallName = "open"
	CallClose    CallName = "close"
	CallHistory  CallName = "history"
	CallInbox    CallName = "inbox"
	CallCounts   CallName = "counts"
	CallSearch   CallName = "search"
	CallTyping   CallName = "typing"
	CallRead     CallName = "read"
	CallLanguage CallName = "language"
	CallTake     CallName = "take"
	CallAssign   CallName = "assign"
	CallInvite   CallName = "invite"
	CallLeave    CallName = "leave"
	CallAgents   CallName = "agents"
	CallStatus   CallName = "status"
	CallViewing  CallName = "viewing"
	CallState    CallName = "state"
	CallPreview  CallName = "preview"
	CallCorrect  CallName = "correct"
	CallRetry    CallName = "translate"
	CallFlag     CallName = "flag"
	CallAbout    CallName = "attributes"
	CallPage     CallName = "page"
	CallRate     CallName = "rate"
	CallTag      CallName = "tag"
	CallTags     CallName = "tags"
	CallRemark   CallName = "remark"
	CallEarlier  CallName = "earlier"
	CallPing     CallName = "ping"
)

// Call is the part that all calls share; the fields of each call stand beside it in the same object.
type Call struct {
	ID   int64    `json:"id"`
	Call CallName `json:"call"`
}

// Reply answers a call: ok or error, never both.
type Reply struct {
	ID    int64           `json:"id"`
	OK    json.RawMessage `json:"ok,omitempty"`
	Error *Error          `json:"error,omitempty"`
}

// Hello is the first frame of a socket, within 10 s.
type Hello struct {
	// Token is the visitor's; an agent's socket has its cookie.
	Token    string `json:"token,omitempty"`
	Language string `json:"language,omitempty"`
	// Epoch is the one that the client knows; Since its place in each conversation.
	Epoch string           `json:"epoch,omitempty"`
	Since map[string]int64 `json:"since,omitempty"`
}

// HelloOK answers hello. What the session missed follows as rows events.
type HelloOK struct {
	Session     string      `json:"session"`
	Participant Participant `json:"participant"`
	// Language is the key under which this client finds its translations.
	Language   language.Tag `json:"language"`
	Epoch      string       `json:"epoch"`
	ServerTime Time         `json:"server_time"`
	HeartbeatS int          `json:"heartbeat_s"`
	// Agent and Sites are for agents only.
	Agent *Agent     `json:"agent,omitempty"`
	Sites []SiteInfo `json:"sites,omitempty"`
	// Uploads is what may be attached, for agents; a visitor's stands in SessionOK.
	Uploads *UploadLimits `json:"uploads,omitempty"`
}

// SiteInfo is what a console knows of a site.
type SiteInfo struct {
	Key      string       `json:"key"`
	Name     string       `json:"name"`
	Language language.Tag `json:"language"`
	// Budget is how the site stands with what it may spend on translations; left out while it is within its budget.
	Budget BudgetState `json:"budget,omitempty"`
}

// Send posts a line. The same key gives the same message, once, for ever.
type Send struct {
	Key string `json:"key"`
	// Text may be empty if there are attachments.
	Text string `json:"text"`
	// Attachments are the author's own uploads that came with no line yet, at most DefaultFiles unless the server says otherwise.
	Attachments []SendFile `json:"attachments,omitempty"`
	// Conversation may be left out by a visitor.
	Conversation string `json:"conversation,omitempty"`
	// Language is what the text was typed in, if known.
	Language string `json:"language,omitempty"`
	// Note, for agents: only agents see it. Reviewed: a translation that the agent has seen and approved.
	Note     bool      `json:"note,omitempty"`
	Reviewed *Reviewed `json:"reviewed,omitempty"`
	// Mentions are the ids of agents of the site whom a note calls, at most MaxMentions.
	Mentions []string `json:"mentions,omitempty"`
}

// SendOK answers send: the message is on disk. It does not move the client's place.
type SendOK struct {
	Conversation string  `json:"conversation"`
	Message      Message `json:"message"`
	// Dup is true if the key was known already.
	Dup bool `json:"dup"`
}

// Sync asks for what a client has missed, when it sees that it lost its place. Answered with Rows.
type Sync struct {
	Conversation string `json:"conversation"`
	Since        int64  `json:"since"`
}

// Open follows a conversation (agents). Without since it is answered with the newest 50 messages. Answered with Rows.
type Open struct {
	Conversation string `json:"conversation"`
	Since        *int64 `json:"since,omitempty"`
}

// Close stops following a conversation (agents).
type Close struct {
	Conversation string `json:"conversation"`
}

// History asks for older lines.
type History struct {
	Conversation string `json:"conversation"`
	// Before is a seq; left out: the newest.
	Before int64 `json:"before,omitempty"`
	// Limit is at most 100.
	Limit int `json:"limit,omitempty"`
}

// HistoryOK answers history, newest last.
type HistoryOK struct {
	Messages []Message `json:"messages"`
}

// Inbox asks for a page of the inbox and follows it from then on (agents).
type Inbox struct {
	Filter *InboxFilter `json:"filter,omitempty"`
	// Order is by latest activity unless it says otherwise.
	Order InboxOrder `json:"order,omitempty"`
	// After is next of the page before, an opaque text.
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
	// Brief asks for rows as a list shows them (Conversation.Brief), here and in the events that follow, but for conversations that are open on this socket.
	Brief bool `json:"brief,omitempty"`
	// Once asks for the page alone: nothing more is followed than before.
	Once bool `json:"once,omitempty"`
}

// InboxOK answers inbox.
type InboxOK struct {
	Conversations []Conversation `json:"conversations"`
	Next          string         `json:"next,omitempty"`
	// Counts come with a first page that is followed: one without after and once.
	Counts *CountsOK `json:"counts,omitempty"`
}

// CountsOK answers counts, which has no fields: how many unresolved conversations there are of all sites that the agent serves.
type CountsOK struct {
	// Mine and Unassigned are open; All has those asleep, too.
	Mine       int64 `json:"mine"`
	Unassigned int64 `json:"unassigned"`
	All        int64 `json:"all"`
	// Mentions are those in which a note calls the agent, who has not read it.
	Mentions int64 `json:"mentions"`
}

// Typing tells that one types. Text is what stands in the box: visitors alone, and only where the site allows the preview. It is never stored.
type Typing struct {
	Conversation string `json:"conversation"`
	On           bool   `json:"on"`
	Text         string `json:"text,omitempty"`
}

// Read tells how far one has read.
type Read struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
}

// Language sets a visitor's own language, an agent's own languages, or (agent) the visitor's of a conversation.
type Language struct {
	Language     string   `json:"language,omitempty"`
	Languages    []string `json:"languages,omitempty"`
	Conversation string   `json:"conversation,omitempty"`
}

// Take assigns a conversation to oneself, if nobody else has it (agents). Answered with Conversation.
type Take struct {
	Conversation string `json:"conversation"`
}

// Assign gives a conversation to an agent of the site, or with null to nobody (agents). Answered with Conversation.
type Assign struct {
	Conversation string  `json:"conversation"`
	Agent        *string `json:"agent"`
	// Note is what the agent is to know; it becomes a note in the conversation, in the same moment.
	Note string `json:"note,omitempty"`
	// Key is that of the note, and needed with one: the same one whenever this call is made again.
	Key string `json:"key,omitempty"`
}

// SetState opens, snoozes (until) or resolves a conversation. Answered with StateOK.
type SetState struct {
	Conversation string `json:"conversation"`
	State        State  `json:"state"`
	Until        Time   `json:"until,omitempty"`
	// Rev, where it is said, is that of the row as the caller knows it: if the conversation's own fields have changed since, the answer is conflict and nothing changes.
	// With it a resolved conversation may be put to sleep, as it was.
	Rev int64 `json:"rev,omitempty"`
}

// StateOK answers state: the row, and for agents what the call has changed; left out where it has changed nothing.
type StateOK struct {
	Conversation
	Was *StateBefore `json:"was,omitempty"`
}

// Preview asks what the visitor would read, and with back that translated back (agents).
type Preview struct {
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
	Back         bool   `json:"back,omitempty"`
}

// PreviewOK answers preview.
type PreviewOK struct {
	Language language.Tag `json:"language"`
	Text     string       `json:"text"`
	Back     string       `json:"back,omitempty"`
	// State, Reason and Quality tell what the preview is worth, as in Translation.
	State   TranslationState `json:"state"`
	Reason  Reason           `json:"reason,omitempty"`
	Quality Quality          `json:"quality"`
	// By is who made the text; with the kind memory it is the agent who had written it, or where it came from.
	By By `json:"by,omitzero"`
	// Terms are those of the glossary that stand in it, as in Translation.
	Terms []string `json:"terms,omitempty"`
	// Near are texts of the site's memory that nearly say the same, the nearest first; none if the memory has the text itself.
	Near []Near `json:"near,omitempty"`
}

// Retry asks for a translation again (agents); the call is named translate. Answered with Message.
type Retry struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
	Language     string `json:"language"`
}

// Correct puts a person's translation in the place of the engine's, for every reader (agents). Answered with Message.
type Correct struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
	Language     string `json:"language"`
	// Text with Undo is the correction that is taken back, as it was said: conflict if another, or the same words by a colleague, stands there by now. Where none does any more
	// nothing changes.
	// Empty with Undo it takes back whatever was corrected last.
	Text string `json:"text"`
	// Undo takes the last correction back: what stood there before it stands there again.
	Undo bool `json:"undo,omitempty"`
}

// Flag says that a translation is wrong (visitors). Comment, at most MaxFlagComment code points, is shown to the agents.
type Flag struct {
	Conversation string `json:"conversation"`
	Seq          int64  `json:"seq"`
	Language     string `json:"language"`
	Comment      string `json:"comment,omitempty"`
}

// Rate says how a conversation was that has ended (visitors). Until its next line the same call changes the rating.
type Rate struct {
	Conversation string `json:"conversation"`
	// Score is 1, the worst, to 5.
	Score int `json:"score"`
	// Comment, at most MaxRatingComment code points, is for the agents; left out, one that was given before stays.
	Comment string `json:"comment,omitempty"`
}

// About says what a page knows of its visitor, unsigned (visitors); the call is named attributes. What is left out stays as it was.
type About struct {
	// Name and Email count only as long as the visitor is not verified.
	Name  *string `json:"name,omitempty"`
	Email *string `json:"email,omitempty"`
	// Attributes change those that they name; an empty value takes one away.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Cart replaces the basket; one without items empties it.
	Cart *Cart `json:"cart,omitempty"`
}

// PingOK answers ping, which has no fields.
type PingOK struct {
	ServerTime Time `json:"server_time"`
}

// SessionRequest begins or continues a visitor's session: POST /widget/v1/session.
type SessionRequest struct {
	Site      string   `json:"site"`
	Token     string   `json:"token,omitempty"`
	Identity  string   `json:"identity,omitempty"`
	Languages []string `json:"languages,omitempty"`
	TimeZone  string   `json:"time_zone,omitempty"`
	Page      *Page    `json:"page,omitempty"`
}

// SessionOK answers a SessionRequest.
type SessionOK struct {
	Token    string       `json:"token"`
	Visitor  Visitor      `json:"visitor"`
	Language language.Tag `json:"language"`
	Site     SessionSite  `json:"site"`
	// Was is the id of the visitor whose token came with the request, if a signed identity has made him this one: his lines that were not sent yet are
	// this visitor's, under the same keys.
	Was string `json:"was,omitempty"`
	// Open tells whether an agent of the site is online.
	Open bool `json:"open"`
	// Agents are who is, at most three of them.
	Agents []Face `json:"agents,omitempty"`
	// RepliesInS is how many seconds the first answer to a conversation took within the last hour, as a median; left out where too few were given to say so.
	RepliesInS    int            `json:"replies_in_s,omitempty"`
	Conversations []Conversation `json:"conversations"`
	// Uploads is what may be attached.
	Uploads *UploadLimits `json:"uploads,omitempty"`
}

// Face is an agent as a visitor sees him before they have spoken: never more than the name that he would sign with.
type Face struct {
	Name   string `json:"name"`
	Avatar string `json:"avatar,omitempty"`
}

// SessionSite is what a visitor knows of a site.
type SessionSite struct {
	Key      string       `json:"key"`
	Name     string       `json:"name"`
	Language language.Tag `json:"language"`
	Texts    SiteTexts    `json:"texts"`
	Look     Look         `json:"look"`
	// TypingPreview says that agents read what the visitor is typing; he has to be told.
	TypingPreview bool `json:"typing_preview,omitempty"`
	// SendsPersonal says that engines see mail addresses and telephone numbers as they were typed; otherwise marks stand in their place.
	SendsPersonal bool `json:"sends_personal,omitempty"`
}

// LoginRequest is the body of POST /agent/v1/login.
type LoginRequest struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	// Code is the second step, for who has one: of the app, or a recovery code.
	Code string `json:"code,omitempty"`
}
