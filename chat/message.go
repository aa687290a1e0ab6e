package chat

import "golang.org/x/text/language"

// ForVisitor tells whether a visitor may see the message at all: no notes, and of system lines only those that concern him.
func (m *Message) ForVisitor() bool {
	if m.Kind != MessageEvent {
		return m.Kind == MessageLine
	}
	if m.Event == nil {
		return false
	}
	switch m.Event.Type {
	case EventJoined, EventLeft, EventResolved, EventReopened, EventLanguage:
		return true
	}
	return false
}

// ToVisitor tells whether the message is said to a visitor: it is for his eyes, and not his own.
func (m *Message) ToVisitor() bool { return m.Kind == MessageLine && m.Author.Kind != KindVisitor }

// MessageKind says what a row of a conversation is.
type MessageKind string

// The kinds of messages. A note is seen by agents only; an event is a system line with an empty text.
const (
	MessageLine  MessageKind = "message"
	MessageNote  MessageKind = "note"
	MessageEvent MessageKind = "event"
)

// Message is one line of a conversation with all its translations.
type Message struct {
	ID string `json:"id"`
	// Seq is the line's place: 1, 2, 3 ... A visitor sees gaps where notes stand.
	Seq int64 `json:"seq"`
	// Rev is when this row last changed, counted by the conversation's head.
	Rev int64 `json:"rev"`
	// Key is the idempotency key that the author's client made.
	Key    string      `json:"key,omitempty"`
	Kind   MessageKind `json:"kind"`
	Author Participant `json:"author"`
	At     Time        `json:"at"`
	// Text is what was typed, Language in which language.
	Text     string       `json:"text"`
	Language language.Tag `json:"language"`
	Event    *SystemEvent `json:"event,omitempty"`
	// Translations are by the language they are in; never null on the wire.
	Translations map[language.Tag]Translation `json:"translations"`
	// Attachments is never null on the wire.
	Attachments []Attachment `json:"attachments"`
	// Mentions are the agents whom a note calls.
	Mentions []Mention `json:"mentions,omitempty"`
	Erased   bool      `json:"erased,omitempty"`
}

// SystemEventType says what happened in a message of kind event.
type SystemEventType string

// The system events. A visitor sees joined, left, resolved, reopened and language.
const (
	EventJoined   SystemEventType = "joined"
	EventLeft     SystemEventType = "left"
	EventAssigned SystemEventType = "assigned"
	EventInvited  SystemEventType = "invited"
	EventResolved SystemEventType = "resolved"
	EventReopened SystemEventType = "reopened"
	EventLanguage SystemEventType = "language"
	EventRated    SystemEventType = "rated"
)

// SystemEvent is what happened; screens phrase it.
type SystemEvent struct {
	Type SystemEventType `json:"type"`
	// By is the id of the participant who did it.
	By string `json:"by"`
	// To is the agent's id for assigned (empty: to nobody) and invited, the language for language, the score for rated.
	To string `json:"to,omitempty"`
}

// TranslationState is how far a translation is.
type TranslationState string

// The states of a translation. Only pending changes by itself; same means that the text needs no
// translation (numbers, emoji, a link).
const (
	TranslationPending TranslationState = "pending"
	TranslationDone    TranslationState = "done"
	TranslationFailed  TranslationState = "failed"
	TranslationSame    TranslationState = "same"
)

// Reason says why a translation failed.
type Reason string

// The reasons of a failed translation.
const (
	ReasonNoEngine Reason = "no_engine" // no engine is configured or found
	ReasonNoPair   Reason = "no_pair"   // no engine has this pair of languages
	ReasonEngine   Reason = "engine"    // the engine failed or did not answer in time
	ReasonDamaged  Reason = "damaged"   // the engine's answer lost or changed something that must survive
	ReasonBudget   Reason = "budget"
	ReasonTooLong  Reason = "too_long"
)

// Quality is what may be expected of an engine for a pair.
type Quality string

// The qualities: full can be read as it stands; rough gives the gist and is marked.
const (
	QualityFull  Quality = "full"
	QualityRough Quality = "rough"
)

// ByKind says who made a translation.
type ByKind string

// The makers of translations.
const (
	ByEngine ByKind = "engine"
	ByMemory ByKind = "memory"
	ByAgent  ByKind = "agent"
)

// By is who made a translation: the engine's name, or the agent's.
type By struct {
	Kind ByKind `json:"kind"`
	Name string `json:"name"`
	// ID is the agent's who has said it; left out where it was stored before ids were, and for everybody else.
	ID string `json:"id,omitempty"`
}

// Same tells whether two translations are by the same one: by their ids where both have one, for names change and two people may have the same.
func (b By) Same(o By) bool {
	if b.Kind == o.Kind && b.ID != "" && o.ID != "" {
		return b.ID == o.ID
	}
	return b.Kind == o.Kind && b.Name == o.Name
}

// Translation is the text of a message in another language.
type Translation struct {
	// Text is empty unless State is done.
	Text   string           `json:"text"`
	State  TranslationState `json:"state"`
	Reason Reason           `json:"reason,omitempty"`
	// By has an empty name while the translation is pending.
	By      By      `json:"by"`
	Quality Quality `json:"quality"`
	// Terms are the forms that the site's glossary wanted in this text, and that stand in it.
	Terms []string `json:"terms,omitempty"`
	// Flagged is true once a visitor has said that it is wrong, until a person corrects it or an engine says something else.
	Flagged bool `json:"flagged"`
	// FlagComment is what the visitor said about it; for agents only.
	FlagComment string `json:"flag_comment,omitempty"`
	// Was is what stood here before a person's text took its place, so that the correction can be taken back; one step, and for agents only.
	Was *Translation `json:"was,omitempty"`
	At  Time         `json:"at"`
}

// Commented tells whether the message has something in it that is for agents only: what the visitor said about a translation, or what was corrected.
func (m *Message) Commented() bool {
	for _, t := range m.Translations {
		if t.FlagComment != "" || t.Was != nil {
			return true
		}
	}
	return false
}

// Flags counts the translations that the visitor has called wrong.
func (m *Message) Flags() int64 {
	n := int64(0)
	for _, t := range m.Translations {
		if t.Flagged {
			n++
		}
	}
	return n
}

// PendingTranslation is an entry that somebody works on since at. Who and how good is filled in, so that every entry on the wire has every field.
func PendingTranslation(at Time) Translation {
	return Translation{State: TranslationPending, By: By{Kind: ByEngine}, Quality: QualityFull, At: at}
}
