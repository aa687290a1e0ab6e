// Package engine makes the engines that the pipeline can be given. Each vendor is one file; Apertium, which runs
// programs of its own, is a folder. Keys and addresses come in Options and are never logged.
package engine

import "dragoman/translate/engine/apertium"

// ApertiumOptions are the options of NewApertium.
type ApertiumOptions = apertium.Options

// NewApertium returns the engine that uses the Apertium pairs installed on this machine. It starts nothing yet.
func NewApertium(o ApertiumOptions) *apertium.Engine { return apertium.New(o) }
