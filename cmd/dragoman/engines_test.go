package main

import (
	"strings"
	"testing"

	"dragoman/translate/engine/enginetest"
)

// deepl is a DeepL that knows its key; refuse makes it refuse every translation and name the key.
func deepl(refuse bool) func(enginetest.Asked) enginetest.Answer {
	return func(a enginetest.Asked) enginetest.Answer {
		switch {
		case a.Header.Get("Authorization") != "DeepL-Auth-Key "+enginetest.Key:
			return enginetest.Answer{Status: 403}
		case strings.HasPrefix(a.Path, "/v3/languages"):
			return enginetest.Answer{Body: `[{"lang":"en","usable_as_source":true},{"lang":"es","usable_as_source":true,"usable_as_target":true},{"lang":"de","usable_as_target":true}]`}
		case a.Path == "/v2/usage":
			return enginetest.Answer{Body: `{"character_count":180118,"character_limit":1250000}`}
		case refuse:
			return enginetest.Answer{Status: 403, Body: `{"message":"no such key: ` + enginetest.Key + `"}`}
		}
		return enginetest.Answer{Body: `{"translations":[{"text":"¿Dónde está <x id=\"0\"/>, por favor?"}]}`}
	}
}

// TestEngineWithKey: a key that stands in a file works, and is shown nowhere, whatever happens.
func TestEngineWithKey(t *testing.T) {
	folder := t.TempDir()
	env := []string{"DRAGOMAN_DEEPL_KEY_FILE=" + write(t, enginetest.Key+"\n", folder, "key")}
	line := []string{"translate", "--from", "en", "--to", "es", "--formality", "more", "--context", "we spoke, yesterday", "Where is DE-2291-X, please?"}
	for _, refuse := range []bool{false, true} {
		s := enginetest.NewServer(t, deepl(refuse))
		run := func(code int, want string, args ...string) {
			t.Helper()
			r := command(t, "", env, append(args, "--deepl-url", s.URL, "--engine", "deepl", "--data", folder, "--log-level", "debug")...)
			if r.code != code || !strings.Contains(r.stdout+r.stderr, want) {
				t.Errorf("%v: %d, want %d and %q in: %s%s", args, r.code, code, want, r.stdout, r.stderr)
			}
			if strings.Contains(r.stdout+r.stderr, enginetest.Key) {
				t.Errorf("%v shows the key: %s%s", args, r.stdout, r.stderr)
			}
		}
		check := []string{"check", "--listen", "127.0.0.1:0", "--admin-listen", ""}
		if refuse {
			run(exitFailed, "DeepL answered 403 Forbidden", line...)
			run(exitOK, "deepl does not answer: DeepL answered 403", "engines")
			run(exitFailed, "deepl does not answer: DeepL answered 403", check...)
		} else {
			run(exitOK, "¿Dónde está DE-2291-X, por favor?", line...)
			run(exitOK, "180118 of 1250000 characters", "engines")
			run(exitOK, `"characters": 180118`, "engines", "--json")
			run(exitOK, "deepl answers, 2 languages into 2", check...)
		}
		for _, a := range s.Asked("") {
			if strings.Contains(a.Path, enginetest.Key) {
				t.Errorf("the key stands in an address: %s", a.Path)
			}
		}
		if asked := s.Asked("/v2/translate"); !strings.Contains(asked[0].Body, `"context":"we spoke, yesterday"`) || !strings.Contains(asked[0].Body, `"prefer_more"`) {
			t.Errorf("context and formality do not arrive: %s", asked[0].Body)
		}
	}
}
