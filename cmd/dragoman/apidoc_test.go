package main

import (
	"slices"
	"strings"
	"testing"

	"dragoman/internal/apidoc"
)

// What neither edge answers the server itself does, and the document says so.
func TestDocuments(t *testing.T) {
	s := serve(t, "")
	rest := slices.DeleteFunc(apidoc.Load(t, "openapi.yaml").Operations(), func(o string) bool {
		_, path, _ := strings.Cut(o, " ")
		return strings.HasPrefix(path, "/widget/") || strings.HasPrefix(path, "/chat/") || strings.HasPrefix(path, "/agent/")
	})
	if want := []string{"GET /", "GET /healthz", "GET /readyz"}; !slices.Equal(rest, want) {
		t.Errorf("described are %v, want %v", rest, want)
	}
	for _, o := range rest {
		_, path, _ := strings.Cut(o, " ")
		if status, _, body := get(t, s.Public+path, ""); status != 200 {
			t.Errorf("%s: %d %s", o, status, body)
		}
	}
}
