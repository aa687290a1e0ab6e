package engine

import (
	"context"

	"dragoman/translate"

	"golang.org/x/text/language"
)

// many translates the segments of a call into several languages with one request. ask returns the answers by language and text. What is too long for all the languages
// together is refused before anything is sent: each asks for itself then.
func (r *remote) many(ctx context.Context, req *translate.Request, to []language.Tag, ask func(context.Context, *ask, []string) ([][]string, error)) ([]*translate.Response, error) {
	known, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	if !r.fits(req.Segments, len(to)) {
		return nil, &translate.Error{Kind: translate.TooLarge, Text: "the texts are too long for so many languages at once"}
	}
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	a := r.question(req)
	goals := make([]string, len(to))
	for i, tag := range to {
		if a.source, goals[i], err = r.codes(known, req.From, tag); err != nil {
			return nil, err
		}
	}
	carriers := r.load(&a, req.Segments)
	got, err := ask(ctx, &a, goals)
	if err != nil {
		return nil, r.explain(err, textsOf(req.Segments))
	}
	all := make([]*translate.Response, len(to))
	for i, texts := range got {
		results, sent, err := unload(&a, carriers, texts)
		if err != nil {
			return nil, err
		}
		all[i] = &translate.Response{Results: results, Billed: sent}
		if a.billed > 0 { // for all languages together
			all[i].Billed = (a.billed + i) / len(to)
		}
	}
	return all, nil
}

// fits tells whether texts go into one request for so many languages.
func (r *remote) fits(segs []translate.Segment, languages int) bool {
	size := 0
	for _, s := range segs {
		size += len(s.Text)
	}
	return len(segs) <= r.texts && size*languages <= r.bytes
}
