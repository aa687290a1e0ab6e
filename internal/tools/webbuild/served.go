package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"dragoman/chat"
	"dragoman/internal/web"
	"dragoman/widget"

	"golang.org/x/text/language"
)

// measured is a site whose settings are as long as they are in a shop that sets all of them.
var measured = chat.Site{
	Key: "aurora-outdoor-3f9c", Origins: []string{"https://www.aurora-outdoor.example", "https://aurora-outdoor.example"}, Name: "Aurora Outdoor & Mountain Sports", Language: language.German, Look: chat.Look{Color: "#0b6e5f", Position: "start"},
}

// served returns the files with the loader as the pages of a site get it: the server puts the site's settings into it, and what the
// launcher is called in every language.
func served(files map[string][]byte) (map[string][]byte, error) {
	fsys := fstest.MapFS{}
	for name, b := range files {
		fsys[name] = &fstest.MapFile{Data: b}
	}
	edge, err := widget.New(widget.Options{Assets: fs.FS(fsys)})
	if err != nil {
		return nil, fmt.Errorf("the server cannot start with what was built: %w", err)
	}
	out := maps.Clone(files)
	for name, texts := range map[string]chat.OwnTexts{"loader.js": {}, "loader-bubble.js": measuredBubble()} {
		site := measured
		site.Texts = texts
		loader, err := edge.Loader(site)
		if err != nil {
			return nil, err
		}
		answer := httptest.NewRecorder()
		loader.Serve(answer, httptest.NewRequest(http.MethodGet, "/widget/"+measured.Key+".js", nil), web.Policy{})
		out[name] = bytes.Clone(answer.Body.Bytes())
	}
	return out, nil
}

// measuredBubble is a bubble in one language: each further one is the shop's own, and its own bytes.
func measuredBubble() chat.OwnTexts {
	return chat.OwnTexts{BubbleAfterS: 20, Texts: map[chat.TextName]map[language.Tag]chat.TextVariant{
		chat.TextBubble: {language.German: {Text: "Haben Sie Fragen zu Zelten oder Schlafsäcken? Wir helfen gern.", State: chat.TextApproved}},
	}}
}
