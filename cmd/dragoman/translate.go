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
	Site      string   `placeholder:"KEY" help:"Translate as this site has it: its engines, names, memory, glossary, register and budget. What is spent counts."`
	Visitor   bool     `help:"A visitor reads it: address him as the site wants it."`
	Context   []string `sep:"none" placeholder:"LINE" help:"What was said before, for engines that make use of it; several, the oldest first."`
	Text      string   `arg:"" help:"The line."`
	JSON      bool     `help:"Print JSON."`
}

// translationRow is what happened to a line, for programs.
type translationRow struct {
	Text    string    `json:"text"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Engine  string    `json:"engine,omitempty"`
	Pair    string    `json:"pair,omitempty"`
	Quality string    `json:"quality,omitempty"`
	Masked  string    `json:"masked"`
	Kept    []keptRow `json:"kept"`
	// By is who made the text where no engine did: the name of an agent, or where the entry of the memory came from. Source is the entry's.
	By     string `json:"by,omitempty"`
	Source string `json:"source,omitempty"`
	// Terms are the forms of the glossary, Near what the memory has that is nearly the same.
	Terms   []string           `json:"terms,omitempty"`
	Near    []chat.Near        `json:"near,omitempty"`
	TookMS  map[string]float64 `json:"took_ms"`
	Trouble string             `json:"trouble,omitempty"`
	// Known is where the translation was known from: cache, store; Context is how many lines went with it.
	Known     string       `json:"known,omitempty"`
	Formality string       `json:"formality,omitempty"`
	Context   int          `json:"context,omitempty"`
	Budget    string       `json:"budget,omitempty"`
	Skipped   []skippedRow `json:"skipped,omitempty"`
}

// skippedRow is an engine that was passed over or had no answer.
type skippedRow struct {
	Engine string `json:"engine"`
	Reason string `json:"reason"`
	Error  string `json:"error,omitempty"`
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
	p, _, done, err := r.sitePipeline(c.engineSettings, c.Site)
	if err != nil {
		return err
	}
	defer done()
	rep := p.Explain(r.ctx, chat.Untranslated{Site: c.Site, ForVisitor: c.Visitor, Text: text, From: from, To: to, Formality: chat.Formality(c.Formality), Before: chat.Said(c.Context...)})
	t := rep.Translation
	row := translationRow{
		Text: t.Text, State: string(t.State), Reason: string(t.Reason), Engine: rep.Engine, Masked: rep.Masked, Kept: []keptRow{},
		TookMS: map[string]float64{}, Trouble: rep.Trouble,
	}
	if rep.Engine != "" {
		row.Pair, row.Quality = rep.Pair.String(), string(t.Quality)
	}
	row.Known, row.Formality, row.Budget, row.Context = string(rep.Level), string(rep.Formality), string(rep.Budget), len(rep.Context)
	for _, s := range rep.Skipped {
		row.Skipped = append(row.Skipped, skippedRow{s.Engine, string(s.Reason), s.Error})
	}
	row.Terms = t.Terms
	if rep.Memory != nil {
		row.By, row.Source = t.By.Name, rep.Memory.Source
	} else {
		row.Near = p.Near(r.ctx, c.Site, text, from, to)
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
	if row.Known != "" {
		t = append(t, []string{"known from", map[string]string{"cache": "this program's cache", "store": "the cache in the database"}[row.Known]})
	}
	if row.Formality != "" {
		t = append(t, []string{"formality", row.Formality})
	}
	if row.Context > 0 {
		t = append(t, []string{"context", fmt.Sprintf("%d lines", row.Context)})
	}
	if state := budgetStates[chat.BudgetState(row.Budget)]; state != "" {
		t = append(t, []string{"budget", state})
	}
	for _, s := range row.Skipped {
		why := s.Reason
		if s.Error != "" {
			why = s.Error
		}
		t = append(t, []string{"not " + s.Engine, why})
	}
	if row.By != "" {
		t = append(t, []string{"memory", row.By + ", for: " + row.Source})
	}
	if len(row.Terms) > 0 {
		t = append(t, []string{"glossary", strings.Join(row.Terms, ", ")})
	}
	for _, n := range row.Near {
		t = append(t, []string{fmt.Sprintf("near (%.0f %%)", 100*n.Similarity), n.Source + " = " + n.Target})
	}
	var kept []string
	for _, k := range row.Kept {
		kept = append(kept, fmt.Sprintf("%s (%s)", k.Text, k.Kind))
	}
	if len(kept) > 0 {
		t = append(t, []string{"kept", strings.Join(kept, ", ")})
		if row.Engine != "" || row.Trouble != "" { // what memory or glossary answer no engine sees
			t = append(t, []string{"engine saw", row.Masked})
		}
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
	case chat.ReasonBudget:
		return fmt.Errorf("the site's budget is used up: dragoman engines --site shows how it stands, and dragoman site set --budget-day or --budget-month changes it")
	case chat.ReasonDamaged:
		return fmt.Errorf("the engine's answer lost or changed something that must survive, so readers get the original")
	}
	if row.Trouble != "" {
		return fmt.Errorf("the translation failed: %s", row.Trouble)
	}
	return fmt.Errorf("the translation failed: %s", reason)
}
