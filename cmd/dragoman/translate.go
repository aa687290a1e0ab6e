package main

import (
	"fmt"
	"strings"

	"dragoman/chat"
)

type translateCommand struct {
	engineSettings
	From      string   `required:"" placeholder:"TAG" help:"The language of the text."`
	To        string   `required:"" placeholder:"TAG" help:"The language to translate into."`
	Formality string   `enum:",more,less" default:"" placeholder:"more|less" help:"How the reader is addressed, for engines that know the difference."`
	Context   []string `sep:"none" placeholder:"LINE" help:"What was said before, for engines that make use of it; several, the oldest first."`
	Text      string   `arg:"" help:"The line."`
	JSON      bool     `help:"Print JSON."`
}

// translationRow is what happened to a line, for programs.
type translationRow struct {
	Text    string             `json:"text"`
	State   string             `json:"state"`
	Reason  string             `json:"reason,omitempty"`
	Engine  string             `json:"engine,omitempty"`
	Pair    string             `json:"pair,omitempty"`
	Quality string             `json:"quality,omitempty"`
	Masked  string             `json:"masked"`
	Kept    []keptRow          `json:"kept"`
	TookMS  map[string]float64 `json:"took_ms"`
	Trouble string             `json:"trouble,omitempty"`
}

type keptRow struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// Run translates one line and tells how.
func (c *translateCommand) Run(r *run) error {
	from, err := parseLanguage(c.From)
	if err != nil {
		return err
	}
	to, err := parseLanguage(c.To)
	if err != nil {
		return err
	}
	text, err := chat.CheckText(c.Text, 0)
	if err != nil {
		return usagef("there is nothing to translate: write the line after the flags")
	}
	p, err := r.pipeline(c.engineSettings)
	if err != nil {
		return err
	}
	defer p.Close()
	rep := p.Explain(r.ctx, chat.Untranslated{Text: text, From: from, To: to, Formality: chat.Formality(c.Formality), Before: chat.Said(c.Context...)})
	t := rep.Translation
	row := translationRow{
		Text: t.Text, State: string(t.State), Reason: string(t.Reason), Engine: rep.Engine, Masked: rep.Masked, Kept: []keptRow{},
		TookMS: map[string]float64{}, Trouble: rep.Trouble,
	}
	if rep.Engine != "" {
		row.Pair, row.Quality = rep.Pair.String(), string(t.Quality)
	}
	for _, s := range rep.Spans {
		row.Kept = append(row.Kept, keptRow{string(s.Kind), s.Text})
	}
	var steps []string
	for _, s := range rep.Steps {
		row.TookMS[s.Name] += milliseconds(s.Took)
		steps = append(steps, fmt.Sprintf("%s %.1f ms", s.Name, milliseconds(s.Took)))
	}
	if c.JSON {
		err = r.printJSON(row)
	} else {
		r.printTranslation(row, steps)
	}
	if err == nil && t.State == chat.TranslationFailed {
		err = failedTranslation(t.Reason, row)
	}
	return err
}

func (r *run) printTranslation(row translationRow, steps []string) {
	switch row.State {
	case string(chat.TranslationDone):
		r.printf("%s\n\n", row.Text)
	case string(chat.TranslationSame):
		r.printf("(needs no translation)\n\n")
	}
	t := table{}
	if row.Engine != "" {
		t = append(t, []string{"engine", row.Engine + ", " + row.Pair + ", " + row.Quality})
	}
	var kept []string
	for _, k := range row.Kept {
		kept = append(kept, fmt.Sprintf("%s (%s)", k.Text, k.Kind))
	}
	if len(kept) > 0 {
		t = append(t, []string{"kept", strings.Join(kept, ", ")}, []string{"engine saw", row.Masked})
	}
	if len(steps) > 0 {
		t = append(t, []string{"took", strings.Join(steps, ", ")})
	}
	if row.Trouble != "" {
		t = append(t, []string{"trouble", row.Trouble})
	}
	r.printTable(t)
}

// failedTranslation says why a reader would see the original.
func failedTranslation(reason chat.Reason, row translationRow) error {
	switch reason {
	case chat.ReasonNoEngine:
		return fmt.Errorf("%s", noEngine)
	case chat.ReasonNoPair:
		return fmt.Errorf("no engine has this pair of languages: dragoman engines shows which there are")
	case chat.ReasonDamaged:
		return fmt.Errorf("the engine's answer lost or changed something that must survive, so readers get the original")
	}
	if row.Trouble != "" {
		return fmt.Errorf("the translation failed: %s", row.Trouble)
	}
	return fmt.Errorf("the translation failed: %s", reason)
}
