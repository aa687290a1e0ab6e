package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"dragoman/chat"

	"golang.org/x/text/language"
)

// textRow is one text in one language, for programs.
type textRow struct {
	Name     chat.TextName `json:"name"`
	Language language.Tag  `json:"language"`
	chat.TextVariant
}

// textRows are the texts of a site, in the order of the screens, the site's own language first.
func textRows(site chat.Site) []textRow {
	var rows []textRow
	for _, name := range chat.TextNames() {
		tags := slices.SortedFunc(maps.Keys(site.Texts.Texts[name]), func(a, b language.Tag) int {
			if own := site.Language; (a == own) != (b == own) {
				if a == own {
					return -1
				}
				return 1
			}
			return strings.Compare(a.String(), b.String())
		})
		for _, tag := range tags {
			rows = append(rows, textRow{name, tag, site.Texts.Texts[name][tag]})
		}
	}
	return rows
}

// textStates are the states in words.
var textStates = map[chat.TextState]string{
	chat.TextDraft:    "draft: nobody has looked at it",
	chat.TextOutdated: "outdated: written for an earlier text of yours",
}

func stateText(v chat.TextVariant) string {
	text := textStates[v.State]
	if text == "" {
		return "yours"
	}
	if v.By != "" {
		text += " (by " + v.By + ")"
	}
	if v.Rough {
		text += ", rough: not shown"
	}
	return text
}

func (r *run) printDrafts(key string, all []drafting) {
	t := table{{"NAME", "LANGUAGE", "BY", "TEXT"}}
	made := 0
	for _, d := range all {
		by, text := d.By, d.Text
		if d.Reason != "" {
			by, text = "nobody", "("+reasonWords(d.Reason)+")"
		} else {
			made++
		}
		t = append(t, []string{string(d.Name), d.To.String(), by, text})
	}
	if len(all) > 0 {
		r.printTable(t)
	}
	switch {
	case len(all) == 0:
		r.notef("nothing to draft: what the site has written in its own language is there in these languages already")
	case made > 0:
		r.notef("%d drafted, and marked as translated until somebody has read them: dragoman site text approve %s --language TAG", made, key)
	}
}

func reasonWords(reason chat.Reason) string {
	switch reason {
	case chat.ReasonNoEngine:
		return "no engine is configured or found"
	case chat.ReasonNoPair:
		return "no engine has this pair of languages"
	case chat.ReasonBudget:
		return "the site's budget is spent"
	case chat.ReasonDamaged:
		return "the answer did not hold what must stay as it is"
	}
	return "no answer: " + string(reason)
}

// textsSummary is what a site's own texts come to, for site show.
func textsSummary(site chat.Site) table {
	own := "the widget's, in each visitor's language"
	var mine []string
	look := map[string]int{}
	for _, row := range textRows(site) {
		if row.Language == site.Language {
			mine = append(mine, string(row.Name))
		} else if row.State != chat.TextApproved {
			look[fmt.Sprintf("%s in %s", row.State, row.Language)]++
		}
	}
	if len(mine) > 0 {
		own = strings.Join(mine, ", ") + " in its own words"
	}
	rows := table{{"texts", own}}
	if len(look) > 0 {
		var parts []string
		for _, what := range slices.Sorted(maps.Keys(look)) {
			parts = append(parts, fmt.Sprint(look[what], " ", what))
		}
		rows = append(rows, []string{"to be looked at", strings.Join(parts, ", ") + ": dragoman site text list " + site.Key})
	}
	bubble, drafts := "never", "made when a visitor would read one, and marked as translated"
	if site.Texts.BubbleAfterS > 0 {
		bubble = fmt.Sprintf("after %d seconds on a page", site.Texts.BubbleAfterS)
	}
	if site.Texts.NoDrafts {
		drafts = "neither made by themselves nor shown"
	}
	return append(rows, []string{"bubble", bubble}, []string{"drafts of texts", drafts})
}
