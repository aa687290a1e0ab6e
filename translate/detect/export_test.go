package detect

// WithoutWords returns a detector that goes by letters alone: the lexicon is left with the words that say nothing.
func WithoutWords() *Detector {
	d := New()
	for word, in := range d.lexicon {
		if in != noLanguage {
			delete(d.lexicon, word)
		}
	}
	return d
}
