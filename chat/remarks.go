package chat

import "unicode/utf8"

// MaxRemark is the longest text that agents keep about a visitor, in code points. Where two visitors turn out to be one person their texts are joined and may be
// longer together; who edits that has to shorten it.
const MaxRemark = 4000

// EarlierRows is the default and the largest size of one page of somebody's earlier conversations.
const EarlierRows = 20

// Remark reads or changes what agents have written down about the visitor of a conversation (agents); he never sees it. Without text it only reads. Answered with
// RemarkOK.
type Remark struct {
	Conversation string  `json:"conversation"`
	Text         *string `json:"text,omitempty"`
	// Rev is that of the text which was changed: if another stands there by now, the answer is conflict, and nothing is changed.
	Rev int64 `json:"rev,omitempty"`
}

// RemarkOK is what stands there now, and who has written it last.
type RemarkOK struct {
	Text string `json:"text"`
	// Rev is 0 before anybody has written anything.
	Rev int64 `json:"rev"`
	// By is the agent's name, empty where two texts were joined.
	By string `json:"by,omitempty"`
	At Time   `json:"at,omitempty"`
}

// Remembered is a text about a visitor that was stored, and the conversations whose rows tell of it.
type Remembered struct {
	RemarkOK
	Touched []Touched
}

// Earlier asks for the other conversations of a conversation's visitor, the latest begun first (agents).
type Earlier struct {
	Conversation string `json:"conversation"`
	// After is next of the page before, an opaque text. Limit is at most EarlierRows.
	After string `json:"after,omitempty"`
	Limit int    `json:"limit,omitempty"`
}

// EarlierOK answers earlier.
type EarlierOK struct {
	Conversations []Conversation `json:"conversations"`
	Next          string         `json:"next,omitempty"`
}

// CheckRemark cleans a text about a visitor; empty takes it away.
func CheckRemark(s string) (string, error) {
	s = CleanText(s)
	if utf8.RuneCountInString(s) > MaxRemark {
		return "", Errorf(TooLong, "At most %d characters.", MaxRemark)
	}
	return s, nil
}
