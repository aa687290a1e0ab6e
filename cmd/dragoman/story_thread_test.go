package main

import (
	"fmt"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/browsertest"
	"dragoman/internal/client"
)

// longTalk is a shopper who has written very many lines, and her socket. Each line is translated.
func longTalk(t *testing.T, lines int) (s *serving, shopper *client.Conn, chatServer string) {
	t.Helper()
	s = serve(t, "", "--demo", "--engine", "apertium", "--limit", "sends_per_second=0")
	session, err := client.NewSession(t.Context(), s.Public, "", chat.SessionRequest{Site: demoKey, Languages: []string{"es"}})
	if err != nil {
		t.Fatal(err)
	}
	shopper, err = client.Dial{Server: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(shopper.Drop)
	if _, err := shopper.Hello(t.Context(), chat.Hello{Token: session.Token}); err != nil {
		t.Fatal(err)
	}
	for n := range lines {
		if err := shopper.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: fmt.Sprintf("El pedido #%d costó 39,90 € y no ha llegado.", n)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	_, port, _ := strings.Cut(strings.TrimPrefix(s.Public, "http://"), ":")
	return s, shopper, "http://chat.localhost:" + port
}

// underTheEye watches, frame by frame, how far the first line in sight moves from where it stands now.
const underTheEye = `(log => {
	const edge = log.getBoundingClientRect().top, top = e => e.getBoundingClientRect().top - edge
	const line = [...log.querySelectorAll('[data-seq]')].find(e => top(e) >= 0)
	window.eye = { seq: line.dataset.seq, from: top(line), moved: 0 }
	const look = () => {
		const there = log.querySelector('[data-seq="' + eye.seq + '"]')
		eye.moved = Math.max(eye.moved, there ? Math.abs(top(there) - eye.from) : Infinity)
		requestAnimationFrame(look)
	}
	look()
})(document.querySelector('.lines'))`

// TestStoryOfALongThread: an agent reads back in a conversation of many lines, and what he reads stays where it is.
func TestStoryOfALongThread(t *testing.T) {
	t.Parallel()
	s, _, chatServer := longTalk(t, 120)
	console := emmaOpens(t, s, chatServer)
	console.WaitText("#119")
	console.Wait("document.querySelectorAll('.line .entity').length >= 100")
	shot(console, "console-long.png")
	still := func(what string) {
		t.Helper()
		if moved := browsertest.Eval[float64](console, "eye.moved"); moved >= 1 {
			t.Errorf("%s: the line under the eye has moved by %g px", what, moved)
		}
	}
	first := func() string { return "Number(document.querySelector('.lines [data-seq]').dataset.seq)" }
	before := browsertest.Eval[int](console, first())
	console.Do("document.querySelector('.lines').scrollTop = 200")
	console.Do(underTheEye)
	console.Wait(fmt.Sprintf("%s < %d && document.querySelector('.lines').scrollTop > 240", first(), before))
	console.Wait("document.querySelector('.lines [data-seq]').innerText.includes('request #')")
	still("older lines")

	// A translation that comes late, above.
	emma := sitDown(t, s, "emma@demo.localhost")
	emma.call(chat.CallCorrect, chat.Correct{Conversation: emma.conversation, Seq: browsertest.Eval[int64](console, first()), Language: "en", Text: strings.Repeat("All that she wanted to know of #4700 and 39,90 €. ", 20)}, nil)
	console.WaitText("All that she wanted")
	still("a late translation")
}
