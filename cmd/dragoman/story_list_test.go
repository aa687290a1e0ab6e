package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	widgetStories = regexp.MustCompile(`(?m)^STORIES = ((?:.*\\\n)*.*)$`)
	aStory        = regexp.MustCompile(`(?m)^func (TestStory\w*)\(t \*testing\.T\)`)
)

// Each story is the widget's or the console's: the Makefile names the widget's, and plays all others as the console's. So a name that is no story's any more would
// move one of the widget's to the console.
func TestEveryStoryIsPlayed(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := widgetStories.FindSubmatch(makefile)
	if list == nil {
		t.Fatal("the Makefile has no list of the widget's stories")
	}
	widget := strings.Fields(strings.ReplaceAll(string(list[1]), "\\", ""))
	files, err := filepath.Glob("story*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var stories []string
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range aStory.FindAllSubmatch(source, -1) {
			stories = append(stories, string(found[1]))
		}
	}
	for i, name := range widget {
		if !slices.Contains(stories, name) {
			t.Errorf("the Makefile names %s, which is no story", name)
		}
		if slices.Contains(widget[:i], name) {
			t.Errorf("the Makefile names %s twice", name)
		}
	}
	if len(widget) == 0 || len(widget) == len(stories) {
		t.Errorf("%d of %d stories are the widget's", len(widget), len(stories))
	}
}
