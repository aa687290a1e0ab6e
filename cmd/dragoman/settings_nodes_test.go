package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// What an admin changes over HTTP on one server holds on the other.
func TestSettingsReachEveryServer(t *testing.T) {
	flags := []string{"--database", storetest.PostgresURL(t), "--engine", "apertium", "--limit", "sends_per_second=0", "--limit", "calls_per_second=0", "--drain-wait", "0s"}
	key := addSite(t, flags[:2]...)
	const password = "correct horse battery"
	good(t, password, append([]string{"agent", "add", "dora@a.example", "--name", "Dora", "--language", "en", "--role", "admin"}, flags[:2]...)...)
	here, there := serve(t, "", flags...), serve(t, "", flags...)
	cookie, err := client.Login(t.Context(), here.Public, "dora@a.example", password)
	if err != nil {
		t.Fatal(err)
	}
	patch := func(body string) {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, here.Public+"/agent/v1/sites/"+key+"/translating", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Cookie", cookie)
		q.Header.Set("Origin", here.Public)
		q.Header.Set("Content-Type", "application/merge-patch+json")
		res, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", body, res.StatusCode, text)
		}
	}
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	visitor := begin(t, there, key)
	// fate says a line on the other server and returns how far its translation came.
	fate := func() (last chat.Translation) {
		said := visitor.say(t, "La casa es grande")
		soon(t, time.Minute, "the line has its translation, or has none", func() bool {
			var page chat.HistoryOK
			if err := visitor.Call(t.Context(), chat.CallHistory, chat.History{Conversation: said.Conversation, Limit: 1}, &page); err != nil {
				t.Fatal(err)
			}
			last = page.Messages[0].Translations[language.English]
			return last.State != chat.TranslationPending
		})
		return last
	}
	soon(t, time.Minute, "lines are translated", func() bool { return fate().State == chat.TranslationDone })
	patch(`{"engines":["deepl"]}`) // which neither server has
	soon(t, 2*time.Second, "the other server asks Apertium no more", func() bool { return fate().State == chat.TranslationFailed })
	patch(`{"engines":null}`)
	soon(t, 2*time.Second, "the other server asks Apertium again", func() bool { return fate().State == chat.TranslationDone })
}
