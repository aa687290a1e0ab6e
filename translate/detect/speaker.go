package detect

import (
	"encoding/json"

	"golang.org/x/text/language"

	"dragoman/chat"
)

// Listen decides about one line of a visitor: the line's language, and what is known of him after it. keep is true if that is worth storing:
// what is decided, or about to be, has changed. Evidence of an unknown form counts as none.
func (d *Detector) Listen(s chat.Speaker, line string) (in language.Tag, after chat.Speaker, keep bool) {
	known := Known{Language: s.Language, Reason: s.Reason, Prior: s.Prior}
	if s.Evidence != "" {
		if err := json.Unmarshal([]byte(s.Evidence), &known.State); err != nil {
			known.State = State{}
		}
	}
	e := d.Line(line)
	if e.Letters == 0 {
		return s.Language, s, false
	}
	got := d.Decide(known, e)
	after = s
	after.Language, after.Reason = got.Language, got.Reason
	if text, err := json.Marshal(got.State); err == nil { // numbers and short names: it cannot fail
		after.Evidence = string(text)
	}
	was := known.State
	keep = after.Language != s.Language || after.Reason != s.Reason || s.Evidence == "" || got.State.Leader != was.Leader || got.State.Lines != was.Lines
	return got.Line, after, keep
}

// Among returns in which of an agent's own languages a line is: the first one unless it is clearly in another.
func (d *Detector) Among(own []language.Tag, line string) language.Tag {
	if len(own) == 0 {
		return language.Und
	}
	e := d.Line(line)
	first := d.indexOf(own[0])
	if e.Letters == 0 || first < 0 {
		return own[0]
	}
	at := own[0]
	most := float64(e.logs[first]) + Foreign
	for _, tag := range own[1:] {
		if i := d.indexOf(tag); i >= 0 && i != first && float64(e.logs[i]) > most {
			at, most = tag, float64(e.logs[i])
		}
	}
	return at
}
