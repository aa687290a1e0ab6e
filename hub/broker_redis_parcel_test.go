package hub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"dragoman/chat"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// parcelVersion is the folder of testdata/parcels that holds today's form. A change of the form that an older version cannot read needs a new one;
// the files of the older ones stay, and must stay readable: nodes of two versions speak to each other during every upgrade.
const parcelVersion = "v1"

const parcelMark = "0192f0c1-0000-7000-8000-000000000001"

// parcelSamples is one of everything that travels, with every field.
func parcelSamples() map[string][]chat.Event {
	at := chat.TimeOf(time.Date(2026, 11, 26, 9, 30, 0, 123e6, time.UTC))
	visitor := chat.Participant{ID: "v", Kind: chat.KindVisitor, Name: "Luz <b>", Language: language.Spanish, Online: true}
	ann := chat.Participant{ID: "a", Kind: chat.KindAgent, Name: "Ann", Language: language.English}
	m := chat.Message{ID: "m", Seq: 3, Rev: 7, Key: "k", Kind: chat.MessageLine, Author: visitor, At: at, Text: "¿Tienen \"tazas\" & platos? 🫖", Language: language.Spanish,
		Translations: map[language.Tag]chat.Translation{language.English: {State: chat.TranslationDone, Text: "Do you have cups?", By: chat.By{Kind: chat.ByEngine, Name: "apertium"}, At: at, Quality: chat.QualityRough}},
		Attachments:  []chat.Attachment{}}
	last := m
	last.Seq, last.Rev = 2, 5
	row := &chat.Conversation{ID: "c", Site: "shop", Head: 8, Rev: 8, State: chat.StateOpen, Language: language.Spanish, Assignee: "a",
		Participants: []chat.Participant{visitor, ann}, Tags: []string{"cups"}, Seq: 3, Last: &m, Unread: 2, VisitorLast: &last, VisitorUnread: 1,
		Visitor: chat.Visitor{Participant: visitor, Attributes: map[string]string{"plan": "gold"}}}
	return map[string][]chat.Event{
		"line": {
			{Type: chat.EvMessage, Site: "shop", Conversation: "c", Rev: 7, Message: &m, Node: "n", Told: 1764149400000000},
			{Type: chat.EvConversation, Site: "shop", Conversation: "c", Rev: 8, Row: row, Node: "n", Told: 1764149400000000},
		},
		"typing":       {{Type: chat.EvTyping, Conversation: "c", Participant: &ann, On: true, Session: "s", Node: "n"}},
		"read":         {{Type: chat.EvRead, Conversation: "c", Participant: &ann, Seq: 3, Node: "n"}},
		"presence":     {{Type: chat.EvPresence, Conversation: "c", Participant: &visitor, Node: "n"}},
		"who":          {{Type: chat.EvPresence, Conversation: "c", Node: "n"}},
		"alive":        {{Type: chat.EvPresence, Node: "n"}},
		"agent":        {{Type: chat.EvPresence, Participant: &ann, Node: "n"}},
		"agents":       {{Type: chat.EvAgents, Site: "shop", Node: "n"}},
		"viewing":      {{Type: evViewing, Site: "shop", Conversation: "c", Participant: &ann, On: true, Session: "s", Node: "n"}},
		"inbox":        {{Type: chat.EvInbox, Site: "shop", Conversation: "c", Rev: 8, Node: "n"}},
		"conversation": {{Type: chat.EvConversation, Site: "shop", Conversation: "c", Node: "n"}},
		"gone":         {{Type: chat.EvGone, Conversation: "c", Node: "n"}},
		"missed":       {{Type: evMissed}},
		"beat":         {{Type: evBeat}},
		"bye":          {{Type: evBye}},
	}
}

// TestParcelForm: today's form is the one in testdata, byte for byte.
func TestParcelForm(t *testing.T) {
	for name, evs := range parcelSamples() {
		sealed, err := seal(parcelMark, evs)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata/parcels", parcelVersion, name+".txt")
		want, err := os.ReadFile(file)
		if err != nil || string(want) != string(sealed)+"\n" {
			t.Errorf("%s is not what travels today (%v): if nodes of the version before cannot read it, it needs a new folder\n%s", file, err, sealed)
		}
	}
}

// TestParcelsOfAllVersions: what any version has written is read, and means the same.
func TestParcelsOfAllVersions(t *testing.T) {
	files, err := filepath.Glob("testdata/parcels/*/*.txt")
	if err != nil || len(files) < len(parcelSamples()) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		evs, err := openParcel(strings.TrimSuffix(string(b), "\n"))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		want := parcelSamples()[strings.TrimSuffix(filepath.Base(file), ".txt")]
		if !reflect.DeepEqual(evs, want) {
			t.Errorf("%s: %+v, want %+v", file, evs, want)
		}
	}
}

// TestParcelsOfTomorrow: fields and types that are unknown here are passed over, what this version knows is read, and what cannot be read
// does not take the rest with it.
func TestParcelsOfTomorrow(t *testing.T) {
	sealed, err := seal(parcelMark, parcelSamples()["line"])
	if err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	if err := json.Unmarshal(sealed[markLength:], &list); err != nil {
		t.Fatal(err)
	}
	for _, ev := range list {
		ev["mood"] = map[string]any{"a": []int{1}}
	}
	list[0]["message"].(map[string]any)["reactions"] = []string{"👍"}
	list[1]["row"].(map[string]any)["priority"] = 3
	all := append([]map[string]any{
		{"event": "tomorrow", "conversation": "c", "rev": 9, "thing": 1},
		{"event": "read", "conversation": "c", "seq": "three"}, // a type that has changed
	}, list...)
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	evs, err := openParcel(parcelMark + string(b))
	if err == nil {
		t.Error("nothing is said of the event that cannot be read")
	}
	if len(evs) != 3 || !reflect.DeepEqual(evs[1:], parcelSamples()["line"]) {
		t.Fatalf("%d events: %+v", len(evs), evs)
	}
	h, r := parcelRoom(t)
	h.deliver(topicConversation+"c", evs)
	if len(r.box) != 2 {
		t.Errorf("the room got %+v", r.box)
	}
}

// parcelRoom is a hub with one room that is followed and never works.
func parcelRoom(t *testing.T) (*Hub, *room) {
	t.Helper()
	h := New(Options{Store: newMemStore(), Log: zerolog.Nop(), Node: "here"})
	r := &room{hub: h, id: "c", working: true}
	h.rooms["c"] = r
	r.follows = []*follow{{s: h.attach(newTestWire(func([]byte) {}), nil), room: r, live: true}}
	return h, r
}

// TestForeignRows: what is not of the conversation, or contradicts itself, stays outside, and a visitor is given no conversation on the word of
// another node.
func TestForeignRows(t *testing.T) {
	line := parcelSamples()["line"]
	other := *line[1].Row
	other.ID = "other"
	older := *line[0].Message
	older.Rev = 6
	for name, ev := range map[string]chat.Event{
		"of another conversation":   {Type: chat.EvMessage, Conversation: "other", Rev: 7, Message: line[0].Message},
		"row of another":            {Type: chat.EvConversation, Conversation: "c", Rev: 8, Row: &other},
		"without its message":       {Type: chat.EvMessage, Conversation: "c", Rev: 7},
		"without its row":           {Type: chat.EvConversation, Conversation: "c", Rev: 8},
		"rev that is not the row's": {Type: chat.EvMessage, Conversation: "c", Rev: 7, Message: &older},
		"rev below 0":               {Type: chat.EvMessage, Conversation: "c", Rev: -7, Message: line[0].Message},
		"typing of nobody":          {Type: chat.EvTyping, Conversation: "c", On: true},
		"typing with a rev":         {Type: chat.EvTyping, Conversation: "c", Rev: 3, Participant: line[0].Participant},
		"an unknown type":           {Type: "tomorrow", Conversation: "c"},
	} {
		h, r := parcelRoom(t)
		h.deliver(topicConversation+"c", []chat.Event{ev})
		if len(r.box) > 0 {
			t.Errorf("%s: the room got %+v", name, r.box)
		}
	}
	h, r := parcelRoom(t)
	p := &person{sessions: []*Session{r.follows[0].s}}
	h.people["v"] = p
	h.deliver(topicVisitor+"v", []chat.Event{{Type: chat.EvConversation, Conversation: "somebody else's"}})
	if p.opened != "" || h.rooms["somebody else's"] != nil {
		t.Error("another node's word gave a visitor a conversation")
	}
	if !h.unheard.take()[topicVisitor+"v"] {
		t.Error("the store is not asked")
	}
}

// TestHugeRev: a rev that no row has does not keep later gaps from being noticed.
func TestHugeRev(t *testing.T) {
	h := New(Options{Store: newMemStore(), Log: zerolog.Nop()})
	r := &room{hub: h, id: "unknown", awake: true, place: 3}
	huge := chat.Message{Rev: 1 << 62}
	r.step([]chat.Event{{Type: chat.EvMessage, Conversation: "unknown", Rev: 1 << 62, Message: &huge}}, nil, false, false, 0)
	if len(r.early) != 1 || !r.timed {
		t.Fatalf("early %d, timed %v", len(r.early), r.timed)
	}
	st := h.store.(*memStore)
	posted, err := st.Append(t.Context(), chat.Post{Site: "shop", Author: visitorIdentity(language.Spanish).Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: "hola", Language: language.Spanish})
	if err != nil {
		t.Fatal(err)
	}
	r.id, r.place = posted.Conversation, 0
	r.step(nil, nil, false, true, 0)
	if len(r.early) != 0 || r.timed || r.place != posted.Head {
		t.Errorf("early %d, timed %v, place %d of %d", len(r.early), r.timed, r.place, posted.Head)
	}
	h.cancel()
	h.tasks.wait()
}
