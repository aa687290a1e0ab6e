package chat

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// The frames that every line makes are written by hand: reflection took several times as long, for each line and each side. AppendJSON of a
// type appends what encoding/json would write, byte for byte; a test holds one against the other. There is no MarshalJSON: a type that
// embeds another would take over its method and lose its own fields.

// object appends the fields of a JSON object one after the other; what its struct's tags say is for the caller to do.
type object struct {
	b     []byte
	comma bool
}

func begin(b []byte) object { return object{b: append(b, '{')} }

func (o *object) end() []byte { return append(o.b, '}') }

// name appends the name of the next field, which needs no escaping.
func (o *object) name(name string) {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
	o.b = append(append(append(o.b, '"'), name...), '"', ':')
}

// key is name for what may need escaping.
func (o *object) key(name string) {
	if o.comma {
		o.b = append(o.b, ',')
	}
	o.comma = true
	o.b = append(appendText(o.b, name), ':')
}

func (o *object) text(name, s string) {
	o.name(name)
	o.b = appendText(o.b, s)
}

func (o *object) optionalText(name, s string) {
	if s != "" {
		o.text(name, s)
	}
}

func (o *object) number(name string, n int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *object) optionalNumber(name string, n int64) {
	if n != 0 {
		o.number(name, n)
	}
}

func (o *object) truth(name string, t bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, t)
}

func (o *object) time(name string, t Time) {
	o.name(name)
	o.b = t.append(o.b)
}

func (o *object) optionalTime(name string, t Time) {
	if t != 0 {
		o.time(name, t)
	}
}

// value appends a field that writes itself.
func (o *object) value(name string, v interface{ AppendJSON([]byte) []byte }) {
	o.name(name)
	o.b = v.AppendJSON(o.b)
}

// list appends a slice; nil is null, as encoding/json has it.
func list[T any](o *object, name string, l []T, one func(v *T, b []byte) []byte) {
	o.name(name)
	if l == nil {
		o.b = append(o.b, "null"...)
		return
	}
	o.b = append(o.b, '[')
	for i := range l {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = one(&l[i], o.b)
	}
	o.b = append(o.b, ']')
}

// dictionary appends a map by the order of its keys; nil is null.
func dictionary[K comparable, V any](o *object, name string, m map[K]V, key func(K) string, one func(v *V, b []byte) []byte) {
	o.name(name)
	if m == nil {
		o.b = append(o.b, "null"...)
		return
	}
	inner := begin(o.b)
	if len(m) == 1 { // the usual case, without a list to be sorted
		for k, v := range m {
			inner.key(key(k))
			inner.b = one(&v, inner.b)
		}
		o.b = inner.end()
		return
	}
	type entry struct {
		key string
		v   V
	}
	entries := make([]entry, 0, len(m))
	for k, v := range m {
		entries = append(entries, entry{key(k), v})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for i := range entries {
		inner.key(entries[i].key)
		inner.b = one(&entries[i].v, inner.b)
	}
	o.b = inner.end()
}

// appendText appends a string. What needs escaping (encoding/json also escapes what means something in HTML) is left to encoding/json.
func appendText(b []byte, s string) []byte {
	if plain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	escaped, _ := json.Marshal(s) // of a string it never fails
	return append(b, escaped...)
}

// plain tells whether a string stands for itself.
func plain(s string) bool {
	ascii := true
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return ascii || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}

// AppendJSON appends the participant as encoding/json would.
func (p *Participant) AppendJSON(b []byte) []byte {
	o := begin(b)
	p.fields(&o)
	return o.end()
}

func (p *Participant) fields(o *object) {
	o.text("id", p.ID)
	o.text("kind", string(p.Kind))
	o.text("name", p.Name)
	o.optionalText("avatar", p.Avatar)
	o.text("language", p.Language.String())
	o.truth("online", p.Online)
}

// AppendJSON appends the visitor as encoding/json would.
func (v *Visitor) AppendJSON(b []byte) []byte {
	o := begin(b)
	v.Participant.fields(&o)
	o.truth("verified", v.Verified)
	o.optionalText("email", v.Email)
	o.optionalText("time_zone", v.TimeZone)
	if v.Page != nil {
		o.name("page")
		page := begin(o.b)
		page.text("url", v.Page.URL)
		page.text("title", v.Page.Title)
		o.b = page.end()
	}
	o.optionalText("language_reason", string(v.LanguageReason))
	dictionary(&o, "attributes", v.Attributes, func(k string) string { return k }, func(v *string, b []byte) []byte { return appendText(b, *v) })
	if len(v.Signed) > 0 {
		list(&o, "signed", v.Signed, func(s *string, b []byte) []byte { return appendText(b, *s) })
	}
	if v.Cart != nil {
		o.name("cart")
		// Few visitors have one, and numbers are written in many ways. It always has a JSON form: its numbers came as JSON.
		cart, _ := json.Marshal(v.Cart)
		o.b = append(o.b, cart...)
	}
	o.optionalNumber("remark", v.Remark)
	return o.end()
}

// AppendJSON appends the translation as encoding/json would.
func (t *Translation) AppendJSON(b []byte) []byte {
	o := begin(b)
	o.text("text", t.Text)
	o.text("state", string(t.State))
	o.optionalText("reason", string(t.Reason))
	o.name("by")
	by := begin(o.b)
	by.text("kind", string(t.By.Kind))
	by.text("name", t.By.Name)
	by.optionalText("id", t.By.ID)
	o.b = by.end()
	o.text("quality", string(t.Quality))
	if len(t.Terms) > 0 {
		list(&o, "terms", t.Terms, func(s *string, b []byte) []byte { return appendText(b, *s) })
	}
	o.truth("flagged", t.Flagged)
	o.optionalText("flag_comment", t.FlagComment)
	if t.Was != nil {
		o.name("was")
		o.b = t.Was.AppendJSON(o.b)
	}
	o.time("at", t.At)
	return o.end()
}

// AppendJSON appends the attachment as encoding/json would.
func (a *Attachment) AppendJSON(b []byte) []byte {
	o := begin(b)
	o.text("id", a.ID)
	o.text("name", a.Name)
	o.text("type", a.Type)
	o.number("size", a.Size)
	o.text("url", a.URL)
	o.optionalNumber("width", int64(a.Width))
	o.optionalNumber("height", int64(a.Height))
	o.optionalText("thumb", a.Thumb)
	o.optionalText("alt", a.Alt)
	return o.end()
}

// AppendJSON appends the message as encoding/json would.
func (m *Message) AppendJSON(b []byte) []byte {
	o := begin(b)
	o.text("id", m.ID)
	o.number("seq", m.Seq)
	o.number("rev", m.Rev)
	o.optionalText("key", m.Key)
	o.text("kind", string(m.Kind))
	o.value("author", &m.Author)
	o.time("at", m.At)
	o.text("text", m.Text)
	o.text("language", m.Language.String())
	if m.Event != nil {
		o.name("event")
		event := begin(o.b)
		event.text("type", string(m.Event.Type))
		event.text("by", m.Event.By)
		event.optionalText("to", m.Event.To)
		o.b = event.end()
	}
	dictionary(&o, "translations", m.Translations, language.Tag.String, (*Translation).AppendJSON)
	list(&o, "attachments", m.Attachments, (*Attachment).AppendJSON)
	if len(m.Mentions) > 0 {
		list(&o, "mentions", m.Mentions, func(one *Mention, b []byte) []byte {
			mention := begin(b)
			mention.text("id", one.ID)
			mention.text("name", one.Name)
			return mention.end()
		})
	}
	if m.Erased {
		o.truth("erased", true)
	}
	return o.end()
}

// AppendJSON appends the conversation as encoding/json would.
func (c *Conversation) AppendJSON(b []byte) []byte {
	o := begin(b)
	c.fields(&o)
	return o.end()
}

func (c *Conversation) fields(o *object) {
	o.text("id", c.ID)
	o.text("site", c.Site)
	o.number("rev", c.Rev)
	o.number("head", c.Head)
	o.number("seq", c.Seq)
	o.text("state", string(c.State))
	o.optionalTime("snoozed_until", c.SnoozedUntil)
	o.value("visitor", &c.Visitor)
	o.text("language", c.Language.String())
	o.optionalText("assignee", c.Assignee)
	if len(c.Invited) > 0 {
		list(o, "invited", c.Invited, func(s *string, b []byte) []byte { return appendText(b, *s) })
	}
	if c.Rating != nil {
		o.name("rating")
		rating := begin(o.b)
		rating.number("score", int64(c.Rating.Score))
		rating.optionalText("comment", c.Rating.Comment)
		rating.time("at", c.Rating.At)
		o.b = rating.end()
	}
	list(o, "participants", c.Participants, (*Participant).AppendJSON)
	o.optionalTime("waiting_since", c.WaitingSince)
	if c.Last != nil {
		o.value("last", c.Last)
	}
	o.number("unread", c.Unread)
	o.optionalNumber("flagged", c.Flagged)
	list(o, "tags", c.Tags, func(s *string, b []byte) []byte { return appendText(b, *s) })
	if len(c.Mentioned) > 0 {
		list(o, "mentioned", c.Mentioned, func(s *string, b []byte) []byte { return appendText(b, *s) })
	}
	o.name("read")
	read := begin(o.b)
	read.number("visitor", c.Read.Visitor)
	read.number("agents", c.Read.Agents)
	o.b = read.end()
	if c.Brief {
		o.truth("brief", true)
	}
}

// AppendJSON appends the answer as encoding/json would.
func (s *StateOK) AppendJSON(b []byte) []byte {
	o := begin(b)
	s.fields(&o)
	if s.Was != nil {
		o.name("was")
		was := begin(o.b)
		was.text("state", string(s.Was.State))
		was.optionalTime("until", s.Was.Until)
		o.b = was.end()
	}
	return o.end()
}

// AppendJSON appends the answer as encoding/json would.
func (s *SendOK) AppendJSON(b []byte) []byte {
	o := begin(b)
	o.text("conversation", s.Conversation)
	o.value("message", &s.Message)
	o.truth("dup", s.Dup)
	return o.end()
}

// AppendJSON appends the rows as encoding/json would.
func (r *Rows) AppendJSON(b []byte) []byte {
	o := begin(b)
	r.fields(&o)
	return o.end()
}

func (r *Rows) fields(o *object) {
	o.text("conversation", r.Conversation)
	o.number("head", r.Head)
	o.truth("reset", r.Reset)
	o.truth("more", r.More)
	if r.Row != nil {
		o.value("row", r.Row)
	}
	list(o, "messages", r.Messages, (*Message).AppendJSON)
}

// AppendJSON appends the frame as encoding/json would.
func (f *RowsFrame) AppendJSON(b []byte) []byte {
	o := begin(b)
	o.text("event", string(f.Event))
	f.Rows.fields(&o)
	return o.end()
}

// AppendFrame appends a MessageFrame as encoding/json would. message is its message, encoded already: both views' frames have the same.
func (f *MessageFrame) AppendFrame(b, message []byte) []byte {
	o := begin(b)
	place(&o, f.Event, f.Conversation, f.Prev, f.Rev)
	o.name("message")
	o.b = append(o.b, message...)
	if f.Delivered {
		o.truth("delivered", true)
	}
	return o.end()
}

// AppendJSON appends the frame as encoding/json would.
func (f *ConversationFrame) AppendJSON(b []byte) []byte {
	o := begin(b)
	place(&o, f.Event, f.Conversation, f.Prev, f.Rev)
	o.value("row", &f.Row)
	return o.end()
}

// place appends what the frames of stored rows have in common.
func place(o *object, event EventType, conversation string, prev, rev int64) {
	o.text("event", string(event))
	o.text("conversation", conversation)
	o.number("prev", prev)
	o.number("rev", rev)
}
