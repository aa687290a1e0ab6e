package chat

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"golang.org/x/text/language"
)

// appender is what writes itself.
type appender interface{ AppendJSON([]byte) []byte }

// frames are all the types that are written by hand, as pointers to zero values.
func frames() []appender {
	return []appender{&Participant{}, &Visitor{}, &Translation{}, &Attachment{}, &Message{}, &Conversation{}, &StateOK{}, &SendOK{}, &Rows{}, &RowsFrame{}, &ConversationFrame{}}
}

// same holds what is written by hand against encoding/json.
func same(t *testing.T, v appender) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.AppendJSON([]byte("x")); string(got) != "x"+string(want) {
		t.Errorf("%T:\n%s\nwant\n%s", v, got[1:], want)
	}
	if c, ok := v.(*ConversationFrame); ok && c.Row.Last != nil {
		f := MessageFrame{Event: c.Event, Conversation: c.Conversation, Prev: c.Prev, Rev: c.Rev, Message: *c.Row.Last, Delivered: c.Row.Last.Erased}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.AppendFrame(nil, f.Message.AppendJSON(nil)); string(got) != string(want) {
			t.Errorf("%T:\n%s\nwant\n%s", f, got, want)
		}
	}
}

// TestAppendJSON: every field of every type, with values that need escaping and values that are left out, is written as encoding/json writes
// it. A field that is added to a type and forgotten here shows at once.
func TestAppendJSON(t *testing.T) {
	for _, v := range frames() {
		same(t, v)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		for _, v := range frames() {
			fill(r, reflect.ValueOf(v).Elem(), texts)
			same(t, v)
		}
	}
}

// texts are some that need care, and some that do not.
var texts = []string{"", "a", "¿Dónde está mi pedido #4711?", "a\"b\\c/d", "<script>&amp;", "\u2028 and \u2029", "tab\t, line\n, \x00\x1f\x7f",
	"\xff half \xe2\x80", "👨‍👩‍👧", "\u202a\ufffd"}

// fill gives every field a value or leaves it empty, by chance.
func fill(r *rand.Rand, v reflect.Value, texts []string) {
	if v.Type() == reflect.TypeFor[language.Tag]() {
		tags := []string{"und", "en", "pt-BR", "zh-Hant", "sr-Latn-RS", "tlh"}
		v.Set(reflect.ValueOf(language.Make(tags[r.IntN(len(tags))])))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts[r.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, -1, 999, r.Int64N(253402300800000)}[r.IntN(5)])
	case reflect.Float64:
		v.SetFloat([]float64{0, 1, 24.9, 0.005, 1e12}[r.IntN(5)])
	case reflect.Pointer:
		v.SetZero()
		if r.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(r, v.Elem(), texts)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i), texts)
		}
	case reflect.Slice:
		v.SetZero()
		if n := r.IntN(4); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n-1, n-1))
		}
		for i := range v.Len() {
			fill(r, v.Index(i), texts)
		}
	case reflect.Map:
		v.SetZero()
		if n := r.IntN(5); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n - 1 {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(r, key, []string{"plain", "order", "été"})
				fill(r, value, texts)
				v.SetMapIndex(key, value)
			}
		}
	default:
		panic("the wire has a " + v.Kind().String() + " that this test cannot fill")
	}
}

// FuzzAppendJSON lets the texts be anything.
func FuzzAppendJSON(f *testing.F) {
	for i, s := range texts {
		f.Add(uint64(i), s)
	}
	f.Fuzz(func(t *testing.T, seed uint64, s string) {
		r := rand.New(rand.NewPCG(seed, 0))
		for _, v := range frames() {
			fill(r, reflect.ValueOf(v).Elem(), []string{s, "", "a"})
			same(t, v)
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	m := Message{ID: NewID(), Seq: 7, Rev: 9, Key: NewID(), Kind: MessageLine, Author: Participant{ID: NewID(), Kind: KindVisitor, Name: "Visitor 4f2a", Language: language.Spanish, Online: true},
		At: 1764000000123, Text: "¿Tienen esta taza también en azul?", Language: language.Spanish,
		Translations: map[language.Tag]Translation{language.English: PendingTranslation(1764000000123)}, Attachments: []Attachment{}}
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 1024)
		for b.Loop() {
			buf = m.AppendJSON(buf[:0])
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(m); err != nil {
				b.Fatal(err)
			}
		}
	})
}
