package main

import "testing"

func TestOpenings(t *testing.T) {
	got, err := openings(map[string][]byte{
		"widget.js":            []byte("t('hello');t(\"a.b\");t(`bar.${why}`);tt(on?`on`:`off`)"),
		"widget-menu.js":       []byte(`t("menu.end")`),
		"lang/console/en.json": []byte(`{"hello":"Hello"}`),
		"lang/widget/en.json":  []byte(`{"hello":"Hello","a.b":"A","a.c":"B","bar.busy":{"one":"x","other":"y"},"on":"On","off":"Off","menu.end":"End","hell":"no"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"a.b":"A","bar.busy":{"one":"x","other":"y"},"hello":"Hello","off":"Off","on":"On"}`
	if len(got) != 1 || string(got["lang/opening/en.json"]) != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if _, err := openings(map[string][]byte{"lang/widget/en.json": []byte("{")}); err == nil {
		t.Error("what cannot be read has an opening")
	}
}
