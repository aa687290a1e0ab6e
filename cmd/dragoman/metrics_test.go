package main

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
)

// What the real server shows is what the list says, by name, type and labels, and the operator's handbook has every one of them. Whoever
// changes a name breaks dashboards.
func TestMetricsAreWhatTheListSays(t *testing.T) {
	s := serve(t, "", "--limit", "send_burst=4")
	key := addSite(t, "--data", s.data)
	good(t, "a password of mine", "agent", "add", "ana@a.example", "--name", "Ana", "--language", "en", "--data", s.data)
	visitor := begin(t, s, key)
	conversation := visitor.say(t, "Hola").Conversation
	cookie, err := client.Login(t.Context(), s.Public, "ana@a.example", "a password of mine")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := client.Dial{Server: s.Public, Agent: true, Cookie: cookie, Origin: s.Public}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Drop()
	if _, err := agent.Hello(t.Context(), chat.Hello{}); err != nil {
		t.Fatal(err)
	}
	// A wait is counted in milliseconds, and may be none.
	soon(t, 20*time.Second, "a first reply is measured", func() bool {
		if err := agent.Call(t.Context(), chat.CallSend, chat.Send{Conversation: conversation, Key: chat.NewID(), Text: "Hello"}, nil); err != nil {
			t.Fatal(err)
		}
		_ = visitor.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "¿Y?"}, nil) // or the limit says no
		_, _, text := get(t, s.Admin+"/metrics", "")
		return strings.Contains(text, "dragoman_first_reply_seconds_count") && !strings.Contains(text, "dragoman_first_reply_seconds_count 0")
	})
	soon(t, 20*time.Second, "a limit refuses", func() bool {
		err := visitor.Call(t.Context(), chat.CallSend, chat.Send{Key: chat.NewID(), Text: "¿Y?"}, nil)
		return chat.CodeOf(err) == chat.RateLimited
	})
	if _, err := client.Upload(t.Context(), s.Public, "", visitor.token, "a.txt", strings.NewReader("hola")); err != nil {
		t.Fatal(err)
	}
	visitor.Drop()
	get(t, s.Public+"/nothing/"+key, "")
	var have []string
	soon(t, 20*time.Second, "a closed socket is counted", func() bool {
		_, _, text := get(t, s.Admin+"/metrics", "")
		have = exposed(text)
		return slices.ContainsFunc(have, func(line string) bool { return strings.HasPrefix(line, "dragoman_ws_closed_total") })
	})
	_, _, text := get(t, s.Admin+"/metrics", "")
	for _, m := range regexp.MustCompile(`limit="([a-z_]+)"`).FindAllStringSubmatch(text, -1) {
		if _, known := limitNames[m[1]]; !known {
			t.Errorf("nobody can set the limit %q", m[1])
		}
	}
	list, err := os.ReadFile("testdata/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(list)), "\n")
	if !slices.Equal(have, want) {
		t.Errorf("the server shows\n%s\nthe list has\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
	handbook, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range want {
		f := strings.Fields(line)
		name := f[0]
		if len(f) > 2 {
			name += "{" + f[2] + "}"
		}
		if !strings.Contains(string(handbook), "| `"+name+"` |") {
			t.Errorf("docs/operations.md does not explain %s", name)
		}
	}
}

var sampleLabel = regexp.MustCompile(`(?:[{,])([a-z_]+)="`)

// exposed returns our metrics as NAME TYPE LABEL,LABEL.
func exposed(text string) []string {
	types, labels := map[string]string{}, map[string]map[string]bool{}
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "# TYPE dragoman_"); ok {
			f := strings.Fields(rest)
			types["dragoman_"+f[0]] = f[1]
			labels["dragoman_"+f[0]] = map[string]bool{}
			continue
		}
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		name, _, _ = strings.Cut(name, "{")
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
			if all := labels[strings.TrimSuffix(name, suffix)]; all != nil {
				for _, m := range sampleLabel.FindAllStringSubmatch(line, -1) {
					if m[1] != "le" {
						all[m[1]] = true
					}
				}
			}
		}
	}
	var out []string
	for name, kind := range types {
		line := name + " " + kind
		if l := slices.Sorted(maps.Keys(labels[name])); len(l) > 0 {
			line += " " + strings.Join(l, ",")
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// Routes are patterns, and what is not there is one route: whoever asks for many addresses makes no series.
func TestRoutesAreBounded(t *testing.T) {
	s := serve(t, "")
	for _, path := range []string{"/", "/healthz", "/widget/nobody.js", "/widget/somebody.js", "/a", "/b?c=d", "/%00", "/widget/v1/socket"} {
		get(t, s.Public+path, "")
	}
	res, err := http.Post(s.Public+"/healthz", "text/plain", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	_, _, text := get(t, s.Admin+"/metrics", "")
	for _, want := range []string{`{code="404",route="none"} 3`, `{code="404",route="GET /widget/{loader}"} 2`, `{code="405",route="none"} 1`, `{code="200",route="GET /healthz"} 1`} {
		if !strings.Contains(text, "dragoman_http_request_duration_seconds_count"+want) {
			t.Errorf("no %s in:\n%s", want, grep(text, "duration_seconds_count"))
		}
	}
	if strings.Contains(text, "somebody") || strings.Contains(text, "c=d") {
		t.Error("an address is in a label")
	}
}

func grep(text, part string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}
