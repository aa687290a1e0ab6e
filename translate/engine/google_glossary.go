package engine

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"dragoman/translate"

	"github.com/rs/zerolog"
)

// What Google's v3 says of glossaries: each is made of a file in Cloud Storage, by an operation that takes a while, cannot be changed afterwards, and is in a region, never in
// "global"; texts are translated with it in the same region.
const (
	googleStorageURL = "https://storage.googleapis.com"
	googleScopeFiles = "https://www.googleapis.com/auth/devstorage.read_write"
	// googleRegion is where glossaries are, unless the settings name a region.
	googleRegion = "us-central1"
	// googlePatience is how long Google may take to make a glossary, and googlePause how long it is left alone after it has refused one.
	googlePatience = 10 * time.Minute
	googlePause    = time.Minute
	// googleLook is the pause between two looks whether a glossary is made.
	googleLook = 2 * time.Second
	// googleMaking is how many glossaries are made at once.
	googleMaking = 4
	// googleName begins the names of glossaries and files that this program keeps.
	googleName = "dragoman-"
)

// googleKept keeps the glossaries of the sites at Google: one for each site and pair, whose name says what is in it. They are made in the background; until one is there, and
// whenever Google has none, the words are kept by marks.
type googleKept struct {
	log  zerolog.Logger
	turn chan struct{} // holds one thing for each that is being made
	look time.Duration

	mu  sync.Mutex                 // guards the following
	all map[string]*googleGlossary // by site and pair
}

// googleGlossary is what Google has for a site and a pair.
type googleGlossary struct {
	hash   string // of the words that are in it; empty if there is none
	name   string // the resource
	making bool
	until  time.Time // after a failure: Google is left alone
}

func newGoogleKept(log zerolog.Logger) *googleKept {
	return &googleKept{log: log, turn: make(chan struct{}, googleMaking), look: googleLook, all: map[string]*googleGlossary{}}
}

// errNotKept is for lines whose words Google has no glossary of yet.
var errNotKept = &translate.Error{Kind: translate.NoTerms, Text: "Google has no glossary of these words yet"}

// find returns the glossary with these terms. If there is none it is made in the background, for the lines that come later.
func (k *googleKept) find(g *Google, terms *translate.Terms, source, goal string) (string, error) {
	pair := terms.Site + " " + source + ">" + goal
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.all[pair]
	if e == nil {
		e = &googleGlossary{}
		k.all[pair] = e
	}
	if e.hash == terms.Hash {
		return e.name, nil
	}
	if !e.making && time.Now().After(e.until) {
		e.making = g.later(func(ctx context.Context) { k.keep(ctx, g, e, terms, source, goal) })
	}
	return "", errNotKept
}

// keep makes a glossary and takes those away that it replaces.
func (k *googleKept) keep(ctx context.Context, g *Google, e *googleGlossary, terms *translate.Terms, source, goal string) {
	ctx, cancel := context.WithTimeout(ctx, googlePatience)
	defer cancel()
	series := googleName + short(terms.Site, source, goal) + "-"
	id := series + short(terms.Hash)
	err := k.make(ctx, g, id, terms, source, goal)
	k.mu.Lock()
	if e.making = false; err == nil {
		e.hash, e.name = terms.Hash, g.resource(id)
	} else {
		e.until = time.Now().Add(googlePause)
	}
	k.mu.Unlock()
	if err == nil {
		err = k.removeOld(ctx, g, series, id, source, goal)
	}
	if err != nil && ctx.Err() == nil {
		k.log.Warn().Err(g.explain(err, nil)).Str("site", terms.Site).Str("from", source).Str("to", goal).
			Msg("cannot keep a glossary at Google; the words are put in without it")
	}
}

// lost notes that Google has not got a glossary any more, or does not like it.
func (k *googleKept) lost(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, e := range k.all {
		if e.name == name {
			e.hash, e.name, e.until = "", "", time.Now().Add(googlePause)
		}
	}
}

// short is a name for some words, in letters that names of glossaries and files may have.
func short(words ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(words, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// googleOperation is something that Google does in its own time.
type googleOperation struct {
	Name  string `json:"name"`
	Done  bool   `json:"done"`
	Error *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// googleGlossaryBody is a glossary as Google's discovery document has it.
type googleGlossaryBody struct {
	Name string `json:"name"`
	Pair struct {
		Source string `json:"sourceLanguageCode"`
		Target string `json:"targetLanguageCode"`
	} `json:"languagePair"`
	Input struct {
		Source struct {
			URI string `json:"inputUri"`
		} `json:"gcsSource"`
	} `json:"inputConfig"`
}

// make makes the glossary with this id, unless this program has made it before, here or on another node.
func (k *googleKept) make(ctx context.Context, g *Google, id string, terms *translate.Terms, source, goal string) error {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	there, err := k.there(ctx, g, id)
	if there || err != nil {
		return err
	}
	file := id + ".csv"
	if err := g.upload(ctx, file, terms); err != nil {
		return err
	}
	defer func() { // a glossary does not need its file
		if err := g.removeFile(context.WithoutCancel(ctx), file); err != nil {
			k.log.Warn().Err(g.explain(err, nil)).Str("file", file).Msg("cannot remove a file from Google's storage")
		}
	}()
	body := googleGlossaryBody{Name: g.resource(id)}
	body.Pair.Source, body.Pair.Target = source, goal
	body.Input.Source.URI = "gs://" + g.opts.Bucket + "/" + file
	var op googleOperation
	err = g.do(ctx, http.MethodPost, g.region()+"/glossaries", body, &op)
	var s *statusError
	if errors.As(err, &s) && s.status == http.StatusConflict {
		return k.await(ctx, g, id) // another node is about to make it
	}
	if err != nil {
		return err
	}
	return k.wait(ctx, g, op)
}

// there tells whether Google has a glossary.
func (k *googleKept) there(ctx context.Context, g *Google, id string) (bool, error) {
	var got googleGlossaryBody
	err := g.do(ctx, http.MethodGet, "/v3/"+g.resource(id), nil, &got)
	if isGone(err) {
		return false, nil
	}
	return err == nil, err
}

// await waits until a glossary is there that somebody else makes.
func (k *googleKept) await(ctx context.Context, g *Google, id string) error {
	for {
		if there, err := k.there(ctx, g, id); there || err != nil {
			return err
		}
		if err := pause(ctx, k.look); err != nil {
			return err
		}
	}
}

// wait waits for the end of an operation.
func (k *googleKept) wait(ctx context.Context, g *Google, op googleOperation) error {
	for {
		switch {
		case op.Error != nil:
			return &translate.Error{Kind: translate.BadRequest, Text: "Google cannot make the glossary: " + op.Error.Message}
		case op.Done:
			return nil
		case op.Name == "":
			return badOutput("Google's answer has no operation in it")
		}
		if err := pause(ctx, k.look); err != nil {
			return err
		}
		if err := g.do(ctx, http.MethodGet, "/v3/"+op.Name, nil, &op); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// removeOld takes away what a glossary replaces: those of the same site and pair with other words.
func (k *googleKept) removeOld(ctx context.Context, g *Google, series, id, source, goal string) error {
	filter := url.Values{"filter": {"src=" + source + " AND tgt=" + goal}}
	for {
		var page struct {
			Glossaries []googleGlossaryBody `json:"glossaries"`
			Next       string               `json:"nextPageToken"`
		}
		if err := g.do(ctx, http.MethodGet, g.region()+"/glossaries?"+filter.Encode(), nil, &page); err != nil {
			return err
		}
		for _, old := range page.Glossaries {
			name := old.Name[strings.LastIndexByte(old.Name, '/')+1:]
			if !strings.HasPrefix(name, series) || name == id {
				continue
			}
			var op googleOperation
			if err := g.do(ctx, http.MethodDelete, "/v3/"+g.resource(name), nil, &op); err != nil && !isGone(err) {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		filter.Set("pageToken", page.Next)
	}
}

// region is the resource in which the glossaries are.
func (g *Google) region() string {
	if g.opts.Location == googleGlobal {
		return "/v3/" + g.place(googleRegion)
	}
	return "/v3/" + g.place(cmp.Or(g.opts.Location, googleRegion))
}

// resource is the name of a glossary.
func (g *Google) resource(id string) string {
	return strings.TrimPrefix(g.region(), "/v3/") + "/glossaries/" + id
}

// upload puts the terms into a file in the bucket, one in a line.
func (g *Google) upload(ctx context.Context, file string, terms *translate.Terms) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, p := range terms.Pairs {
		_ = w.Write(p[:]) // into memory
	}
	w.Flush()
	query := url.Values{"uploadType": {"media"}, "name": {file}}
	return g.at(ctx, http.MethodPost, g.storage+"/upload/storage/v1/b/"+url.PathEscape(g.opts.Bucket)+"/o?"+query.Encode(), content{"text/csv; charset=utf-8", b.Bytes()}, nil)
}

func (g *Google) removeFile(ctx context.Context, file string) error {
	ctx, cancel := context.WithTimeout(ctx, g.timeout)
	defer cancel()
	err := g.at(ctx, http.MethodDelete, g.storage+"/storage/v1/b/"+url.PathEscape(g.opts.Bucket)+"/o/"+url.PathEscape(file), nil, nil)
	if isGone(err) {
		return nil
	}
	return err
}
