package engine

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dragoman/translate"
)

// deeplKept keeps the glossaries of the sites at DeepL: one (v3) for each site, with a dictionary for each pair. A dictionary is sent when its site's
// words for the pair are not those that this program has sent last, so it follows within the next line.
type deeplKept struct {
	sending chan struct{} // capacity 1: who is in it speaks with DeepL

	mu    sync.Mutex // guards the following
	sites map[string]*deeplGlossary
	until time.Time // after a failure: DeepL is left alone
	err   error     // ... because of this
}

// deeplGlossary is what DeepL has of one site.
type deeplGlossary struct {
	id     string
	hashes map[string]string // of what was sent last, by pair
}

// deeplPause is how long glossaries are left alone after DeepL has refused one: the plan may have none, or no more.
const deeplPause = time.Minute

// deeplName begins the names of glossaries that this program keeps.
const deeplName = "dragoman "

func newDeepLKept() *deeplKept {
	return &deeplKept{sending: make(chan struct{}, 1), sites: map[string]*deeplGlossary{}}
}

// id returns the id of a site's glossary, which has these terms for the pair now.
func (k *deeplKept) id(ctx context.Context, d *DeepL, terms *translate.Terms, source, target string) (string, error) {
	pair := deeplPair(source, target)
	if id, err, known := k.known(terms, pair); known {
		return id, err
	}
	select {
	case k.sending <- struct{}{}:
	case <-ctx.Done():
		return "", &translate.Error{Kind: translate.Transient, Text: "DeepL did not take the glossary in time", Err: ctx.Err()}
	}
	defer func() { <-k.sending }()
	if id, err, known := k.known(terms, pair); known {
		return id, err // somebody else has just sent it
	}
	id, err := k.send(ctx, d, terms, pair)
	if err != nil {
		return "", k.lost(d, terms.Site, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	g := k.sites[terms.Site]
	if g == nil || g.id != id {
		g = &deeplGlossary{id: id, hashes: map[string]string{}}
		k.sites[terms.Site] = g
	}
	g.hashes[pair] = terms.Hash
	return id, nil
}

// lost notes that DeepL does not take a site's glossary, or has not got it any more. What it says of texts is left out.
func (k *deeplKept) lost(d *DeepL, site string, err error, texts ...string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = &translate.Error{Kind: translate.NoTerms, Text: "DeepL does not take the glossary: " + d.explain(err, texts).Error()}
	if k.until = time.Now().Add(deeplPause); isGone(err) {
		delete(k.sites, site) // somebody has removed it there
	}
	return k.err
}

// isGone tells whether DeepL does not know what it was asked for.
func isGone(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == http.StatusNotFound
}

// known tells what needs no asking: the dictionary is there, or cannot be.
func (k *deeplKept) known(terms *translate.Terms, pair string) (id string, err error, known bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if g := k.sites[terms.Site]; g != nil && g.hashes[pair] == terms.Hash {
		return g.id, nil, true
	}
	return "", k.err, time.Now().Before(k.until)
}

// deeplDictionary is a dictionary as DeepL's OpenAPI has it.
type deeplDictionary struct {
	Source  string `json:"source_lang"`
	Target  string `json:"target_lang"`
	Entries string `json:"entries"`
	Format  string `json:"entries_format"`
}

// send makes a site's glossary or replaces its dictionary of a pair.
func (k *deeplKept) send(ctx context.Context, d *DeepL, terms *translate.Terms, pair string) (string, error) {
	source, target, _ := strings.Cut(pair, ">")
	dictionary := deeplDictionary{Source: source, Target: target, Format: "tsv"}
	for _, p := range terms.Pairs {
		dictionary.Entries += p[0] + "\t" + p[1] + "\n"
	}
	id, err := k.find(ctx, d, terms.Site)
	if err != nil {
		return "", err
	}
	if id != "" {
		var got struct{}
		return id, d.client.do(ctx, http.MethodPut, d.base+"/v3/glossaries/"+url.PathEscape(id)+"/dictionaries", d.header(), dictionary, &got)
	}
	var made struct {
		ID string `json:"glossary_id"`
	}
	err = d.client.do(ctx, http.MethodPost, d.base+"/v3/glossaries", d.header(), struct {
		Name         string            `json:"name"`
		Dictionaries []deeplDictionary `json:"dictionaries"`
	}{deeplName + terms.Site, []deeplDictionary{dictionary}}, &made)
	if err == nil && made.ID == "" {
		err = badOutput("the answer has no glossary in it")
	}
	return made.ID, err
}

// find returns the id of a site's glossary, or nothing if there is none: this program may have run before, or runs on another node. Of two that were
// made at the same moment all take the same.
func (k *deeplKept) find(ctx context.Context, d *DeepL, site string) (string, error) {
	k.mu.Lock()
	g := k.sites[site]
	k.mu.Unlock()
	if g != nil {
		return g.id, nil
	}
	var list struct {
		Glossaries []struct {
			ID   string `json:"glossary_id"`
			Name string `json:"name"`
		} `json:"glossaries"`
	}
	if err := d.get(ctx, "/v3/glossaries", &list); err != nil {
		return "", err
	}
	id := ""
	for _, g := range list.Glossaries {
		if g.Name == deeplName+site && (id == "" || cmp.Less(g.ID, id)) {
			id = g.ID
		}
	}
	return id, nil
}
