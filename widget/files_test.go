package widget_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
)

// drawn is a picture of this size that is not all of one colour.
func drawn(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(x ^ y), 255})
		}
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// loaded gets an address of this server.
func loaded(t *testing.T, s *edgetest.Server, path string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, b
}

// A visitor sends a picture, an agent sees it; the agent answers with a PDF, the visitor sees that.
func TestFilesBothWays(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	ana := s.Visitor("shop", "es")
	if ana.Uploads == nil || ana.Uploads.Bytes != 10<<20 || ana.Uploads.Files != 5 || len(ana.Uploads.Types) != 6 {
		t.Fatalf("uploads %+v", ana.Uploads)
	}
	visitor := s.Join(ana.Token)
	cookie := s.Login(edgetest.Ada)
	agent := s.Sit(cookie)
	up, err := client.Upload(t.Context(), s.URL, s.URL, ana.Token, "Foto 1.PNG", bytes.NewReader(pngOf(t, drawn(900, 600))))
	if err != nil {
		t.Fatal(err)
	}
	if up.Name != "Foto 1.PNG" || up.Type != "image/png" || up.Width != 900 || up.Height != 600 || up.Size == 0 || up.Thumb == "" || strings.Contains(up.URL, "Foto") {
		t.Fatalf("%+v", up)
	}
	var said chat.SendOK
	send := chat.Send{Key: chat.NewID(), Attachments: []chat.SendFile{{ID: up.ID, Alt: " la taza\nrota "}}}
	if err := visitor.Call(t.Context(), chat.CallSend, send, &said); err != nil {
		t.Fatal(err)
	}
	if m := said.Message; m.Text != "" || len(m.Translations) != 0 || len(m.Attachments) != 1 || m.Attachments[0].Alt != "la taza rota" || m.Attachments[0].URL != up.URL {
		t.Fatalf("%+v", m)
	}
	var rows chat.Rows
	if err := agent.Call(t.Context(), chat.CallOpen, chat.Open{Conversation: said.Conversation}, &rows); err != nil {
		t.Fatal(err)
	}
	seen := rows.Messages[0].Attachments
	if len(seen) != 1 || seen[0] != said.Message.Attachments[0] {
		t.Fatalf("the agent sees %+v", seen)
	}
	resp, b := loaded(t, s, seen[0].URL)
	if img, err := png.Decode(bytes.NewReader(b)); resp.StatusCode != 200 || err != nil || img.Bounds().Dx() != 900 || int64(len(b)) != up.Size {
		t.Fatalf("%s, %d bytes, %v", resp.Status, len(b), err)
	}
	resp, b = loaded(t, s, seen[0].Thumb)
	if img, _, err := image.Decode(bytes.NewReader(b)); err != nil || img.Bounds().Dx() != 480 || img.Bounds().Dy() != 320 || resp.Header.Get("Content-Type") != "image/jpeg" {
		t.Fatalf("small: %s %v", resp.Header.Get("Content-Type"), err)
	}

	told := make(chan []byte, 16)
	live, err := client.Dial{Server: s.URL, Frame: func(frame []byte) {
		if bytes.Contains(frame, []byte("Rechnung.pdf")) { // as an event, or still with what was missed
			told <- bytes.Clone(frame)
		}
	}}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer live.Drop()
	if _, err := live.Hello(t.Context(), chat.Hello{Token: ana.Token}); err != nil {
		t.Fatal(err)
	}

	pdf := "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
	bill, err := client.AgentUpload(t.Context(), s.URL, cookie, said.Conversation, "Rechnung.pdf", strings.NewReader(pdf))
	if err != nil {
		t.Fatal(err)
	}
	if err := agent.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "Here it is.", Conversation: said.Conversation,
		Attachments: []chat.SendFile{{ID: bill.ID}}}, nil); err != nil {
		t.Fatal(err)
	}
	var history chat.HistoryOK
	if err := visitor.Call(t.Context(), chat.CallHistory, chat.History{Conversation: said.Conversation}, &history); err != nil {
		t.Fatal(err)
	}
	last := history.Messages[len(history.Messages)-1].Attachments
	if len(last) != 1 || last[0].Name != "Rechnung.pdf" || last[0].Thumb != "" {
		t.Fatalf("the visitor sees %+v", last)
	}
	// The same addresses in what another tab is told, and in the list of conversations.
	if frame := <-told; !bytes.Contains(frame, []byte(strings.ReplaceAll(last[0].URL, "&", `\u0026`))) {
		t.Errorf("told: %s", frame)
	}
	var inbox chat.InboxOK
	if err := agent.Call(t.Context(), chat.CallInbox, chat.Inbox{}, &inbox); err != nil || inbox.Conversations[0].Last.Attachments[0] != last[0] {
		t.Errorf("%+v, %v", inbox, err)
	}
	resp, b = loaded(t, s, last[0].URL)
	if string(b) != pdf || resp.Header.Get("Content-Disposition") != `attachment; filename=Rechnung.pdf` {
		t.Fatalf("%q %q", b, resp.Header)
	}
}
