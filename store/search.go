package store

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"dragoman/chat"
	"dragoman/store/words"

	"golang.org/x/text/language"
)

// Search finds in two steps. The index (search_docs.go, search_index.go) names documents in which all words stand somewhere, the newest first; then each
// is read as it is now and compared word by word (search_hit.go). So what the index does not know yet is at worst not found, and what it should have
// forgotten is never shown.
//
// An index of words is bad at one thing: what half of all documents have. SQLite walks through the documents of a whole word from the newest on and ends when
// it has enough, but puts together all of a beginning first; PostgreSQL puts all together in any case. So where that may be much a part of the newest
// documents is looked through by itself: what stands in every fiftieth of them fills a page from there, and for what is rarer the index is good. On PostgreSQL
// it is so for what is in less than a thousandth: to look through a thousand documents side by side is as much work as to fetch one that stands anywhere.
const (
	// searchTime bounds how long one search may keep the database busy.
	searchTime = time.Second
	// searchConditions is how many terms the index is asked for at most; all words are compared afterwards.
	searchConditions = 16
	// nearSQLite and nearPostgres are how many of the newest documents are looked through by themselves. PostgreSQL has their terms at hand, for
	// SQLite their texts must be read.
	nearSQLite   = 600
	nearPostgres = 2000
	// nearPerDocument is up to how many documents PostgreSQL looks through for each that it names: then twice as many are looked through next, up to mostNear.
	nearPerDocument = 1000
	mostNear        = 16_000
	// mostCompared is how many documents of the index one call reads. A page may then be short, or empty, and still have a next.
	mostCompared = 500
	// looseCompared is how many documents SQLite names by whole words and marks alone, before it is asked for the beginning of a word as well: where the others
	// are rare that is all there are, and where all are common it fills a page.
	looseCompared = 120
	// searchPiece is how many are read at once.
	searchPiece = 40
)

const (
	farSQLite = `SELECT d.id FROM search_terms CROSS JOIN search_docs d ON d.id = search_terms.rowid
WHERE search_terms MATCH $1 AND search_terms.rowid < $2 AND search_terms.rowid >= $3 ORDER BY search_terms.rowid DESC LIMIT $4`

	farPostgres = `WITH found AS MATERIALIZED (SELECT id FROM search_docs WHERE terms @@ CAST($1 AS tsquery))
SELECT id FROM found WHERE id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4`

	nearDocsSQLite = `SELECT id FROM search_docs WHERE id < $2 AND id >= $3 AND $1 <> '' ORDER BY id DESC LIMIT $4`

	nearDocsPostgres = `SELECT id FROM (SELECT id, terms FROM search_docs WHERE id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4) AS near
WHERE terms @@ CAST($1 AS tsquery) ORDER BY id DESC`

	// endOfNear is the lowest id of those that are near, or nothing if that is all there is.
	endOfNear = `SELECT id FROM search_docs WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT 1 OFFSET $3`
)

// Search returns a page of hits, the newest first: see the hub's Store.
func (s *Store) Search(ctx context.Context, q chat.SearchQuery) (chat.SearchOK, error) {
	f := finder{s: s, q: q, words: words.Parse(q.Text), below: math.MaxInt64}
	if q.After != "" {
		var err error
		if f.below, err = parseSearchPlace(q.After); err != nil {
			return chat.SearchOK{}, err
		}
	}
	if f.q.Limit <= 0 || f.q.Limit > chat.MaxSearchRows {
		f.q.Limit = chat.SearchRows
	}
	if q.Filter.To > 0 {
		f.below = min(f.below, firstID(q.Filter.To))
	}
	f.lowest = firstID(q.Filter.From)
	none := chat.SearchOK{Hits: []chat.SearchHit{}}
	if f.words.Empty() || len(q.Sites) == 0 {
		return none, nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.searchTime)
	defer cancel()
	select {
	case s.searching <- struct{}{}:
		defer func() { <-s.searching }()
	case <-ctx.Done():
		return none, tooBusy()
	}
	ok, err := read(ctx, s, func(t tx) (chat.SearchOK, error) { return f.run(t) })
	if err != nil && ctx.Err() != nil {
		return none, tooBusy()
	}
	return ok, err
}

// searchesAtOnce leaves SQLite a connection for all who only read a few rows.
func searchesAtOnce() int { return max(1, readerCount()/2) }

func tooBusy() error {
	return chat.Errorf(chat.Unavailable, "That took too long. Try again, with one more word or a shorter time.")
}

// finder is one search.
type finder struct {
	s     *Store
	q     chat.SearchQuery
	words words.Query
	// below and lowest bound the ids of the documents that are still to be looked at.
	below, lowest int64
	// ask is what the index is asked for; strict what it is asked for after that, if it was asked loosely.
	ask, strict string
	// broad tells that strict has a beginning that much may have.
	broad bool
	// near is how many of the newest documents are to be looked through by themselves next; 0: the index is asked.
	near int
}

func (f *finder) run(t tx) (chat.SearchOK, error) {
	if p, ok := t.(postgresTx); ok {
		if err := p.script(fmt.Sprint("SET LOCAL statement_timeout = ", max(1, f.s.searchTime.Milliseconds()))); err != nil {
			return chat.SearchOK{}, err
		}
	}
	f.prepare()
	ok := chat.SearchOK{Hits: []chat.SearchHit{}}
	for compared := 0; compared < mostCompared; {
		// As long as what is named loosely fills a page in time, nothing that is broad need be put together.
		fills := f.broad && len(ok.Hits)*mostCompared >= f.q.Limit*compared
		if f.strict != "" && compared >= looseCompared && !fills {
			f.ask, f.strict = f.strict, ""
		}
		unasked := f.near > 0 && f.s.db.dialect() == dialectSQLite
		ids, end, err := f.candidates(t)
		if err != nil {
			return ok, err
		}
		for len(ids) > 0 && compared < mostCompared {
			piece := ids[:min(len(ids), searchPiece)]
			found, err := f.compare(t, piece)
			if err != nil {
				return ok, err
			}
			for _, h := range found {
				if len(ok.Hits) == f.q.Limit {
					ok.Next = searchPlace(f.below)
					return ok, nil
				}
				ok.Hits = append(ok.Hits, h.SearchHit)
				f.below = h.id
			}
			f.below = piece[len(piece)-1]
			ids = ids[len(piece):]
			if !unasked {
				compared += len(piece)
			}
		}
		switch {
		case len(ids) > 0: // another time
		case end == 0:
			return ok, nil
		default:
			f.below = end
		}
	}
	ok.Next = searchPlace(f.below)
	return ok, nil
}

// candidates returns documents in which it may stand, the newest first, and below which id there may be others; 0: there are none.
func (f *finder) candidates(t tx) (ids []int64, end int64, err error) {
	if f.near > 0 {
		return f.nearest(t)
	}
	query := farSQLite
	if f.s.db.dialect() == dialectPostgres {
		query = farPostgres
	}
	ids, err = f.named(t, query, searchPiece)
	if len(ids) == searchPiece {
		end = ids[searchPiece-1]
	}
	return ids, end, err
}

// nearest looks through the newest documents that are left, and tells whether to go on so.
func (f *finder) nearest(t tx) (ids []int64, end int64, err error) {
	query, limit := nearDocsSQLite, f.near
	postgres := f.s.db.dialect() == dialectPostgres
	if postgres {
		query = nearDocsPostgres
	}
	if ids, err = f.named(t, query, limit); err != nil {
		return nil, 0, err
	}
	f.near = 0
	if postgres && len(ids)*nearPerDocument >= limit && limit < mostNear {
		f.near = 2 * limit
	}
	end, err = f.endOfNear(t, limit)
	return ids, end, err
}

// named returns the documents that a query names.
func (f *finder) named(t tx, query string, limit int) (ids []int64, err error) {
	err = each(t, func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	}, query, f.ask, f.below, f.lowest, limit)
	return ids, err
}

func (f *finder) endOfNear(t tx, limit int) (end int64, err error) {
	err = each(t, func(r scanner) error { return r.Scan(&end) }, endOfNear, f.below, f.lowest, limit-1)
	return end, err
}

// prepare makes what the index is asked for. So short a beginning that half of all documents may have it is left to the comparison, if there is anything else:
// a longer one is enough.
func (f *finder) prepare() {
	all := f.words.Conditions(searchConditions)
	narrow := make([]words.Condition, 0, len(all))
	for _, c := range all {
		if !c.Broad {
			narrow = append(narrow, c)
		}
	}
	marks := f.marks()
	switch {
	case f.s.db.dialect() == dialectPostgres:
		f.near = nearPostgres
	case len(narrow)+len(marks) == 0:
		f.near = nearSQLite
	}
	if len(narrow) == 0 {
		narrow, f.broad = rarest(all), true
	}
	for _, marks := range marks {
		narrow = append(narrow, words.Condition{Any: marks})
	}
	if f.s.db.dialect() == dialectPostgres {
		f.ask = tsQuery(narrow)
		return
	}
	f.ask = ftsQuery(narrow)
	whole := slices.DeleteFunc(narrow, func(c words.Condition) bool { return c.Prefix })
	if loose := ftsQuery(whole); f.near == 0 && len(whole) > 0 && loose != f.ask {
		f.ask, f.strict = loose, f.ask
	}
}

// rarest returns the longest of some beginnings. There are fewer documents that have one, and to put together those of a short one takes the longest.
func rarest(all []words.Condition) []words.Condition {
	length := func(c words.Condition) int { return utf8.RuneCountInString(c.Any[0]) }
	most := 0
	for _, c := range all {
		most = max(most, length(c))
	}
	return slices.DeleteFunc(all, func(c words.Condition) bool { return length(c) < most })
}

// marks returns of what marks a document must have one each.
func (f *finder) marks() (all [][]string) {
	if !f.q.Everywhere {
		sites := make([]string, len(f.q.Sites))
		for i, site := range f.q.Sites {
			sites[i] = markOf(markSite, site)
		}
		all = append(all, sites)
	}
	if lang := f.q.Filter.Language; lang != "" {
		if tag, err := language.Parse(lang); err == nil {
			lang = tag.String()
		}
		all = append(all, []string{markOf(markLanguage, lang)})
	}
	if agent := f.q.Filter.Agent; agent != "" {
		all = append(all, []string{markOf(markAgent, agent)})
	}
	return all
}

// ftsQuery writes conditions as SQLite's index wants them. Terms have letters and digits alone, so nothing in them means anything to it.
func ftsQuery(all []words.Condition) string {
	return writeQuery(all, " AND ", " OR ", func(term string, prefix bool) string {
		if prefix {
			return `"` + term + `" *`
		}
		return `"` + term + `"`
	})
}

// tsQuery writes them for PostgreSQL.
func tsQuery(all []words.Condition) string {
	return writeQuery(all, " & ", " | ", func(term string, prefix bool) string {
		if prefix {
			return "'" + term + "':*"
		}
		return "'" + term + "'"
	})
}

func writeQuery(all []words.Condition, and, or string, one func(term string, prefix bool) string) string {
	parts := make([]string, len(all))
	for i, c := range all {
		any := make([]string, len(c.Any))
		for j, term := range c.Any {
			any[j] = one(term, c.Prefix)
		}
		parts[i] = "(" + strings.Join(any, or) + ")"
	}
	return strings.Join(parts, and)
}

// searchVersion stands first in every place of a search.
const searchVersion = 1

// searchPlace is a place among the hits as clients carry it: opaque, safe in addresses.
func searchPlace(below int64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64([]byte{searchVersion}, uint64(below)))
}

func parseSearchPlace(s string) (int64, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 1+8 || b[0] != searchVersion || b[1]&0x80 != 0 {
		return 0, chat.Errorf(chat.BadRequest, "This is no place in a search: leave out after, and begin again with the first page.")
	}
	return int64(binary.BigEndian.Uint64(b[1:])), nil
}
