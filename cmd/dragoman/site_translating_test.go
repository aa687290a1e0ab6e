package main

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"dragoman/chat"
	"dragoman/store"

	"github.com/rs/zerolog"
)

// siteWith adds a site and returns where it is, and what its settings are as JSON.
func siteWith(t *testing.T, flags ...string) (data, key string, translating func() string) {
	t.Helper()
	data = t.TempDir()
	key = addSite(t, append([]string{"--data", data}, flags...)...)
	return data, key, func() string {
		var row siteRow
		decode(t, good(t, "", "site", "show", key, "--data", data, "--json"), &row)
		text, err := json.Marshal(row.Translating)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(text), `\u003e`, ">")
	}
}

// Each setting can be given, and taken back; what is not named stays.
func TestSiteTranslating(t *testing.T) {
	data, key, translating := siteWith(t, "--engines", "deepl, apertium", "--names", "Alma, Sol & Co", "--no-memory", "--budget-day", "1000")
	if got, want := translating(), `{"engines":["deepl","apertium"],"names":["Alma, Sol \u0026 Co"],"no_memory":true,"budget":{"day_characters":1000}}`; got != want {
		t.Fatalf("after add: %s, want %s", got, want)
	}
	for _, step := range []struct{ flags, want string }{
		{"--engines= --names=Tea --forget-names=alma --memory --budget-day=0", ""}, // refused: nothing of it holds
		{"--engines= --memory --budget-day=0", `{"names":["Alma, Sol \u0026 Co"]}`},
		{"--pair-engines=ES>en=apertium,deepl --pair-engines=en>es=deepl --formality=de=more --formality=es-mx=less",
			`{"pair_engines":{"en>es":["deepl"],"es>en":["apertium","deepl"]},"formality":{"de":"more","es-MX":"less"},"names":["Alma, Sol \u0026 Co"]}`},
		{"--pair-engines=es>EN= --formality=es-MX= --names=Tea --names=Tea --names=Oats",
			`{"pair_engines":{"en>es":["deepl"]},"formality":{"de":"more"},"names":["Alma, Sol \u0026 Co","Tea","Oats"]}`},
		{"--pair-engines=en>es= --formality=de= --forget-names=Tea --forget-names=Oats --send-personal --typing-preview --budget-month=5 --budget-soft=50",
			`{"names":["Alma, Sol \u0026 Co"],"send_personal":true,"typing_preview":true,"budget":{"month_characters":5,"soft_percent":50}}`},
		{"--no-send-personal --no-typing-preview --budget-month=0 --budget-soft=0", `{"names":["Alma, Sol \u0026 Co"]}`},
	} {
		before := translating()
		args := append([]string{"site", "set", key, "--data", data}, strings.Fields(step.flags)...)
		if step.want == "" {
			refused(t, exitUsage, `"alma" is not among the site's names`, args...)
			step.want = before
		} else {
			good(t, "", args...)
		}
		if got := translating(); got != step.want {
			t.Errorf("after %s: %s, want %s", step.flags, got, step.want)
		}
	}
}

func TestSiteTranslatingInWords(t *testing.T) {
	data, key, _ := siteWith(t, "--engines=deepl", "--pair-engines=es>en=apertium", "--formality=fr=less", "--formality=de=more", "--names=Tea", "--names=Oats",
		"--send-personal", "--no-memory", "--typing-preview", "--budget-day=1000", "--budget-month=20000", "--budget-soft=70")
	shown := strings.Join(strings.Fields(good(t, "", "site", "show", key, "--data", data)), " ")
	for _, want := range []string{"engines deepl", "engines es>en apertium", "formality de more, fr less", "never translated Tea, Oats",
		"private data engines see mail addresses", "memory off", "typing preview on", "budget 1000 characters a day, 20000 characters a month, sparing from 70 % on"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in: %s", want, shown)
		}
	}
	data, key, _ = siteWith(t)
	shown = strings.Join(strings.Fields(good(t, "", "site", "show", key, "--data", data)), " ")
	for _, want := range []string{"engines all that the server has", "formality as usual in a shop", "no names", "private data masked", "memory on", "typing preview off", "budget no bound"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%q is not in: %s", want, shown)
		}
	}
}

func TestSiteTranslatingRefuses(t *testing.T) {
	data, key, translating := siteWith(t)
	for flag, want := range map[string]string{
		"--engines=babel":                         `no engine "babel": the names are deepl,`,
		"--engines=none":                          `no engine "none"`,
		"--engines=apertium,apertium":             "named twice",
		"--pair-engines=es>en":                    "write the pair and its engines",
		"--pair-engines=es=deepl":                 "not a pair of languages",
		"--pair-engines=es>en=babel":              `no engine "babel"`,
		"--formality=de":                          "write the language and more or less",
		"--formality=de=Sie":                      "it is more, less or engine",
		"--formality=klingon-=more":               "BCP 47",
		"--names=...":                             "neither a letter nor a digit",
		"--names=" + strings.Repeat("long ", 30):  "at most 100 characters",
		"--forget-names=Tea":                      "is not among the site's names",
		"--budget-day=-1":                         "day_characters",
		"--budget-month=9999999999999999":         "month_characters",
		"--budget-soft=101":                       "from 1 to 100",
		"--budget-soft=some":                      "budget-soft",
		"--budget-day=99999999999999999999999999": "budget-day",
	} {
		refused(t, exitUsage, want, "site", "set", key, "--data", data, flag)
	}
	if got := translating(); got != "{}" {
		t.Errorf("what was refused has changed the site: %s", got)
	}
}

// TestEnginesOfANewerProgramStay: they do not keep this one from changing other things, and make no other name right.
func TestEnginesOfANewerProgramStay(t *testing.T) {
	data, key, translating := siteWith(t)
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(data, "dragoman.db"), Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.ChangeSite(t.Context(), key, func(site *chat.Site) error {
		site.Translating.PairEngines = map[string][]string{"es>en": {"telepathy"}}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	set := []string{"site", "set", key, "--data", data}
	good(t, "", append(set, "--names=Tea", "--pair-engines=en>es=deepl")...)
	refused(t, exitUsage, `no engine "depl"`, append(set, "--engines=depl")...)
	if got, want := translating(), `{"pair_engines":{"en>es":["deepl"],"es>en":["telepathy"]},"names":["Tea"]}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
