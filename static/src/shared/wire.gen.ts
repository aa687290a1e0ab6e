// Made by "go tool wiregen" from package chat. Do not edit: change the Go types and run it again.

/** The WebSocket subprotocol. */
export const protocol = "dragoman.v1"

/** CallName names a call of the wire. */
export type CallName =
  | "hello"
  | "send"
  | "sync"
  | "open"
  | "close"
  | "history"
  | "inbox"
  | "counts"
  | "search"
  | "typing"
  | "read"
  | "language"
  | "take"
  | "assign"
  | "invite"
  | "leave"
  | "agents"
  | "status"
  | "viewing"
  | "state"
  | "preview"
  | "correct"
  | "translate"
  | "flag"
  | "attributes"
  | "page"
  | "rate"
  | "tag"
  | "tags"
  | "remark"
  | "earlier"
  | "ping"

/** CannedState says whether a person of the house has approved a text. */
export type CannedState =
  | "draft"
  | "approved"

/** InboxOrder is how a list of conversations is ordered. */
export type InboxOrder =
  | "newest"
  | "waiting"

/** State is how a conversation stands. */
export type State =
  | "open"
  | "snoozed"
  | "resolved"

/** Code names a kind of error for programs. The list is closed: protocol.md, section 6. */
export type Code =
  | "bad_request"
  | "unknown_call"
  | "token"
  | "identity"
  | "login"
  | "second_step"
  | "origin"
  | "not_found"
  | "gone"
  | "forbidden"
  | "too_long"
  | "too_large"
  | "type"
  | "empty"
  | "conflict"
  | "rate"
  | "taken"
  | "state"
  | "language"
  | "unavailable"
  | "internal"

/** EventType names an event on the wire. */
export type EventType =
  | "message"
  | "conversation"
  | "rows"
  | "inbox"
  | "read"
  | "delivered"
  | "typing"
  | "presence"
  | "agents"
  | "gone"
  | "going_away"
  | "budget"

/** MemoryOrigin is where an entry of a translation memory comes from: always a person. */
export type MemoryOrigin =
  | "correction"
  | "reviewed"
  | "canned"
  | "import"

/** MessageKind says what a row of a conversation is. */
export type MessageKind =
  | "message"
  | "note"
  | "event"

/** SystemEventType says what happened in a message of kind event. */
export type SystemEventType =
  | "joined"
  | "left"
  | "assigned"
  | "invited"
  | "resolved"
  | "reopened"
  | "language"
  | "rated"

/** TranslationState is how far a translation is. */
export type TranslationState =
  | "pending"
  | "done"
  | "failed"
  | "same"

/** Reason says why a translation failed. */
export type Reason =
  | "no_engine"
  | "no_pair"
  | "engine"
  | "damaged"
  | "budget"
  | "too_long"

/** Quality is what may be expected of an engine for a pair. */
export type Quality =
  | "full"
  | "rough"

/** ByKind says who made a translation. */
export type ByKind =
  | "engine"
  | "memory"
  | "agent"

/** TextName names a text that a site may write in its own words. */
export type TextName =
  | "greeting"
  | "subtitle"
  | "bubble"
  | "rating"

/** TextState tells what a person has to do with a text. */
export type TextState =
  | "approved"
  | "draft"
  | "outdated"

/** ParticipantKind says what a participant is. */
export type ParticipantKind =
  | "visitor"
  | "agent"
  | "bot"
  | "system"

/** LanguageReason is why a visitor is taken to read a language. */
export type LanguageReason =
  | "chosen"
  | "written"
  | "shop"
  | "browser"

/** Role is what an agent may do. */
export type Role =
  | "agent"
  | "admin"

/** RefusedReason says for programs why a file, or a row of one, is not taken. Who does not know one shows the sentence. */
export type RefusedReason =
  | "columns"
  | "name"
  | "language"
  | "empty"
  | "too_long"
  | "variable"
  | "no_language"
  | "one_language"
  | "bool"
  | "one_text"
  | "no_source"
  | "no_words"
  | "values"
  | "no_file"
  | "no_column"
  | "encoding"
  | "format"
  | "size"
  | "cut"
  | "full"
  | "memory_full"
  | "memory_off"
  | "there"
  | "variables"

/** HitKind says what was found. */
export type HitKind =
  | "original"
  | "translation"
  | "note"
  | "name"
  | "file"
  | "remark"

/** Status says whether an agent takes part. One who is away keeps his sockets, and counts as nobody who is there. */
export type Status =
  | "available"
  | "away"

/** BudgetState tells how a site stands with its budget. */
export type BudgetState =
  | ""
  | "soft"
  | "spent"

/** Formality is how a reader is addressed: du or Sie, tú or usted. It is a wish: languages that know no such thing ignore it. */
export type Formality =
  | "more"
  | "less"
  | "engine"

/** Attachment is a file that came with a message, or one that was sent up and has not come with any yet. */
export interface Attachment {
  id: string
  /** Name is what its sender called it, cleaned, with an ending that fits Type. */
  name: string
  /** Type is the media type that was found in its bytes: image/jpeg, image/png, application/pdf or text/plain. */
  type: string
  /** Size is in bytes. */
  size: number
  /**
   * URL is a path on this server, signed, good for at least a day. It is made when the row is sent, so a newer row has a newer one; between
   * servers it is empty.
   */
  url: string
  /** Width and Height are a picture's, in pixels. */
  width?: number
  height?: number
  /** Thumb is the URL of the same picture, small: none if the picture is small itself. Between servers it is the ending of its name. */
  thumb?: string
  /** Alt says what a picture shows, in its sender's words. */
  alt?: string
}

/** SendFile names an upload that a line brings along. */
export interface SendFile {
  id: string
  /** Alt says what a picture shows, for who does not see it: at most MaxAlt code points. */
  alt?: string
}

/** UploadOK answers POST /widget/v1/upload and POST /agent/v1/upload. */
export interface UploadOK {
  attachment: Attachment
}

/** UploadLimits are what may be attached, so that clients can say so before they send it. */
export interface UploadLimits {
  /** Bytes is the largest file; 0: any. */
  bytes: number
  /** Files is how many one message may have; 0: any number. */
  files: number
  /** Types are the media types that are taken. */
  types: string[]
}

/** Call is the part that all calls share; the fields of each call stand beside it in the same object. */
export interface Call {
  id: number
  call: CallName
}

/** Reply answers a call: ok or error, never both. */
export interface Reply {
  id: number
  ok?: unknown
  error?: Error
}

/** Hello is the first frame of a socket, within 10 s. */
export interface Hello {
  /** Token is the visitor's; an agent's socket has its cookie. */
  token?: string
  language?: string
  /** Epoch is the one that the client knows; Since its place in each conversation. */
  epoch?: string
  since?: Record<string, number>
}

/** HelloOK answers hello. What the session missed follows as rows events. */
export interface HelloOK {
  session: string
  participant: Participant
  /** Language is the key under which this client finds its translations. */
  language: string
  epoch: string
  server_time: string
  heartbeat_s: number
  /** Agent and Sites are for agents only. */
  agent?: Agent
  sites?: SiteInfo[]
  /** Uploads is what may be attached, for agents; a visitor's stands in SessionOK. */
  uploads?: UploadLimits
}

/** SiteInfo is what a console knows of a site. */
export interface SiteInfo {
  key: string
  name: string
  language: string
  /** Budget is how the site stands with what it may spend on translations; left out while it is within its budget. */
  budget?: BudgetState
}

/** Send posts a line. The same key gives the same message, once, for ever. */
export interface Send {
  key: string
  /** Text may be empty if there are attachments. */
  text: string
  /** Attachments are the author's own uploads that came with no line yet, at most DefaultFiles unless the server says otherwise. */
  attachments?: SendFile[]
  /** Conversation may be left out by a visitor. */
  conversation?: string
  /** Language is what the text was typed in, if known. */
  language?: string
  /** Note, for agents: only agents see it. Reviewed: a translation that the agent has seen and approved. */
  note?: boolean
  reviewed?: Reviewed
  /** Mentions are the ids of agents of the site whom a note calls, at most MaxMentions. */
  mentions?: string[]
}

/** SendOK answers send: the message is on disk. It does not move the client's place. */
export interface SendOK {
  conversation: string
  message: Message
  /** Dup is true if the key was known already. */
  dup: boolean
}

/** Sync asks for what a client has missed, when it sees that it lost its place. Answered with Rows. */
export interface Sync {
  conversation: string
  since: number
}

/** Open follows a conversation (agents). Without since it is answered with the newest 50 messages. Answered with Rows. */
export interface Open {
  conversation: string
  since?: number
}

/** Close stops following a conversation (agents). */
export interface Close {
  conversation: string
}

/** History asks for older lines. */
export interface History {
  conversation: string
  /** Before is a seq; left out: the newest. */
  before?: number
  /** Limit is at most 100. */
  limit?: number
}

/** HistoryOK answers history, newest last. */
export interface HistoryOK {
  messages: Message[]
}

/** Inbox asks for a page of the inbox and follows it from then on (agents). */
export interface Inbox {
  filter?: InboxFilter
  /** Order is by latest activity unless it says otherwise. */
  order?: InboxOrder
  /** After is next of the page before, an opaque text. */
  after?: string
  limit?: number
  /** Brief asks for rows as a list shows them (Conversation.Brief), here and in the events that follow, but for conversations that are open on this socket. */
  brief?: boolean
  /** Once asks for the page alone: nothing more is followed than before. */
  once?: boolean
}

/** InboxOK answers inbox. */
export interface InboxOK {
  conversations: Conversation[]
  next?: string
  /** Counts come with a first page that is followed: one without after and once. */
  counts?: CountsOK
}

/** CountsOK answers counts, which has no fields: how many unresolved conversations there are of all sites that the agent serves. */
export interface CountsOK {
  /** Mine and Unassigned are open; All has those asleep, too. */
  mine: number
  unassigned: number
  all: number
  /** Mentions are those in which a note calls the agent, who has not read it. */
  mentions: number
}

/** Typing tells that one types. Text is what stands in the box: visitors alone, and only where the site allows the preview. It is never stored. */
export interface Typing {
  conversation: string
  on: boolean
  text?: string
}

/** Read tells how far one has read. */
export interface Read {
  conversation: string
  seq: number
}

/** Language sets a visitor's own language, an agent's own languages, or (agent) the visitor's of a conversation. */
export interface Language {
  language?: string
  languages?: string[]
  conversation?: string
}

/** Take assigns a conversation to oneself, if nobody else has it (agents). Answered with Conversation. */
export interface Take {
  conversation: string
}

/** Assign gives a conversation to an agent of the site, or with null to nobody (agents). Answered with Conversation. */
export interface Assign {
  conversation: string
  agent: string | null
  /** Note is what the agent is to know; it becomes a note in the conversation, in the same moment. */
  note?: string
  /** Key is that of the note, and needed with one: the same one whenever this call is made again. */
  key?: string
}

/** SetState opens, snoozes (until) or resolves a conversation. Answered with StateOK. */
export interface SetState {
  conversation: string
  state: State
  until?: string
  /**
   * Rev, where it is said, is that of the row as the caller knows it: if the conversation's own fields have changed since, the answer is conflict and nothing changes.
   * With it a resolved conversation may be put to sleep, as it was.
   */
  rev?: number
}

/** StateOK answers state: the row, and for agents what the call has changed; left out where it has changed nothing. */
export interface StateOK {
  id: string
  site: string
  /**
   * Rev is the rev of the last change of the fields that have a rev of their own: state, assignee, language,
   * invited, participants, tags, rating. Head is the highest rev of any row of the conversation, Seq the last message's place.
   */
  rev: number
  head: number
  seq: number
  state: State
  /** SnoozedUntil is set while State is snoozed. */
  snoozed_until?: string
  visitor: Visitor
  /** Language is what the visitor reads and writes. */
  language: string
  /** Assignee is the id of the agent who has it. */
  assignee?: string
  /** Invited are the ids of agents who were added without being given it, for agents only; left out: none. */
  invited?: string[]
  /** Rating is what the visitor has said of the conversation after it ended; nil if nothing. */
  rating?: Rating
  /** Participants are the agents and bots who have taken part, and the assignee; never null. */
  participants: Participant[]
  /** WaitingSince is the time of the first line of the visitor after the last line of an agent or bot. */
  waiting_since?: string
  /** Last is the newest message (for agents: or note). */
  last?: Message
  /** Unread counts, for agents, the visitor's lines after Read.Agents; for the visitor, the others' lines after Read.Visitor. */
  unread: number
  /** Flagged counts the translations that the visitor has called wrong and nobody has dealt with; for agents only. */
  flagged?: number
  tags: string[]
  /** Mentioned are the ids of agents whom a note has called and who have not read it yet; for agents only. */
  mentioned?: string[]
  read: ReadMarks
  /**
   * Brief says that this row is what a list shows: of the visitor without page, attributes and basket, and with no more of the last line, in any language,
   * than its first MaxBriefText characters, and nothing of what was corrected.
   */
  brief?: boolean
  was?: StateBefore
}

/** Preview asks what the visitor would read, and with back that translated back (agents). */
export interface Preview {
  conversation: string
  text: string
  back?: boolean
}

/** PreviewOK answers preview. */
export interface PreviewOK {
  language: string
  text: string
  back?: string
  /** State, Reason and Quality tell what the preview is worth, as in Translation. */
  state: TranslationState
  reason?: Reason
  quality: Quality
  /** By is who made the text; with the kind memory it is the agent who had written it, or where it came from. */
  by?: By
  /** Terms are those of the glossary that stand in it, as in Translation. */
  terms?: string[]
  /** Near are texts of the site's memory that nearly say the same, the nearest first; none if the memory has the text itself. */
  near?: Near[]
}

/** Retry asks for a translation again (agents); the call is named translate. Answered with Message. */
export interface Retry {
  conversation: string
  seq: number
  language: string
}

/** Correct puts a person's translation in the place of the engine's, for every reader (agents). Answered with Message. */
export interface Correct {
  conversation: string
  seq: number
  language: string
  /**
   * Text with Undo is the correction that is taken back, as it was said: conflict if another, or the same words by a colleague, stands there by now. Where none does any more
   * nothing changes.
   * Empty with Undo it takes back whatever was corrected last.
   */
  text: string
  /** Undo takes the last correction back: what stood there before it stands there again. */
  undo?: boolean
}

/** Flag says that a translation is wrong (visitors). Comment, at most MaxFlagComment code points, is shown to the agents. */
export interface Flag {
  conversation: string
  seq: number
  language: string
  comment?: string
}

/** Rate says how a conversation was that has ended (visitors). Until its next line the same call changes the rating. */
export interface Rate {
  conversation: string
  /** Score is 1, the worst, to 5. */
  score: number
  /** Comment, at most MaxRatingComment code points, is for the agents; left out, one that was given before stays. */
  comment?: string
}

/** About says what a page knows of its visitor, unsigned (visitors); the call is named attributes. What is left out stays as it was. */
export interface About {
  /** Name and Email count only as long as the visitor is not verified. */
  name?: string
  email?: string
  /** Attributes change those that they name; an empty value takes one away. */
  attributes?: Record<string, string>
  /** Cart replaces the basket; one without items empties it. */
  cart?: Cart
}

/** PingOK answers ping, which has no fields. */
export interface PingOK {
  server_time: string
}

/** SessionRequest begins or continues a visitor's session: POST /widget/v1/session. */
export interface SessionRequest {
  site: string
  token?: string
  identity?: string
  languages?: string[]
  time_zone?: string
  page?: Page
}

/** SessionOK answers a SessionRequest. */
export interface SessionOK {
  token: string
  visitor: Visitor
  language: string
  site: SessionSite
  /**
   * Was is the id of the visitor whose token came with the request, if a signed identity has made him this one: his lines that were not sent yet are
   * this visitor's, under the same keys.
   */
  was?: string
  /** Open tells whether an agent of the site is online. */
  open: boolean
  /** Agents are who is, at most three of them. */
  agents?: Face[]
  /** RepliesInS is how many seconds the first answer to a conversation took within the last hour, as a median; left out where too few were given to say so. */
  replies_in_s?: number
  conversations: Conversation[]
  /** Uploads is what may be attached. */
  uploads?: UploadLimits
}

/** Face is an agent as a visitor sees him before they have spoken: never more than the name that he would sign with. */
export interface Face {
  name: string
  avatar?: string
}

/** SessionSite is what a visitor knows of a site. */
export interface SessionSite {
  key: string
  name: string
  language: string
  texts: SiteTexts
  look: Look
  /** TypingPreview says that agents read what the visitor is typing; he has to be told. */
  typing_preview?: boolean
  /** SendsPersonal says that engines see mail addresses and telephone numbers as they were typed; otherwise marks stand in their place. */
  sends_personal?: boolean
}

/** LoginRequest is the body of POST /agent/v1/login. */
export interface LoginRequest {
  email: string
  password: string
  /** Code is the second step, for who has one: of the app, or a recovery code. */
  code?: string
}

/** CannedText is a canned reply in one language. */
export interface CannedText {
  language: string
  text: string
  state: CannedState
  /** By is who wrote it, and once it is approved who did that: an agent's name, or an engine's. */
  by: string
  at: string
}

/** Canned is a reply that a site has ready: a short name, and the reply in some languages. */
export interface Canned {
  name: string
  /** Texts are sorted by language. */
  texts: CannedText[]
}

/** Reviewed is a translation that an agent has seen and approved before sending. */
export interface Reviewed {
  language: string
  text: string
}

/** Rows is a piece of a catch-up (protocol.md, section 5): rows with a rev above since, by rev, and the head, from one snapshot. */
export interface Rows {
  conversation: string
  /** Head is the conversation's head, or on a partial piece the rev of its last row. The client's place after applying it. */
  head: number
  /** Reset means: forget the conversation, these are the newest messages. */
  reset: boolean
  /** More means that another piece follows. */
  more: boolean
  row?: Conversation
  /** Messages is never null on the wire. */
  messages: Message[]
}

/** InboxFilter selects conversations; empty fields select all. */
export interface InboxFilter {
  site?: string
  /** State selects one state; empty: all. Unresolved, where no state is named, leaves out the resolved ones. */
  state?: State
  unresolved?: boolean
  /** Assignee is an agent's id, "me", or "none". */
  assignee?: string
  language?: string
  /** Invited is an agent's id, or "me": conversations to which that agent was added. */
  invited?: string
  /**
   * WaitingS selects those whose visitor has waited for at least so many seconds. Consoles that follow it are told of all that wait, since time passes
   * without an event: they look at the clock themselves.
   */
  waiting_s?: number
  /** Text is looked for in the visitor's name and the last line. */
  text?: string
  /** Tag is one that the conversation has; case does not matter. */
  tag?: string
  /** Mentioned selects conversations with a note that calls the agent who asks, and that he has not read since. */
  mentioned?: boolean
}

/** Conversation is one visitor's talk with one site. */
export interface Conversation {
  id: string
  site: string
  /**
   * Rev is the rev of the last change of the fields that have a rev of their own: state, assignee, language,
   * invited, participants, tags, rating. Head is the highest rev of any row of the conversation, Seq the last message's place.
   */
  rev: number
  head: number
  seq: number
  state: State
  /** SnoozedUntil is set while State is snoozed. */
  snoozed_until?: string
  visitor: Visitor
  /** Language is what the visitor reads and writes. */
  language: string
  /** Assignee is the id of the agent who has it. */
  assignee?: string
  /** Invited are the ids of agents who were added without being given it, for agents only; left out: none. */
  invited?: string[]
  /** Rating is what the visitor has said of the conversation after it ended; nil if nothing. */
  rating?: Rating
  /** Participants are the agents and bots who have taken part, and the assignee; never null. */
  participants: Participant[]
  /** WaitingSince is the time of the first line of the visitor after the last line of an agent or bot. */
  waiting_since?: string
  /** Last is the newest message (for agents: or note). */
  last?: Message
  /** Unread counts, for agents, the visitor's lines after Read.Agents; for the visitor, the others' lines after Read.Visitor. */
  unread: number
  /** Flagged counts the translations that the visitor has called wrong and nobody has dealt with; for agents only. */
  flagged?: number
  tags: string[]
  /** Mentioned are the ids of agents whom a note has called and who have not read it yet; for agents only. */
  mentioned?: string[]
  read: ReadMarks
  /**
   * Brief says that this row is what a list shows: of the visitor without page, attributes and basket, and with no more of the last line, in any language,
   * than its first MaxBriefText characters, and nothing of what was corrected.
   */
  brief?: boolean
}

/** Rating is how a conversation was, as its visitor says. */
export interface Rating {
  /** Score is 1, the worst, to 5. */
  score: number
  comment?: string
  /** At is when it was given, or last changed. */
  at: string
}

/** ReadMarks say up to which seq each side has read. All agents of a site share one mark, so that a row is the same for all consoles. */
export interface ReadMarks {
  visitor: number
  agents: number
}

/** StateBefore is what a conversation was before a call has changed its state. */
export interface StateBefore {
  state: State
  /** Until is there for snoozed. */
  until?: string
}

/**
 * Error is an error that may be shown: a code for programs and a sentence for people that says what
 * to do next. Any error that is not an *Error is internal: it is logged with a trace id, and the other side
 * sees one neutral sentence.
 */
export interface Error {
  code: Code
  /** Text is the sentence. On the wire it is called message. */
  message: string
  /** RetryAfterS is for RateLimited alone: after how many seconds the same call may succeed. */
  retry_after_s?: number
  /** Trace is for Internal alone: what to look for in the log. */
  trace?: string
}

/** MessageFrame tells a message, new or changed, whole. */
export interface MessageFrame {
  event: "message"
  conversation: string
  /** Prev is the rev of the event before this one in the same view: a client whose place is below it has missed something and calls sync. */
  prev: number
  rev: number
  message: Message
  /** Delivered is true on a line of the visitor's that an agent who has the conversation open was given in the same moment; else it is left out. */
  delivered?: boolean
}

/** ConversationFrame tells a conversation's own fields, whole, to sessions that follow it. */
export interface ConversationFrame {
  event: "conversation"
  conversation: string
  prev: number
  rev: number
  row: Conversation
}

/** RowsFrame is a piece of what a session missed, after hello. */
export interface RowsFrame {
  conversation: string
  /** Head is the conversation's head, or on a partial piece the rev of its last row. The client's place after applying it. */
  head: number
  /** Reset means: forget the conversation, these are the newest messages. */
  reset: boolean
  /** More means that another piece follows. */
  more: boolean
  row?: Conversation
  /** Messages is never null on the wire. */
  messages: Message[]
  event: "rows"
}

/** InboxFrame tells consoles rows of the inbox; the higher head replaces. */
export interface InboxFrame {
  event: "inbox"
  conversations: Conversation[]
}

/** ReadFrame tells how far somebody has read. */
export interface ReadFrame {
  event: "read"
  conversation: string
  participant: Participant
  seq: number
}

/** DeliveredFrame tells a visitor that his lines up to Seq have been given to the console of an agent of the site. It is not stored. */
export interface DeliveredFrame {
  event: "delivered"
  conversation: string
  seq: number
}

/** TypingFrame tells that somebody types; repeated every 4 s, to be forgotten after 8. */
export interface TypingFrame {
  event: "typing"
  conversation: string
  participant: Participant
  on: boolean
  /**
   * Text is what the visitor has typed so far and not sent, for agents of sites that allow it, and Translation what it says: of what was
   * typed up to a second before.
   */
  text?: string
  translation?: string
}

/** PresenceFrame tells that somebody came or went. */
export interface PresenceFrame {
  event: "presence"
  participant: Participant
}

/** GoneFrame tells that a conversation was erased. */
export interface GoneFrame {
  event: "gone"
  conversation: string
}

/** BudgetFrame tells consoles that a site stands otherwise with what it may spend on translations; hello's sites say how it stood before. */
export interface BudgetFrame {
  event: "budget"
  site: string
  /** Budget is empty if the site is within its budget again. */
  budget: BudgetState
}

/** GoingAwayFrame tells that the server is about to restart: reconnect after in_s seconds, with jitter. */
export interface GoingAwayFrame {
  event: "going_away"
  in_s: number
}

/** Item is one line of a basket. */
export interface Item {
  name: string
  /** Quantity is at least 1; left out: 1. */
  quantity?: number
  /** Price is that of one, in the currency's main unit. */
  price?: number
}

/** Cart is a visitor's basket as the shop's page says it. */
export interface Cart {
  /** Items is never null; none means that the basket is empty. */
  items: Item[]
  /** Currency is a code of ISO 4217, such as EUR; Total is in its main unit. */
  currency?: string
  total?: number
}

/** Login is a login session, as its agent sees it. */
export interface Login {
  /** ID names it to its agent and opens nothing. */
  id: string
  device: string
  address: string
  /** Began is when, and Used when it was last used, to the minute. */
  began: string
  used: string
  /** Current tells that it is the one that asks. */
  current?: boolean
}

/** Term is an entry of a site's glossary: how a word or a phrase is to be translated, or that it is not. */
export interface Term {
  id: string
  site: string
  /** From and To are the pair that the term is for; language.Und stands for any. */
  from: string
  to: string
  /** Source is found as whole words. Target takes its place; empty means that Source stays as it is. */
  source: string
  target: string
  /** CaseSensitive tells Apple from apple. */
  case_sensitive: boolean
  at: string
}

/** MemoryEntry is a text of a site with a translation by a person. */
export interface MemoryEntry {
  id: string
  site: string
  from: string
  to: string
  /** Source and Target are as they were written, but for a customer's addresses and numbers. Numbers, links and the like are found again by what protects them from engines. */
  source: string
  target: string
  origin: MemoryOrigin
  /** By is the name of the agent, or of whom a file names. Visitors see it, so a mail address is left out. */
  by: string
  at: string
}

/** Kept counts what became of entries or terms that were to be stored. */
export interface Kept {
  added: number
  replaced: number
}

/** Imported is what became of a file of entries or terms. */
export interface Imported {
  added: number
  replaced: number
  /** Refused is how many were not taken, Refusals the reasons of the first MaxRefusals. */
  refused: number
  refusals: Refusal[]
}

/** Refusal is why one entry of a file was not taken. */
export interface Refusal {
  reason?: RefusedReason
  /** Column is the one of the file that it is about, as it is called there. */
  column?: string
  /** Value and Limit are what the reason speaks of. */
  value?: string
  limit?: number
  /** Before is how much of a file had been taken before, and stays. */
  before?: number
  /** Line is where in the file, from 1. Why is a sentence in English. */
  line: number
  why: string
}

/** Near is an entry of the memory whose source is nearly a text: something for a person to look at, and never sent by itself. */
export interface Near {
  source: string
  /** Target has the text's own numbers, links and the like. */
  target: string
  /** Similarity is the part of the longer text that is the same, from 0.85 to 1. */
  similarity: number
}

/** Message is one line of a conversation with all its translations. */
export interface Message {
  id: string
  /** Seq is the line's place: 1, 2, 3 ... A visitor sees gaps where notes stand. */
  seq: number
  /** Rev is when this row last changed, counted by the conversation's head. */
  rev: number
  /** Key is the idempotency key that the author's client made. */
  key?: string
  kind: MessageKind
  author: Participant
  at: string
  /** Text is what was typed, Language in which language. */
  text: string
  language: string
  event?: SystemEvent
  /** Translations are by the language they are in; never null on the wire. */
  translations: Record<string, Translation>
  /** Attachments is never null on the wire. */
  attachments: Attachment[]
  /** Mentions are the agents whom a note calls. */
  mentions?: Mention[]
  erased?: boolean
}

/** SystemEvent is what happened; screens phrase it. */
export interface SystemEvent {
  type: SystemEventType
  /** By is the id of the participant who did it. */
  by: string
  /** To is the agent's id for assigned (empty: to nobody) and invited, the language for language, the score for rated. */
  to?: string
}

/** By is who made a translation: the engine's name, or the agent's. */
export interface By {
  kind: ByKind
  name: string
  /** ID is the agent's who has said it; left out where it was stored before ids were, and for everybody else. */
  id?: string
}

/** Translation is the text of a message in another language. */
export interface Translation {
  /** Text is empty unless State is done. */
  text: string
  state: TranslationState
  reason?: Reason
  /** By has an empty name while the translation is pending. */
  by: By
  quality: Quality
  /** Terms are the forms that the site's glossary wanted in this text, and that stand in it. */
  terms?: string[]
  /** Flagged is true once a visitor has said that it is wrong, until a person corrects it or an engine says something else. */
  flagged: boolean
  /** FlagComment is what the visitor said about it; for agents only. */
  flag_comment?: string
  /** Was is what stood here before a person's text took its place, so that the correction can be taken back; one step, and for agents only. */
  was?: Translation
  at: string
}

/** TextVariant is a text in one language. */
export interface TextVariant {
  text: string
  state: TextState
  /** By is who has drafted it: an engine, or whose work the translation memory had. */
  by?: string
  /** Rough is true for a draft of an engine that is not good enough for the first words that a shop says: it waits for a person, and no visitor reads it. */
  rough?: boolean
  at: string
}

/**
 * OwnTexts are the texts that a site has written itself, with their variants by language. It stands in the site's row. The text in the site's own language is
 * the source: drafts in other languages are made from it.
 */
export interface OwnTexts {
  texts?: Record<string, Record<string, TextVariant>>
  /** BubbleAfterS is after how many seconds on a page the bubble appears; 0: never. */
  bubble_after_s?: number
  /** NoDrafts keeps drafts from being made when a visitor would read one, and from being shown. */
  no_drafts?: boolean
}

/** Participant is somebody in a conversation, as everybody in it may see him. */
export interface Participant {
  id: string
  kind: ParticipantKind
  name: string
  avatar?: string
  /** Language is what things are translated into for this participant. */
  language: string
  /** Online is true while one of the participant's sessions is open on any node, and of an agent only while he is not away. It is painted, never decided upon. */
  online: boolean
}

/** Page is where a visitor is. */
export interface Page {
  url: string
  title: string
}

/** Visitor is a shopper: a participant, and what only agents see of him. */
export interface Visitor {
  id: string
  kind: ParticipantKind
  name: string
  avatar?: string
  /** Language is what things are translated into for this participant. */
  language: string
  /** Online is true while one of the participant's sessions is open on any node, and of an agent only while he is not away. It is painted, never decided upon. */
  online: boolean
  /** Verified is true if the shop's back end has signed who this is. */
  verified: boolean
  email?: string
  time_zone?: string
  page?: Page
  /** LanguageReason is why Language is the visitor's; empty for one who began before that was noted. */
  language_reason?: LanguageReason
  attributes: Record<string, string>
  /** Signed names those of the Attributes that the shop's back end has signed; the others are what a page has said. */
  signed?: string[]
  /** Cart is what lies in the visitor's basket, as the page says. */
  cart?: Cart
  /** Remark is the rev of what agents have written down about him: the call remark has the text. It is left out before there is any. */
  remark?: number
}

/** Agent is a person who answers. */
export interface Agent {
  status: Status
  /** Until is when one who is away wants to be back; from then on he counts as available. Left out: until he says so. */
  until?: string
  id: string
  name: string
  role: Role
  /** Languages holds at least one: the first is translated into, the others are understood and not translated. */
  languages: string[]
}

/** Refused is why something in a file is not taken, for a program that says it in its reader's language; without Reason there is only a sentence. */
export interface Refused {
  reason?: RefusedReason
  /** Column is the one of the file that it is about, as it is called there. */
  column?: string
  /** Value and Limit are what the reason speaks of. */
  value?: string
  limit?: number
  /** Before is how much of a file had been taken before, and stays. */
  before?: number
}

/**
 * Remark reads or changes what agents have written down about the visitor of a conversation (agents); he never sees it. Without text it only reads. Answered with
 * RemarkOK.
 */
export interface Remark {
  conversation: string
  text?: string
  /** Rev is that of the text which was changed: if another stands there by now, the answer is conflict, and nothing is changed. */
  rev?: number
}

/** RemarkOK is what stands there now, and who has written it last. */
export interface RemarkOK {
  text: string
  /** Rev is 0 before anybody has written anything. */
  rev: number
  /** By is the agent's name, empty where two texts were joined. */
  by?: string
  at?: string
}

/** Earlier asks for the other conversations of a conversation's visitor, the latest begun first (agents). */
export interface Earlier {
  conversation: string
  /** After is next of the page before, an opaque text. Limit is at most EarlierRows. */
  after?: string
  limit?: number
}

/** EarlierOK answers earlier. */
export interface EarlierOK {
  conversations: Conversation[]
  next?: string
}

/** Search asks for what was said and noted, and for who is called so: the newest first (agents). */
export interface Search {
  /** Text has the words that must all be there. The last one may be unfinished, unless a space follows it. */
  text: string
  filter?: SearchFilter
  /** After is next of the page before, an opaque text. */
  after?: string
  limit?: number
}

/** SearchFilter narrows a search; empty fields narrow nothing. */
export interface SearchFilter {
  site?: string
  /** Language is the one that a line was written in; pt finds pt-BR as well. */
  language?: string
  /** Agent is the id of somebody who has, or has written in, the conversation; me: oneself. */
  agent?: string
  /** From is the first moment, To the one after the last. */
  from?: string
  to?: string
}

/** SearchOK answers search. A page may be short, or empty, and still have a next. */
export interface SearchOK {
  hits: SearchHit[]
  next?: string
}

/** SearchHit is a place in which something was found. */
export interface SearchHit {
  kind: HitKind
  conversation: string
  site: string
  /** Seq is the line's; 0 for a name and a remark, which are the conversation's. */
  seq: number
  /** At is when the line was written; for a name and a remark, when the conversation began. */
  at: string
  /** Visitor is whose conversation it is, Author who wrote the line. */
  visitor: Participant
  author?: Participant
  state: State
  /** Found is the part of the text in which it stands. */
  found: Snippet
  /** Reads is the beginning of the line in the agent's language, where that is another text. */
  reads?: Snippet
}

/** Snippet is a part of a text, with "…" where something was left out. */
export interface Snippet {
  text: string
  language: string
  /** Marks are what to mark in Text, in order and without overlaps. */
  marks?: Mark[]
}

/** Mark is a part of a Snippet's text, in UTF-16 code units as JavaScript counts: from From up to and without To. */
export interface Mark {
  from: number
  to: number
}

/** Look is how the widget looks on a site. */
export interface Look {
  /** Color is the accent as #rrggbb; empty means the product's own. */
  color?: string
  /** Position is "end" (default) or "start": the corner in the direction of the page's text. */
  position?: string
}

/** SiteTexts are what a shop says in its own words, as one visitor reads it; a text that is empty is the widget's own, in the visitor's language. */
export interface SiteTexts {
  greeting?: string
  subtitle?: string
  /** Starts are the quick starts in place of the widget's own. */
  starts?: QuickStart[]
  /** Rating is the question after a conversation. */
  rating?: string
  /** Language is the one that they are in; left out if there are none. */
  language?: string
  /** Draft is true if an engine has made one of them and nobody has looked at it: the visitor is told that it was translated. */
  draft?: boolean
}

/** QuickStart is a button of the first screen that sends a line. */
export interface QuickStart {
  label: string
  /** Text is what is sent. */
  text: string
}

/**
 * Tag changes what a conversation is tagged with (agents): what it names is put on and taken off, all else stays, so that two agents at once do not undo each
 * other. Putting on what is there and taking off what is not is no error. Answered with Conversation.
 */
export interface Tag {
  conversation: string
  add?: string[]
  remove?: string[]
}

/** Tags asks for the tags that a site uses (agents). */
export interface Tags {
  site: string
}

/** TagsOK answers tags: all of them, at most MaxSiteTags, the most used first. */
export interface TagsOK {
  tags: TagUse[]
}

/** TagUse is a tag, and how many conversations have it. */
export interface TagUse {
  name: string
  uses: number
}

/** Mention is an agent whom a note calls, by the name that he had then: it stands in the text behind an @. */
export interface Mention {
  id: string
  name: string
}

/** AgentStatus is how an agent has set himself, for all his consoles and until he sets it otherwise. */
export interface AgentStatus {
  status: Status
  /** Until is when one who is away wants to be back; from then on he counts as available. Left out: until he says so. */
  until?: string
}

/** Colleague is an agent as the other agents of a site see him. */
export interface Colleague {
  status: Status
  /** Until is when one who is away wants to be back; from then on he counts as available. Left out: until he says so. */
  until?: string
  id: string
  name: string
  role: Role
  /** Languages holds at least one: the first is translated into. */
  languages: string[]
  /** Online is true while one of his consoles is open on any node, whatever his status. */
  online: boolean
  /** Open counts the open conversations of the site that are his. */
  open: number
  /** Viewing are the conversations of the site that stand in front on his consoles; never null. */
  viewing: Looking[]
}

/** Looking is a conversation that an agent has in front of him. */
export interface Looking {
  conversation: string
  /** Typing is true while he writes in it. */
  typing?: boolean
}

/** Agents asks for the roster of a site, and for what changes in it from then on (agents). */
export interface Agents {
  site: string
}

/** AgentsOK answers agents: whoever may be given a conversation of the site, by name. */
export interface AgentsOK {
  site: string
  agents: Colleague[]
}

/** AgentsFrame tells what has changed in the roster of a site: whole rows, and who is no agent of it any more. */
export interface AgentsFrame {
  event: "agents"
  site: string
  agents: Colleague[]
  gone?: string[]
}

/** SetStatus says that the agent is available, or away, until a time or until he says otherwise. Answered with AgentStatus. */
export interface SetStatus {
  status: Status
  until?: string
}

/** Viewing says which conversation stands in front on this console; none if it is left out (agents). */
export interface Viewing {
  conversation?: string
}

/** Invite adds an agent of the site to a conversation without giving it to him (agents). Answered with Conversation. */
export interface Invite {
  conversation: string
  agent: string
}

/** Leave takes oneself out of a conversation that is somebody else's or nobody's (agents). Answered with Conversation. */
export interface Leave {
  conversation: string
}

/**
 * Translating is how the lines of a site are translated. It stands in the site's row and is changed by `dragoman site set` and over REST. The
 * zero value is a good setting: the server's engines in the server's order, no budget, personal data masked.
 */
export interface Translating {
  /** Engines names engines in order of preference; empty: all that the server has, in its order. What is not named is not asked. */
  engines?: string[]
  /** PairEngines is the order for single pairs, written "es>en"; for the others Engines counts. */
  pair_engines?: Record<string, string[]>
  /**
   * Formality is how visitors who read a language are addressed by agents. What is not named is as the house has it: formally where strangers are
   * (translate's register.go), and as the engine likes elsewhere.
   */
  formality?: Record<string, Formality>
  /** Names are never translated: brands, products, people. */
  names?: string[]
  /** SendPersonal lets engines see mail addresses and phone numbers as they were typed. Card and bank numbers never leave the house. */
  send_personal?: boolean
  /** NoMemory switches the site's translation memory off: nothing is taken from it, and nothing is remembered. */
  no_memory?: boolean
  /** TypingPreview lets agents read what a visitor is typing, before it is sent. */
  typing_preview?: boolean
  budget?: Budget
}

/** Budget bounds what a site may have translated by engines that are paid for, in code points of the source. 0 means no bound. */
export interface Budget {
  day_characters?: number
  month_characters?: number
  /** SoftPercent is the part of a bound after which a site saves; 0 means DefaultSoftPercent. */
  soft_percent?: number
}

/** Spending is what a site has spent on a day (UTC) and in the month so far, in characters. */
export interface Spending {
  day: number
  month: number
}

/** Spent is what a site had translated by one engine on one day (UTC). */
export interface Spent {
  site: string
  engine: string
  /** Day is written 2026-11-22. */
  day: string
  /** Characters are code points that were sent, or what the vendor says it bills. */
  characters: number
}

/** What each call takes beside id and call, and what its ok holds. */
export interface CallMap {
  hello: { call: Hello; ok: HelloOK }
  send: { call: Send; ok: SendOK }
  sync: { call: Sync; ok: Rows }
  open: { call: Open; ok: Rows }
  close: { call: Close; ok: Record<string, never> }
  history: { call: History; ok: HistoryOK }
  inbox: { call: Inbox; ok: InboxOK }
  counts: { call: Record<string, never>; ok: CountsOK }
  search: { call: Search; ok: SearchOK }
  typing: { call: Typing; ok: Record<string, never> }
  read: { call: Read; ok: Record<string, never> }
  language: { call: Language; ok: Record<string, never> }
  take: { call: Take; ok: Conversation }
  assign: { call: Assign; ok: Conversation }
  invite: { call: Invite; ok: Conversation }
  leave: { call: Leave; ok: Conversation }
  agents: { call: Agents; ok: AgentsOK }
  status: { call: SetStatus; ok: AgentStatus }
  viewing: { call: Viewing; ok: Record<string, never> }
  state: { call: SetState; ok: StateOK }
  preview: { call: Preview; ok: PreviewOK }
  correct: { call: Correct; ok: Message }
  translate: { call: Retry; ok: Message }
  flag: { call: Flag; ok: Record<string, never> }
  attributes: { call: About; ok: Record<string, never> }
  page: { call: Page; ok: Record<string, never> }
  rate: { call: Rate; ok: Record<string, never> }
  tag: { call: Tag; ok: Conversation }
  tags: { call: Tags; ok: TagsOK }
  remark: { call: Remark; ok: RemarkOK }
  earlier: { call: Earlier; ok: EarlierOK }
  ping: { call: Record<string, never>; ok: PingOK }
}

/** An event as a session gets it. */
export type EventFrame =
  | MessageFrame
  | ConversationFrame
  | RowsFrame
  | InboxFrame
  | ReadFrame
  | DeliveredFrame
  | TypingFrame
  | PresenceFrame
  | GoneFrame
  | BudgetFrame
  | GoingAwayFrame
  | AgentsFrame
