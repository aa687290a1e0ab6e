package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
	"dragoman/store"

	"github.com/rs/zerolog"
	"golang.org/x/text/language"
)

// inItsOwnWords readies the demo's shop for a shopper who reads Arabic: its greeting is a draft there, its bubble comes after a second, and Emma and Lucía are there.
func inItsOwnWords(t *testing.T, s *serving) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Database: filepath.Join(s.data, "dragoman.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ChangeSite(t.Context(), demoKey, func(site *chat.Site) error {
		v := site.Texts.Texts[chat.TextGreeting][language.Arabic]
		v.State = chat.TextDraft
		site.Texts.Texts[chat.TextGreeting][language.Arabic] = v
		site.Texts.BubbleAfterS = 1
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	soon(t, time.Minute, "the loader has the bubble of today", func() bool {
		_, _, js := get(t, s.Public+"/widget/"+demoKey+".js", "")
		return strings.Contains(js, `"bubble":{"after":1,`)
	})
	for _, email := range []string{"emma@demo.localhost", "lucia@demo.localhost"} {
		cookie, err := client.Login(t.Context(), s.Public, email, demoPassword(t, s, email))
		if err != nil {
			t.Fatal(err)
		}
		c, err := client.Dial{Server: s.Public, Agent: true, Cookie: cookie, Origin: s.Public}.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Drop)
		if _, err := c.Hello(t.Context(), chat.Hello{}); err != nil {
			t.Fatal(err)
		}
	}
}

// dismissBubble waits for the shop's word beside the launcher, on a phone, and dismisses it. Until then nothing is asked for or stored, and
// the focus stays where it was.
func dismissBubble(t *testing.T, page *browsertest.Tab, server string) {
	t.Helper()
	page.WaitAttribute("class", "hi")
	page.WaitAttribute("aria-label", "إغلاق")
	untouched(t, page, server)
	if !browsertest.Eval[bool](page, "document.activeElement === document.body") {
		t.Error("the bubble has moved the focus")
	}
	shot(page, "bubble-arabic.png")
	page.ClickXY(browsertest.Eval[float64](page, "document.documentElement.dir === 'rtl' ? 42 : innerWidth - 42"), browsertest.Eval[float64](page, "innerHeight - 88 - 24"))
	page.Wait(`localStorage.getItem('dragoman.` + demoKey + `') === '{"quiet":true}'`)
}

// saysItInItsOwnWords checks the first screen: the draft is shown and marked, what people have written stands beside it, and who is there by name.
func saysItInItsOwnWords(t *testing.T, frame *browsertest.Tab) {
	t.Helper()
	frame.WaitText("مرحبًا بكم من ورشتنا في بلنسية!")
	frame.Wait("document.querySelector('.hello h2').lang === 'ar' && document.querySelector('.drafted').innerText.includes('الإنجليزية')")
	frame.Wait("document.querySelector('.faces strong').innerText === new Intl.ListFormat('ar').format(['\\u2068Emma\\u2069', '\\u2068Lucía\\u2069'])")
	frame.Wait("[...document.querySelectorAll('.quick button span')].map(e => e.innerText).join() === 'أين طردي؟,وصلني شيء مكسور,هل يمكن غسله في غسالة الصحون؟'")
	look(frame, "first opening with somebody there", "widget-faces.png")
}
