package detect

import "golang.org/x/text/language"

// Detect returns the likeliest language of a text and by how much it leads the next, as a natural logarithm; language.Und if the text says
// nothing. It is translate.Options.Detect.
func (d *Detector) Detect(text string) (language.Tag, float64) {
	name, lead := d.Line(text).Best()
	tag, err := language.Parse(name)
	if name == "" || err != nil {
		return language.Und, 0
	}
	return tag, lead
}
