package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"

	"dragoman/chat"
)

// release is the version of the program; CHANGELOG.md says what changed.
const release = "0.1.0-dev"

// buildInfo is what the program knows of itself.
type buildInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Go       string `json:"go"`
	System   string `json:"system"`
	Protocol string `json:"protocol"`
}

func readBuildInfo() buildInfo {
	b := buildInfo{Version: release, Commit: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Protocol: chat.Protocol}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " (changed)"
		}
	}
	b.Commit += changed
	return b
}

type versionCommand struct {
	JSON bool `help:"Print JSON."`
}

// Run prints what this program is.
func (c *versionCommand) Run(r *run) error {
	b := readBuildInfo()
	if c.JSON {
		return r.printJSON(b)
	}
	r.printf("dragoman %s\ncommit   %s\ngo       %s %s\nprotocol %s\n", b.Version, b.Commit, b.Go, b.System, b.Protocol)
	return nil
}

// printJSON writes a result for a program.
func (r *run) printJSON(v any) error {
	e := json.NewEncoder(r.Stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
