// Package engine makes the engines that the pipeline can be given. Each vendor is one file; Apertium, which runs programs of its own, is
// a folder. remote.go is what all engines over HTTP have in common, carrier.go and words.go how marks get through them.
//
// A new engine is a file like deepl.go, a line in Settings, and the suite of enginetest. Keys and addresses come in options and are never
// logged.
package engine

import (
	"dragoman/translate"
	"dragoman/translate/engine/apertium"

	"github.com/rs/zerolog"
)

// errNoTranslation is for answers that say nothing.
var errNoTranslation = badOutput("the server's answer has no translation in it")

// ApertiumOptions are the settings of Apertium on this machine.
type ApertiumOptions struct {
	Modes  string `placeholder:"FOLDER" help:"Where Apertium's pairs are, if not where Debian puts them."`
	Pivots bool   `help:"Let Apertium go through a third language where it has no direct pair. Often misleading."`
}

// configured is always true: whether there is an Apertium shows when it is asked.
func (ApertiumOptions) configured() bool { return true }

func (o ApertiumOptions) open(log zerolog.Logger) (translate.Engine, error) {
	return apertium.New(apertium.Options{Modes: o.Modes, Pivots: o.Pivots, Log: log}), nil
}
