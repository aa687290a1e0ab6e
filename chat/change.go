package chat

import (
	"time"

	"golang.org/x/text/language"
)

// Post is a line on its way into the store.
type Post struct {
	// Site is the key of the site; Conversation may be empty for a visitor: see Store.Append.
	Site         string
	Conversation string
	Author       Participant
	Key          string
	Kind         MessageKind
	// Text is clean (CheckText), and may be empty if there are attachments; Language is what it was typed in.
	Text     string
	Language language.Tag
	// Attachments are clean (CheckFiles). The store takes those that are the author's, of this site and this conversation, and sent with nothing yet.
	Attachments []SendFile
	// Reviewed is a translation that the author has seen and approved; it is stored as done, by agent.
	Reviewed *Reviewed
	// Mentions are the ids of agents whom a note calls, each once.
	Mentions []string
	// Readers are those whom only the hub knows: agents who have the conversation open. The store adds the visitor, the
	// site and the assignee.
	Readers []Reader
}

// Reviewed is a translation that an agent has seen and approved before sending.
type Reviewed struct {
	Language language.Tag `json:"language"`
	Text     string       `json:"text"`
}

// Changed is what a transaction changed in one conversation, in the order of the revs: rows with a rev each, to be told.
type Changed struct {
	Conversation string
	Site         string
	// Head is the conversation's head after the commit.
	Head int64
	// Messages and Row are the changed rows; Row is nil if the conversation's own fields stayed as they were.
	Messages []Message
	Row      *Conversation
	// Readers are agents who read the conversation from now on: it was given to them, or they were added.
	Readers []Reader
	// Was is what the conversation was, if its state or the end of its sleep has changed.
	Was *StateBefore
	// Elsewhere are the seqs of those Messages whose pending translations another node has claimed: it will find what is new on them.
	Elsewhere []int64
}

// Posted is the answer to a Post.
type Posted struct {
	Changed
	// Message is the line, also when it was there before and nothing changed.
	Message Message
	// Dup is true if the key was known: nothing was stored.
	Dup bool
	// Opened is true if the line began a new conversation.
	Opened bool
	// Waited is how long the visitor had waited when an agent's line ended that, else 0.
	Waited time.Duration
}

// Change is what somebody wants changed in a conversation's own fields; nil fields stay as they are.
type Change struct {
	By Participant
	// Rev, if it is not 0, is that of the conversation's own fields as By knows them: conflict if they have another by now.
	Rev int64
	// State, and Until for snoozed.
	State *State
	Until Time
	// Assignee is an agent's id; empty means nobody. With OnlyFree the change is refused with taken if somebody else has it.
	Assignee *string
	OnlyFree bool
	// Language is the visitor's.
	Language *language.Tag
	// Invite is an agent who is added; Leave is true if By goes.
	Invite string
	Leave  bool
	// Note is stored with the change; nil: none. If its key is known the change was made before, and nothing is changed.
	Note *Note
}

// Note is a line for agents that comes with a change.
type Note struct {
	Key string
	// Text is clean (CheckText), Language what it was typed in.
	Text     string
	Language language.Tag
	// Readers are those whom only the hub knows, as in Post.
	Readers []Reader
}

// Rows is a piece of a catch-up (protocol.md, section 5): rows with a rev above since, by rev, and the head, from one snapshot.
type Rows struct {
	Conversation string `json:"conversation"`
	// Head is the conversation's head, or on a partial piece the rev of its last row. The client's place after applying it.
	Head int64 `json:"head"`
	// Reset means: forget the conversation, these are the newest messages.
	Reset bool `json:"reset"`
	// More means that another piece follows.
	More bool          `json:"more"`
	Row  *Conversation `json:"row,omitempty"`
	// Messages is never null on the wire.
	Messages []Message `json:"messages"`
}

// TranslationLease is how long a node may leave a line's translations that it has claimed without renewing the claim; then another node
// takes them up.
const TranslationLease = 30 * time.Second

// Line names a line by its place.
type Line struct {
	Conversation string
	Seq          int64
}

// TranslationTask is one translation that is wanted.
type TranslationTask struct {
	Line
	// Message is the line's id.
	Message  string
	Site     string
	Text     string
	From, To language.Tag
	// Author is the name of who wrote it, ForVisitor whether a visitor may read it and somebody else wrote it.
	Author     string
	ForVisitor bool
}

// Task is what there is to do for a translation of the message.
func (m *Message) Task(site, conversation string, to language.Tag) TranslationTask {
	return TranslationTask{
		Line: Line{Conversation: conversation, Seq: m.Seq}, Message: m.ID, Site: site, Text: m.Text, From: m.Language, To: to,
		Author: m.Author.Name, ForVisitor: m.ToVisitor(),
	}
}

// InboxFilter selects conversations; empty fields select all.
type InboxFilter struct {
	Site string `json:"site,omitempty"`
	// State selects one state; empty: all. Unresolved, where no state is named, leaves out the resolved ones.
	State      State `json:"state,omitempty"`
	Unresolved bool  `json:"unresolved,omitempty"`
	// Assignee is an agent's id, "me", or "none".
	Assignee string `json:"assignee,omitempty"`
	Language string `json:"language,omitempty"`
	// Invited is an agent's id, or "me": conversations to which that agent was added.
	Invited string `json:"invited,omitempty"`
	// WaitingS selects those whose visitor has waited for at least so many seconds. Consoles that follow it are told of all that wait, since time passes
	// without an event: they look at the clock themselves.
	WaitingS int64 `json:"waiting_s,omitempty"`
	// Text is looked for in the visitor's name and the last line.
	Text string `json:"text,omitempty"`
	// Tag is one that the conversation has; case does not matter.
	Tag string `json:"tag,omitempty"`
	// Mentioned selects conversations with a note that calls the agent who asks, and that he has not read since.
	Mentioned bool `json:"mentioned,omitempty"`
	// Agent is who asks.
	Agent string `json:"-"`
}

// InboxOrder is how a list of conversations is ordered.
type InboxOrder string

// The orders.
const (
	// OrderNewest is by latest activity, the latest first. It is the default.
	OrderNewest InboxOrder = "newest"
	// OrderWaiting has those first whose visitors wait, the longest first, then those where nobody waits, those asleep, and the resolved ones, each by latest
	// activity.
	OrderWaiting InboxOrder = "waiting"
)

// SiteCounts is what of a site has to be counted.
type SiteCounts struct {
	// Open counts open conversations by the id of the agent who has them; those of nobody stand under "".
	Open    map[string]int64
	Snoozed int64
}
