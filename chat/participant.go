package chat

import "golang.org/x/text/language"

// ParticipantKind says what a participant is.
type ParticipantKind string

// The kinds of participants.
const (
	KindVisitor ParticipantKind = "visitor"
	KindAgent   ParticipantKind = "agent"
	KindBot     ParticipantKind = "bot"
	KindSystem  ParticipantKind = "system"
)

// Participant is somebody in a conversation, as everybody in it may see him.
type Participant struct {
	ID     string          `json:"id"`
	Kind   ParticipantKind `json:"kind"`
	Name   string          `json:"name"`
	Avatar string          `json:"avatar,omitempty"`
	// Language is what things are translated into for this participant.
	Language language.Tag `json:"language"`
	// Online is true while one of the participant's sessions is open on any node, and of an agent only while he is not away. It is painted, never decided upon.
	Online bool `json:"online"`
}

// Page is where a visitor is.
type Page struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// Visitor is a shopper: a participant, and what only agents see of him.
type Visitor struct {
	Participant
	// Verified is true if the shop's back end has signed who this is.
	Verified bool   `json:"verified"`
	Email    string `json:"email,omitempty"`
	TimeZone string `json:"time_zone,omitempty"`
	Page     *Page  `json:"page,omitempty"`
	// LanguageReason is why Language is the visitor's; empty for one who began before that was noted.
	LanguageReason LanguageReason    `json:"language_reason,omitempty"`
	Attributes     map[string]string `json:"attributes"`
	// Signed names those of the Attributes that the shop's back end has signed; the others are what a page has said.
	Signed []string `json:"signed,omitempty"`
	// Cart is what lies in the visitor's basket, as the page says.
	Cart *Cart `json:"cart,omitempty"`
	// Remark is the rev of what agents have written down about him: the call remark has the text. It is left out before there is any.
	Remark int64 `json:"remark,omitempty"`
}

// LanguageReason is why a visitor is taken to read a language.
type LanguageReason string

// The reasons, the strongest first.
const (
	// LanguageChosen: the visitor, or an agent for him, has said so. Nothing that he writes changes it.
	LanguageChosen LanguageReason = "chosen"
	// LanguageWritten: his lines are in it.
	LanguageWritten LanguageReason = "written"
	// LanguageShop: the shop has signed it as his locale.
	LanguageShop LanguageReason = "shop"
	// LanguageBrowser: it is the first of his browser's languages, or the site's if the browser names none.
	LanguageBrowser LanguageReason = "browser"
)

// Speaker is what is known of the language that a visitor writes and reads.
type Speaker struct {
	Language language.Tag
	Reason   LanguageReason
	// Prior are the languages that he may well write, the likeliest first: his browser's, the site's.
	Prior []language.Tag
	// Evidence is what his lines have said so far, some hundred bytes that only the detector reads; empty: nothing.
	Evidence string
}

// NewVisitor is a visitor who has just begun.
type NewVisitor struct {
	Site string
	// Token is the SHA-256 of the visitor's token; the token itself is stored nowhere.
	Token    [32]byte
	Language language.Tag
	// Browser are the languages that his browser named, the first one first.
	Browser  []language.Tag
	TimeZone string
	Page     *Page
}

// Role is what an agent may do.
type Role string

// The roles.
const (
	RoleAgent Role = "agent"
	RoleAdmin Role = "admin"
)

// Agent is a person who answers.
type Agent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Languages holds at least one: the first is translated into, the others are understood and not translated.
	Languages []language.Tag `json:"languages"`
	AgentStatus

	Email    string   `json:"-"`
	Sites    []string `json:"-"` // keys of the sites he answers for; empty means all
	Disabled bool     `json:"-"`
}

// Participant returns the agent as others see him.
func (a Agent) Participant() Participant {
	p := Participant{ID: a.ID, Kind: KindAgent, Name: a.Name}
	if len(a.Languages) > 0 {
		p.Language = a.Languages[0]
	}
	return p
}

// Face returns the agent as visitors see him before they have spoken: no mail address, also where somebody has written it into the name. It may be empty.
func (a Agent) Face() Face { return Face{Name: withoutMail(a.Name)} }

// Serves tells whether the agent answers for the site with this key.
func (a Agent) Serves(site string) bool {
	if len(a.Sites) == 0 {
		return true
	}
	for _, s := range a.Sites {
		if s == site {
			return true
		}
	}
	return false
}
