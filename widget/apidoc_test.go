package widget_test

import (
	"testing"

	"dragoman/internal/apidoc"
	"dragoman/internal/edgetest"
	"dragoman/widget"
)

// What the documents say of this edge is what it does, both ways.
func TestDocuments(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	apidoc.Load(t, "openapi.yaml").CheckRoutes(s.Widget.Patterns(), "/widget/", "/chat/")
	apidoc.CheckCalls(apidoc.Load(t, "asyncapi.yaml"), "visitor", widget.Calls())
}
