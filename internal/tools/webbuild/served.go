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
	Key: "aurora-outdoor-3f9c", Name: "Aurora Outdoor & Mountain Sports", Language: language.German, Look: chat.Look{Color: "#0b6e5f", Position: "start"},
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
	loader, err := edge.Loader(measured)
	if err != nil {
		return nil, err
	}
	answer := httptest.NewRecorder()
	loader.Serve(answer, httptest.NewRequest(http.MethodGet, "/widget/"+measured.Key+".js", nil), web.Policy{})
	out := maps.Clone(files)
	out["loader.js"] = bytes.Clone(answer.Body.Bytes())
	return out, nil
}
