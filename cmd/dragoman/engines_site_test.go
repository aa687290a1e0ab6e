package main

import (
	"strings"
	"testing"
)

// TestSiteAtTheCommandLine: what a site makes of the engines is shown, its settings count, and what is missing is said.
func TestSiteAtTheCommandLine(t *testing.T) {
	data := t.TempDir()
	key := addSite(t, "--data", data, "--engines", "deepl,apertium", "--names", "Blue Harbour", "--budget-day", "1000")
	at := func(args ...string) string {
		t.Helper()
		return good(t, "", append(args, "--engine", "apertium", "--data", data)...)
	}
	for _, c := range []struct {
		got   string
		wants []string
	}{
		{at("engines", "--site", key), []string{"site " + key, "it names deepl, which this server has not got", "0 of 1000 characters, 1000 left", "0 characters, no bound"}},
		{at("check", "--listen", "127.0.0.1:0", "--admin-listen", ""), []string{"warning: " + key + " names deepl"}},
		{at("translate", "--site", key, "--from", "en", "--to", "es", "where is the shop Blue Harbour?"), []string{"Blue Harbour (name)", "not deepl", "the site names it", "engine apertium, en"}},
	} {
		for _, want := range c.wants {
			if !strings.Contains(strings.Join(strings.Fields(c.got), " "), want) {
				t.Errorf("no %q in: %s", want, c.got)
			}
		}
	}
}

// TestSiteTranslatesAsTheServerDoes: an answer in the language of its source is refused whether a site is named or not.
func TestSiteTranslatesAsTheServerDoes(t *testing.T) {
	data := t.TempDir()
	key := addSite(t, "--data", data)
	const line = "Where is my parcel? I ordered it two weeks ago."
	engine := phrases{line: {"es": "Where is my package? It was ordered two weeks ago."}}.serve(t)
	for _, site := range [][]string{nil, {"--site", key, "--data", data}} {
		args := append([]string{"translate", "--from", "en", "--to", "es"}, append(site, engine...)...)
		refused(t, exitFailed, "so readers get the original", append(args, line)...)
	}
}
