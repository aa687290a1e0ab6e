package detect

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/text/language"

	"dragoman/chat"
)

// How a decision is made. All are logarithms of how many times likelier something must be, but for the first.
const (
	// Decay is what is left of earlier lines at each new one.
	Decay = 0.6
	// PriorFirst is what the first of the languages known beforehand is worth, PriorOther each of the others.
	PriorFirst, PriorOther = 2, 1
	// Lead is by how much another language must lead in the end before the participant is said to have gone over to it.
	Lead = 4
	// LeadLines is how many lines in a row it must have led; one line of more than LongLine letters is enough.
	LeadLines, LongLine = 2, 20
	// Foreign is by how much a line must look like another language than its participant's to be taken for it, where his earlier lines do not speak
	// against it; Quoted, where they do, and then it has at least QuotedLetters.
	Foreign, Quoted, QuotedLetters = 3, 6, 12
)

// keepScores is how many languages the state of a participant remembers.
const keepScores = 6

// Score is how likely a language is: the decayed sum of logarithms of shares.
type Score struct {
	Language string  `json:"l"`
	Log      float64 `json:"s"`
}

// State is what is remembered of a participant's lines: small, and the same after a way through JSON. The zero value has seen none.
type State struct {
	// Scores are the likeliest languages, the best first, Rest an upper bound for all others.
	Scores []Score `json:"scores,omitempty"`
	Rest   float64 `json:"rest,omitempty"`
	// Leader has led for Lines lines, and is not yet decided for.
	Leader string `json:"leader,omitempty"`
	Lines  int    `json:"lines,omitempty"`
}

// Known is what is known about a participant when he writes a line.
type Known struct {
	// Language is what he is taken to read; Reason is why.
	Language language.Tag
	Reason   chat.LanguageReason
	// Prior are the languages that he may well write, the likeliest first: his browser's, the site's.
	Prior []language.Tag
	// State is what Decide returned for the line before.
	State State
}

// Decision is what a line changes.
type Decision struct {
	// Line is the language of the line.
	Line language.Tag
	// Language and Reason are the participant's from now on. The tag is kept (es-MX) as long as the language stays.
	Language language.Tag
	Reason   chat.LanguageReason
	State    State
}

// Decide adds the evidence of one line. A line without evidence changes nothing and is in the participant's language.
func (d *Detector) Decide(k Known, e Evidence) Decision {
	same := Decision{Line: k.Language, Language: k.Language, Reason: k.Reason, State: k.State}
	if e.Letters == 0 {
		return same
	}
	now := d.indexOf(k.Language)
	sums := d.sums(k.State, e)
	total := sums
	for i := range total {
		total[i] += d.prior(k, i)
	}
	out := same
	out.State = remember(sums, k.State)
	if k.Reason != chat.LanguageChosen && d.goesOver(k, e, &total, &out.State) {
		now = best(&total)
		out.Language, out.Reason = d.tag(now, k), chat.LanguageWritten
	} else if k.Reason == chat.LanguageBrowser && now >= 0 && best(&total) == now && float64(e.logs[now]) > -0.5 {
		out.Reason = chat.LanguageWritten // he writes what his browser said
	}
	out.Line = d.lineLanguage(k, e, now, &total, out.Language)
	return out
}

// sums returns the decayed evidence of all lines.
func (d *Detector) sums(s State, e Evidence) [count]float64 {
	var sums [count]float64
	if len(s.Scores) > 0 {
		for i := range sums {
			sums[i] = s.Rest * Decay
		}
		for _, score := range s.Scores {
			if at, known := d.place[score.Language]; known {
				sums[at] = score.Log * Decay
			}
		}
	}
	for i := range sums {
		sums[i] += float64(e.logs[i])
	}
	return sums
}

// remember keeps the best sums, in tenths, relative to the best.
func remember(sums [count]float64, before State) State {
	scores := make([]Score, count)
	top := sums[best(&sums)]
	for i, sum := range sums {
		scores[i] = Score{Language: nameOf(i), Log: math.Round((sum-top)*10) / 10}
	}
	slices.SortStableFunc(scores, func(a, b Score) int { return cmp.Compare(b.Log, a.Log) })
	return State{Scores: slices.Clone(scores[:keepScores]), Rest: scores[keepScores].Log, Leader: before.Leader, Lines: before.Lines}
}

// goesOver tells whether the participant has gone over to another language, and counts the lines for which it leads.
func (d *Detector) goesOver(k Known, e Evidence, total *[count]float64, s *State) bool {
	now, leader := d.indexOf(k.Language), best(total)
	// Of somebody whose language the detector does not know every line looks like some other one: only those count that he may be expected to write.
	if leader == now || now < 0 && !d.expected(k, leader) {
		s.Leader, s.Lines = "", 0
		return false
	}
	if s.Leader != nameOf(leader) {
		s.Leader, s.Lines = nameOf(leader), 0
	}
	s.Lines++
	if now >= 0 && total[leader]-total[now] < Lead || s.Lines < LeadLines && e.Letters <= LongLine {
		return false
	}
	s.Leader, s.Lines = "", 0
	return true
}

// lineLanguage is the participant's language unless the line is clearly in another one.
func (d *Detector) lineLanguage(k Known, e Evidence, now int, total *[count]float64, participant language.Tag) language.Tag {
	if now < 0 {
		return participant
	}
	var logs [count]float64
	for i := range logs {
		logs[i] = float64(e.logs[i])
	}
	if likely := best(total); likely != now && logs[likely]-logs[now] >= Foreign {
		return d.tag(likely, k)
	}
	if alone := best(&logs); alone != now && e.Letters >= QuotedLetters && logs[alone]-logs[now] >= Quoted {
		return d.tag(alone, k)
	}
	return participant
}

// prior is what is known about a language before anything is written.
func (d *Detector) prior(k Known, i int) float64 {
	for at, tag := range k.Prior {
		if d.indexOf(tag) == i {
			if at == 0 {
				return PriorFirst
			}
			return PriorOther
		}
	}
	return 0
}

func (d *Detector) expected(k Known, i int) bool { return d.prior(k, i) > 0 }

// tag returns the tag of a language as the participant's browser writes it, if it does.
func (d *Detector) tag(i int, k Known) language.Tag {
	for _, tag := range append([]language.Tag{k.Language}, k.Prior...) {
		if d.indexOf(tag) == i {
			return tag
		}
	}
	return language.Make(nameOf(i))
}

// indexOf returns the place of a tag's language, or -1 if the detector does not know it.
func (d *Detector) indexOf(tag language.Tag) int {
	base, _ := tag.Base()
	name := base.String()
	switch name {
	case "no", "nn":
		name = "nb"
	case "bs":
		name = "hr"
	case "iw":
		name = "he"
	case "in":
		name = "id"
	case "zh":
		if chat.SameLanguage(tag, language.TraditionalChinese) {
			name = "zh-Hant"
		}
	}
	if at, known := d.place[name]; known && tag != language.Und {
		return at
	}
	return -1
}

func best(sums *[count]float64) int {
	at := 0
	for i := range sums {
		if sums[i] > sums[at] {
			at = i
		}
	}
	return at
}
