package engine

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/translate"
)

// FuzzRefusals: whatever a server says when it refuses has a kind, and gets neither the key nor much of itself into our sentence.
func FuzzRefusals(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", `{"error":"Slowdown"}`, `{"error":{"code":403001,"message":"quota"}}`, `{"error":{"code":"403","message":"replenished in 999.99:99:99"}}`,
		`{"error":{"message":null,"errors":[{"reason":1}],"details":"x"}}`, `{"message":"a","explanation":"b","error_description":"c"}`, `{"error":[[[`,
	} {
		for _, status := range []int{301, 400, 403, 429, 456, 503} {
			f.Add(status, body)
		}
	}
	engines := []vendor{
		NewDeepL(DeepLOptions{Key: "k"}), NewGoogle(GoogleOptions{Key: "k"}), NewMicrosoft(MicrosoftOptions{Key: "k"}), NewAPy(APyOptions{URL: "http://x"}),
		NewOpenAI(OpenAIOptions{Key: "k", Model: "m"}), NewLibreTranslate(LibreTranslateOptions{URL: "http://x"}),
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := &client{secret: "s3cret"}
		err := c.refused(&http.Response{StatusCode: status, Header: http.Header{}}, []byte(body))
		s := err.(*statusError)
		if len(s.said) > 4*maxSentence+2 || strings.Contains(s.said, c.secret) {
			t.Errorf("said %q", s.said)
		}
		for _, v := range engines {
			if kind, after := v.fault(s); kind == "" || after < 0 || after > 2000*24*time.Hour {
				t.Errorf("%T: %q after %v", v, kind, after)
			}
		}
		_, _ = openaiDialect{format: formatSchema, limit: limitTokens, temperature: true}.without(openaiComplaint(err))
	})
}

// FuzzCarriers: what goes through an engine that changes nothing comes back as it was.
func FuzzCarriers(f *testing.F) {
	for _, s := range []string{"a \ue000 b", `<x id="0"></x>`, "&amp;lt; \ue001", "XPH0X \ue000", "</span>\ue000", "⟦0⟧\ue000", "&#39;&notanentity;&amp", "\ue000\ue001\uf8ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		carriers := []carrier{xmlTags{}}
		if upper := strings.ToUpper(s); !strings.Contains(upper, "XPH") {
			carriers = append(carriers, wordsFor(s), htmlSpans{wordsFor(s)})
		}
		if !strings.Contains(s, "⟦") {
			carriers = append(carriers, choose(bracketStems, s))
		}
		for _, c := range carriers {
			if got := c.unwrap(c.wrap(s)); got != s {
				t.Errorf("%T: %q came back as %q", c, s, got)
			}
		}
	})
}

// FuzzModel: what a model says is a translation in the form that was asked for, or an error for the operator.
func FuzzModel(f *testing.F) {
	for _, s := range []string{`{"id":"n","texts":["hola"]}`, "```json\n{}\n```", "<think>", "</think>```", `{"id":"n","texts":[null]}`, `{"id":"n","id":"n"}`, ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		var o openaiAnswer
		o.Choices = append(o.Choices, struct {
			Finish  string `json:"finish_reason"`
			Message struct {
				Content string `json:"content"`
				Refusal string `json:"refusal"`
			} `json:"message"`
		}{})
		o.Choices[0].Message.Content = content
		texts, err := o.texts("n0nce", &ask{texts: []string{"where?"}})
		if err != nil && translate.KindOf(err) != translate.BadOutput {
			t.Errorf("%v", err)
		}
		if err == nil && strings.Contains(strings.Join(texts, " "), "n0nce") {
			t.Errorf("%q is taken for %q", content, texts)
		}
	})
}
