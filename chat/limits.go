package chat

import "time"

// Limits that the protocol fixes or gives a default (protocol.md, sections 3, 5 and 6). Those that an
// operator may change are only defaults here; the running value travels in Options structs.
const (
	// MaxFrame is the largest frame a client may send, in bytes.
	MaxFrame = 64 << 10
	// DefaultTextLimit is the longest text of one message in code points after NFC.
	DefaultTextLimit = 4000
	// MaxName is the longest name of a person or a site in code points.
	MaxName = 100
	// MaxTag is the longest language tag in bytes: what RFC 5646 (section 4.4.1) finds enough for every language in use.
	MaxTag = 35
	// MaxTranslations is how many languages one line is translated into at most; who comes later reads the original.
	MaxTranslations = 16
	// MaxFlagComment is the longest comment on a translation that is called wrong, in code points.
	MaxFlagComment = 500
	// MaxRatingComment is the longest comment on a conversation that is rated, in code points.
	MaxRatingComment = 1000
	// WorstScore and BestScore are the ends of the scale on which conversations are rated.
	WorstScore = 1
	BestScore  = 5
	// DefaultFiles is how many files one message may have.
	DefaultFiles = 5
	// MaxAlt is the longest text that says what a picture shows, in code points.
	MaxAlt = 500
	// MaxTyped is how much of what a visitor is typing is shown before he sends it, in code points: the end of it.
	MaxTyped = 500
	// MaxLanguages is how many languages of a browser's list, or of an agent, are looked at.
	MaxLanguages = 16
	// MaxInvited is how many agents may be added to one conversation.
	MaxInvited = 10
	// MaxSince is how many conversations one hello may name.
	MaxSince = 500

	// PageRows is how many messages one piece of a catch-up or one page of history holds at most.
	PageRows = 100
	// PageBytes bounds a piece of a catch-up likewise, in bytes of JSON; a piece holds at least one row.
	PageBytes = 64 << 10
	// NewestRows is how many messages a client gets that starts afresh.
	NewestRows = 50
	// ResetRows is how many missing rows make a client start afresh.
	ResetRows = 500
	// InboxRows is the default and the largest size of one page of the inbox.
	InboxRows = 100
	// MaxBriefText is how much of a text a brief row of the inbox has, in code points: more than any screen shows in a line.
	MaxBriefText = 200

	// QueueEvents and QueueBytes bound what waits for one slow session.
	QueueEvents = 256
	QueueBytes  = 256 << 10

	// HelloTimeout is how long a socket may stay without hello.
	HelloTimeout = 10 * time.Second
	// WriteTimeout bounds the writing of one frame.
	WriteTimeout = 10 * time.Second
	// PingEvery and PongTimeout are the server's heartbeat; Heartbeat is when a client that has heard nothing asks.
	PingEvery   = 25 * time.Second
	PongTimeout = 10 * time.Second
	Heartbeat   = 25 * time.Second
	// ControlFrames is how many control frames a client may send within ControlWindow.
	ControlFrames = 30
	ControlWindow = 10 * time.Second

	// TypingEvery is how often a client repeats that somebody types; TypingForget when others stop believing it.
	TypingEvery  = 4 * time.Second
	TypingForget = 8 * time.Second
	// WatchAfter is how long an agent must have a conversation open before its lines are wanted in his language.
	WatchAfter = 2 * time.Second
	// ReopenWithin is how long after its end a line of its visitor reopens a conversation (a setting).
	ReopenWithin = 7 * 24 * time.Hour
)
