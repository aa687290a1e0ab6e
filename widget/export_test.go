package widget

import (
	"maps"
	"slices"

	"dragoman/chat"
)

// For the tests in package widget_test.

var (
	NewToken  = newToken
	SiteOf    = siteOf
	CleanPage = cleanPage
	CleanZone = cleanZone
	Color     = color
	Verify    = verify
)

// Calls returns the names of all calls that a visitor may make.
func Calls() []chat.CallName { return slices.Sorted(maps.Keys(calls)) }

// Patterns returns all routes.
func (e *Edge) Patterns() []string { return slices.Sorted(maps.Keys(e.routes())) }
