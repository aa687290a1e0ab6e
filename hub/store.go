package hub

import (
	"context"
	"time"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// Store is what the hub needs of a database. Every method that changes something is one transaction and returns after its
// commit. Errors that a caller may be shown are *chat.Error; a database that cannot be reached is chat.Unavailable, and
// then nobody knows whether the change was stored.
//
// Rows come complete: messages with author, translations and attachments, conversations with visitor, participants and
// both sides' last and unread. Participant.Online is always false: presence is the hub's.
type Store interface {
	// Epoch identifies this history of the database; restore changes it.
	Epoch(ctx context.Context) (string, error)
	// Servers counts the servers that have the database open, this one too.
	Servers(ctx context.Context) (int, error)

	// Append stores a line and what follows from it in one transaction: the key is looked up first (same author and key:
	// the old message, Dup; other text: chat.Conflict); a visitor's post without conversation goes to his unresolved one, else to
	// the latest one resolved within ReopenWithin, else opens one; a visitor's line opens a resolved or snoozed conversation; the first
	// agent to write in an unassigned conversation takes it; an agent who writes becomes a participant; pending translations are
	// made for every wanted language, and claimed. The files of Attachments become the line's: its author's own, of the site and the conversation, with no
	// line yet; if one of them is not there, chat.NotFound, and nothing is stored; the same key with others is chat.Conflict. One of Mentions who does not answer for the site is chat.NotFound, and nothing is stored. A visitor who has turned out to be somebody else (Identify) is told to come again as him:
	// chat.Unavailable.
	Append(ctx context.Context, p chat.Post) (chat.Posted, error)
	// Change changes the conversation's own fields and writes the system lines that tell of it, and the note that comes with it, its pending translations
	// claimed as said below. Changing nothing is no error and takes no rev; nor does a change whose note is there already. A change of a row at another Rev is chat.Conflict.
	Change(ctx context.Context, conversation string, c chat.Change) (chat.Changed, error)
	// WakeSnoozed opens conversations whose snooze is over, at most limit, each in a transaction of its own, and returns what changed. Of
	// several nodes that ask at once one opens each. With an error it returns those that it has opened before.
	WakeSnoozed(ctx context.Context, limit int) ([]chat.Changed, error)
	// Mark moves the read mark of somebody's side forward, and takes an agent off the row's Mentioned who has read that far.
	Mark(ctx context.Context, conversation string, by chat.Participant, seq int64) (chat.Marked, error)

	// Tag puts tags on a conversation and takes others off, which are clean (chat.CheckTags). A tag is spelt as the site has it already, and what is there, or is not
	// there, stays so: changing nothing is no error and takes no rev. Too many for the conversation or the site are chat.Conflict.
	Tag(ctx context.Context, conversation string, add, remove []string) (chat.Changed, error)
	// Tags returns the tags of a site, the most used first.
	Tags(ctx context.Context, site string) ([]chat.TagUse, error)

	// Remark returns what agents have written down about the visitor of a conversation.
	Remark(ctx context.Context, conversation string) (chat.RemarkOK, error)
	// SetRemark changes it for the agent by, if it has this rev; otherwise nothing changes: chat.Conflict. The text that stands there already changes nothing, at any
	// rev.
	SetRemark(ctx context.Context, conversation, by, text string, rev int64) (chat.Remembered, error)
	// Earlier returns a page of the other conversations of a conversation's visitor, the latest begun first; next is empty on the last one.
	Earlier(ctx context.Context, conversation, after string, limit int) (page []chat.Conversation, next string, err error)

	// Want adds pending entries in language to for those of the messages that need one for reader and have none: the messages
	// with the given seqs, or the newest NewestRows if seqs is nil. Each changed message takes a rev. The entries are claimed as said below.
	Want(ctx context.Context, conversation string, seqs []int64, reader chat.Reader) (chat.Changed, error)
	// Retranslate makes a failed entry pending again (or adds one), claimed as said below.
	Retranslate(ctx context.Context, conversation string, seq int64, to language.Tag) (chat.Changed, error)
	// SetTranslation stores a result if the entry is still pending; otherwise nothing changes and Messages is empty.
	SetTranslation(ctx context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error)

	// Correct puts a person's translation in the place of whatever stands there in that language, also of nothing; flags on it are gone. The
	// same text by the same person again changes nothing. What is pending in other languages is claimed as said below.
	Correct(ctx context.Context, conversation string, seq int64, to language.Tag, t chat.Translation) (chat.Changed, error)
	// Uncorrect puts back what the last correction has replaced, with its flag if it had one. Where there is nothing to put back it is chat.BadState.
	// With a text only that text, said by this one, is taken back: if anybody's correction stands there instead it is chat.Conflict, and stays. Where none stands any more,
	// as when an answer was lost, nothing changes.
	Uncorrect(ctx context.Context, conversation string, seq int64, to language.Tag, text string, by chat.By) (chat.Changed, error)
	// Flag notes that the visitor calls a translation wrong: one that is done, of a line that he may see. The same again changes nothing.
	Flag(ctx context.Context, conversation string, seq int64, to language.Tag, comment string) (chat.Changed, error)
	// Replace puts another text of an engine in the place of one that is flagged, if it still reads old; a person's is never replaced.
	Replace(ctx context.Context, conversation string, seq int64, to language.Tag, old string, t chat.Translation) (chat.Changed, error)

	// Rate stores what the visitor by says of his conversation, At apart: once it is resolved (else chat.BadState), and again until its next line. Its
	// system line is for agents only; a changed score changes that line. No comment leaves the one that is there. The same again changes nothing.
	Rate(ctx context.Context, conversation string, by chat.Participant, r chat.Rating) (chat.Changed, error)

	// Whatever makes an entry pending claims the whole line in this store's name, for the lease, by the database's clock; one that another
	// node has claimed stays that node's, and the line's seq is in Changed.Elsewhere. Who has the claim does all that is pending on the line.

	// ClaimTranslations claims up to limit lines whose claim has run out, and returns what is pending on them.
	ClaimTranslations(ctx context.Context, limit int) ([]chat.TranslationTask, error)
	// RenewTranslations prolongs the claims of these lines where they are still this store's, and returns what is pending on those: of a line
	// that was lost to another node, or on which nothing is wanted any more, nothing.
	RenewTranslations(ctx context.Context, lines []chat.Line) ([]chat.TranslationTask, error)
	// ReleaseTranslations gives up all claims of this store, for others to take at once.
	ReleaseTranslations(ctx context.Context) error

	// Conversations returns those of the ids that exist, in any order.
	Conversations(ctx context.Context, ids []string) ([]chat.Conversation, error)
	// VisitorConversations returns a visitor's conversations, newest first, at most limit.
	VisitorConversations(ctx context.Context, visitor string, limit int) ([]chat.Conversation, error)
	// Unresolved returns, of each of the visitors who has any, the ids of his conversations that are not resolved: at most one for each site.
	Unresolved(ctx context.Context, visitors []string) (map[string][]string, error)
	// Inbox returns a page of the given sites' conversations in an order; next is empty on the last page.
	Inbox(ctx context.Context, sites []string, f chat.InboxFilter, order chat.InboxOrder, after string, limit int) (page []chat.Conversation, next string, err error)
	// Counts counts the unresolved conversations of sites, by key; one without any may be missing.
	Counts(ctx context.Context, sites []string) (map[string]chat.SiteCounts, error)
	// Mentions counts the conversations of sites in which a note calls an agent who has not read it.
	Mentions(ctx context.Context, agent string, sites []string) (int64, error)

	// Search returns a page of hits on the sites of the query, the newest first; next may be there although nothing follows. What the index does not know
	// yet is not found; what is not so any more is never shown.
	Search(ctx context.Context, q chat.SearchQuery) (chat.SearchOK, error)

	// Heads returns the heads of those conversations that exist.
	Heads(ctx context.Context, conversations []string) (map[string]int64, error)
	// Standings returns the heads and read marks of those conversations that exist.
	Standings(ctx context.Context, conversations []string) (map[string]chat.Standing, error)
	// Since returns a piece of what has a rev above since, read in one snapshot with the head: at most chat.PageRows messages or
	// about chat.PageBytes. visitor selects the visitor's rows only (what his view hides is left out, yet Head counts it). If more than
	// chat.ResetRows rows are missing, since is above the head, or since is negative, Reset is true and Messages are the newest chat.NewestRows
	// (cut to what one piece may hold, the newest kept).
	// An unknown conversation is chat.NotFound.
	Since(ctx context.Context, conversation string, since int64, visitor bool) (chat.Rows, error)
	// History returns up to limit messages with a seq below before (0: the newest), newest last.
	History(ctx context.Context, conversation string, before int64, limit int, visitor bool) ([]chat.Message, error)

	// SetOnline renews the leases of the agents that have a session on this node; those not named any more end at once.
	SetOnline(ctx context.Context, node string, agents []string, lease time.Duration) error
	// OnlineAgents returns how those agents have set themselves that have a live lease on any node; SiteOnline whether one of them who is not away answers
	// for site.
	OnlineAgents(ctx context.Context) (map[string]chat.AgentStatus, error)
	SiteOnline(ctx context.Context, site string) (bool, error)
	// SiteAgents returns those who are not away and answer for site, at least with id and name.
	SiteAgents(ctx context.Context, site string) ([]chat.Agent, error)
	// Roster returns all agents who may be given a conversation of site, in the order in which they are shown; whom they look at the hub knows.
	Roster(ctx context.Context, site string) ([]chat.Colleague, error)
	// SetStatus remembers how an agent has set himself, or is chat.NotFound.
	SetStatus(ctx context.Context, agent string, to chat.AgentStatus) error

	// Identify finds out which visitor somebody is for whom the shop has signed, makes him one if nobody knows him, and gives him what was an unverified
	// visitor's whose token he brings. An unverified visitor's token ends with that. Of the Changed only the rows come: the lines have other revs, too.
	Identify(ctx context.Context, i chat.Identify) (chat.Identified, error)
	// EndedTokens returns the tokens that these visitors had and that have ended.
	EndedTokens(ctx context.Context, visitors []string) ([]chat.EndedToken, error)
	// Hear remembers what a page says of its visitor; touched are those of his conversations whose rows show it, none if nothing has changed.
	Hear(ctx context.Context, visitor string, said chat.Hearsay) (v chat.Visitor, touched []chat.Touched, err error)

	// Speaker returns what is known of the language that a visitor writes; SetSpeaker remembers it, and tells false if a language has been
	// chosen meanwhile: then nothing is remembered.
	Speaker(ctx context.Context, visitor string) (chat.Speaker, error)
	SetSpeaker(ctx context.Context, visitor string, known chat.Speaker) (bool, error)
	// SetVisitorLanguage and SetAgentLanguages remember what somebody has chosen to read. (A conversation's language is changed by Change.)
	SetVisitorLanguage(ctx context.Context, visitor string, to language.Tag) error
	SetAgentLanguages(ctx context.Context, agent string, to []language.Tag) error
}

// Translator puts one text into another language. It never fails: what cannot be translated comes back as failed with a
// reason. It may take seconds; nobody waits for it but its own goroutine.
type Translator interface {
	Translate(ctx context.Context, u chat.Untranslated) chat.Translation
}

// manyTranslator is a Translator with a better way for a line that is wanted in several languages at once. done is called once for each, as soon as it is there and
// from any goroutine, before TranslateAll returns.
type manyTranslator interface {
	TranslateAll(ctx context.Context, us []chat.Untranslated, done func(i int, t chat.Translation))
}

// Listener finds out in which language somebody writes. It is quick, and knows nothing of its own: what it has learned of a visitor it gets back.
type Listener interface {
	// Listen returns the language of a visitor's line, and what is known of him after it; keep is true if that is worth storing.
	Listen(known chat.Speaker, line string) (in language.Tag, after chat.Speaker, keep bool)
	// Among returns in which of an agent's own languages a line is: the first one unless it is clearly in another.
	Among(own []language.Tag, line string) language.Tag
}

// Broker carries events between nodes. It may lose, repeat and reorder them: the store is the truth.
type Broker interface {
	// Publish tells all other nodes that follow topic, and may tell this one, which ignores it. It does not wait for them.
	Publish(ctx context.Context, topic string, evs ...chat.Event) error
	// Follow and Leave say what this node wants to hear. Both return at once; what is published after Follow may still be missed.
	Follow(topic string)
	Leave(topic string)
	// Run delivers until ctx ends. deliver never blocks. missed is called with topics from now on heard, of which something may have been
	// missed before: they must catch up from the store; nil stands for all, after a lost connection.
	Run(ctx context.Context, deliver func(topic string, evs []chat.Event), missed func(topics []string)) error
}
