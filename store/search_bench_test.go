package store_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

var (
	benchLines    = flag.Int("lines", 20_000, "how many lines BenchmarkSearch looks in")
	benchDatabase = flag.String("filled", "", "the database that BenchmarkSearch looks in, or fills if it is empty (default a fresh one of each kind)")
)

// BenchmarkSearch looks for all that people look for in many lines of many languages. What one line costs stands in the log.
//
//	go test ./store -run '^$' -bench Search -benchtime 1x -timeout 2h -lines 1000000
func BenchmarkSearch(b *testing.B) {
	if *benchDatabase != "" {
		b.Run("filled", func(b *testing.B) { benchSearch(b, storetest.Open(b, *benchDatabase)) })
		return
	}
	b.Run("sqlite", func(b *testing.B) { benchSearch(b, storetest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchSearch(b, storetest.Postgres(b)) })
}

func benchSearch(b *testing.B, s *store.Store) {
	babel := newBabel(b)
	if sites, err := s.Sites(b.Context()); err != nil || len(sites) == 0 {
		must(b, err)
		fillSearch(b, s, babel)
	}
	began := time.Now()
	must(b, store.NewIndexer(store.IndexerOptions{Store: s}).CatchUp(b.Context()))
	b.Logf("what was not indexed yet took %s", time.Since(began).Round(time.Millisecond))
	r := rand.New(rand.NewPCG(7, 7))
	took, worked, found, slowest := map[string][]time.Duration{}, map[string][]time.Duration{}, map[string]int{}, map[string]chat.SearchQuery{}
	var all []time.Duration
	for b.Loop() {
		for range 1000 {
			kind, q := babel.query(r)
			for range 2 { // the first page, and the one after it
				began, used := time.Now(), cpu()
				page, err := s.Search(b.Context(), q)
				d := time.Since(began)
				worked[kind] = append(worked[kind], cpu()-used)
				if err != nil {
					b.Errorf("%s: %+v after %s: %v", kind, q, d, err)
					break
				}
				if len(took[kind]) == 0 || d > slices.Max(took[kind]) {
					slowest[kind] = q
				}
				took[kind], all = append(took[kind], d), append(all, d)
				if found[kind] += len(page.Hits); page.Next == "" {
					break
				}
				q.After = page.Next
			}
		}
	}
	for kind, t := range took {
		slices.Sort(t)
		slices.Sort(worked[kind])
		b.Logf("%-34s %5d searches, %6d hits, p50 %6.1f, p95 %6.1f, most %6.1f ms, of this process's CPU p95 %6.1f ms; slowest: %q %+v", kind, len(t), found[kind],
			inMS(t, 0.5), inMS(t, 0.95), inMS(t, 1), inMS(worked[kind], 0.95), slowest[kind].Text, slowest[kind].Filter)
	}
	slices.Sort(all)
	b.ReportMetric(inMS(all, 0.5), "p50-ms")
	b.ReportMetric(inMS(all, 0.95), "p95-ms")
	b.ReportMetric(inMS(all, 1), "most-ms")
}

func inMS(sorted []time.Duration, p float64) float64 {
	return float64(sorted[int(math.Ceil(p*float64(len(sorted)-1)))]) / 1e6
}

// fillSearch makes conversations of a dozen lines, over a year, on four sites, each line with a translation.
func fillSearch(b *testing.B, s *store.Store, babel *babel) {
	ctx := b.Context()
	for _, key := range babel.sites {
		must(b, s.AddSite(ctx, chat.Site{Key: key, Name: key, Language: language.English}))
	}
	for i, id := range babel.agents {
		must(b, s.AddAgent(ctx, chat.Agent{ID: id, Name: fmt.Sprint("Agent ", i), Role: chat.RoleAgent, Languages: []language.Tag{language.English}, Email: id}, ""))
	}
	began := time.Now()
	talks := make(chan int)
	var g sync.WaitGroup
	for range 64 {
		g.Go(func() {
			for n := range talks {
				if err := babel.talk(ctx, s, n); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := range *benchLines / babelLines {
		talks <- n
	}
	close(talks)
	g.Wait()
	b.Logf("%d lines were stored in %s", *benchLines, time.Since(began).Round(time.Second))
	before, began := databaseSize(b, s), time.Now()
	must(b, store.NewIndexer(store.IndexerOptions{Store: s}).CatchUp(ctx))
	took, after := time.Since(began), databaseSize(b, s)
	b.Logf("they were indexed in %s; the database has %d bytes a line without and %d with the index", took.Round(time.Second), before/int64(*benchLines), after/int64(*benchLines))
}

func databaseSize(b *testing.B, s *store.Store) int64 {
	query := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if strings.HasPrefix(s.Describe(), "postgres") {
		query = `SELECT pg_database_size(current_database())`
	}
	n, err := s.Int(b.Context(), query)
	must(b, err)
	return n
}

// babelLines is how many lines a conversation has.
const babelLines = 12

// babel makes sentences that are all different, in many languages, with words as often as words are: the second half as often as the first, and so on.
type babel struct {
	tongues       []*tongue
	english       *tongue
	sites, agents []string
}

type tongue struct {
	tag   language.Tag
	words []string
	dense bool
}

// newBabel learns languages from what the widget says in them.
func newBabel(b *testing.B) *babel {
	all := &babel{sites: []string{"tea", "toys", "books", "shoes"}}
	for i := range 8 {
		all.agents = append(all.agents, fmt.Sprintf("0197c000-0000-7000-8000-%012d", i))
	}
	for _, name := range strings.Fields("es es es en en de de fr fr pt-BR it pl ru tr zh-Hans zh-Hans ja ja ko ar ar th vi el he hi") {
		all.tongues = append(all.tongues, learn(b, name))
	}
	all.english = learn(b, "en")
	return all
}

// learn makes 30,000 words of those that a catalogue has, by letters that follow each other there.
func learn(b *testing.B, name string) *tongue {
	text, err := os.ReadFile(filepath.Join("..", "static", "src", "lang", "widget", name+".json"))
	must(b, err)
	var catalogue map[string]any
	must(b, json.Unmarshal(text, &catalogue))
	t := &tongue{tag: language.MustParse(name), dense: slices.Contains([]string{"zh-Hans", "ja", "th"}, name)}
	after, begin := map[rune][]rune{}, []rune{}
	for _, v := range catalogue {
		s, ok := v.(string)
		if !ok {
			continue
		}
		for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" {}.,:;?!…()\"'“”«»。、？！/-\n", r) }) {
			runes := []rune(word)
			t.words, begin = append(t.words, word), append(begin, runes[0])
			for i := 1; i < len(runes); i++ {
				after[runes[i-1]] = append(after[runes[i-1]], runes[i])
			}
		}
	}
	slices.Sort(t.words)
	t.words = slices.Compact(t.words)
	slices.Sort(begin)
	for _, next := range after {
		slices.Sort(next)
	}
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(t.words), func(i, j int) { t.words[i], t.words[j] = t.words[j], t.words[i] })
	for len(t.words) < 30_000 {
		word := []rune{begin[r.IntN(len(begin))]}
		length := 2 + r.IntN(9)
		if t.dense {
			length = 1 + r.IntN(3)
		}
		for len(word) < length {
			if next := after[word[len(word)-1]]; len(next) > 0 {
				word = append(word, next[r.IntN(len(next))])
			} else {
				word = append(word, begin[r.IntN(len(begin))])
			}
			if name != "th" && t.dense && r.IntN(3) == 0 {
				word[len(word)-1] = rune(0x4E00 + r.IntN(6000))
			}
		}
		t.words = append(t.words, string(word))
	}
	return t
}

// word returns the n-th word with a probability of about 1/n.
func (t *tongue) word(r *rand.Rand) string {
	return t.words[int(math.Pow(float64(len(t.words)), r.Float64()))-1]
}

func (t *tongue) sentence(r *rand.Rand) string {
	var b strings.Builder
	for i := range 3 + r.IntN(18) {
		if i > 0 && !t.dense {
			b.WriteByte(' ')
		}
		b.WriteString(t.word(r))
	}
	return b.String()
}

func number(r *rand.Rand) string {
	switch r.IntN(3) {
	case 0:
		return fmt.Sprintf("#%d", 10_000+r.IntN(900_000))
	case 1:
		return fmt.Sprintf("%c%c-%d-%04d", 'A'+r.IntN(26), 'A'+r.IntN(26), 2020+r.IntN(7), r.IntN(10_000))
	}
	return fmt.Sprintf("%d,%02d €", r.IntN(500), r.IntN(100))
}

// seeded is what the n-th conversation is made of.
func (a *babel) seeded(n int) (*rand.Rand, *tongue) {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	return r, a.tongues[r.IntN(len(a.tongues))]
}

func visitorName(r *rand.Rand, t *tongue) string {
	return t.words[r.IntN(len(t.words))] + " " + t.words[r.IntN(len(t.words))]
}

// talk stores the n-th conversation.
func (a *babel) talk(ctx context.Context, s *store.Store, n int) error {
	r, t := a.seeded(n)
	site := a.sites[r.IntN(len(a.sites))]
	v, err := s.AddVisitor(ctx, chat.NewVisitor{Site: site, Token: [32]byte{1, byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}, Language: t.tag})
	if err != nil {
		return err
	}
	name := visitorName(r, t)
	if _, _, err := s.Hear(ctx, v.ID, chat.Hearsay{Name: &name}); err != nil {
		return err
	}
	agent := chat.Participant{ID: a.agents[r.IntN(len(a.agents))], Kind: chat.KindAgent, Language: language.English}
	id := ""
	for i := range babelLines {
		p := chat.Post{Site: site, Conversation: id, Author: v.Participant, Key: chat.NewID(), Kind: chat.MessageLine, Text: t.sentence(r), Language: t.tag}
		p.Reviewed = &chat.Reviewed{Language: language.English, Text: a.english.sentence(r)}
		if i%3 == 1 {
			p.Author, p.Language, p.Text, p.Reviewed.Text, p.Reviewed.Language = agent, language.English, p.Reviewed.Text, p.Text, t.tag
		}
		if r.IntN(8) == 0 {
			order := " " + number(r)
			p.Text, p.Reviewed.Text = p.Text+order, p.Reviewed.Text+order
		}
		if t.tag == language.English {
			p.Reviewed = nil
		}
		posted, err := s.Append(ctx, p)
		if err != nil {
			return err
		}
		id = posted.Conversation
	}
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() + int64(float64(n)/float64(*benchLines/babelLines)*365*24*3600*1000)
	if err := s.Exec(ctx, `UPDATE messages SET at = $2 + seq * 60000 WHERE conversation = $1`, id, began); err != nil {
		return err
	}
	return s.Exec(ctx, `UPDATE conversations SET created_at = $2 WHERE id = $1`, id, began)
}

// query makes something that somebody looks for, much of it out of what was said, and says what kind of thing it is.
func (a *babel) query(r *rand.Rand) (kind string, q chat.SearchQuery) {
	q = chat.SearchQuery{Sites: a.sites, Everywhere: true, Reads: language.English}
	n := r.IntN(*benchLines / babelLines)
	said, t := a.seeded(n)
	site, who := a.sites[said.IntN(len(a.sites))], visitorName(said, t)
	agent := a.agents[said.IntN(len(a.agents))]
	line := t.sentence(said)
	runes, letters := []rune(line), []rune(t.words[min(r.IntN(40), r.IntN(40))])
	switch r.IntN(12) {
	case 0:
		kind, q.Text = "a word that is everywhere", t.words[r.IntN(10)]+" "
	case 1:
		kind, q.Text = "a word", t.word(r)
	case 2:
		kind, q.Text = "a rare word", t.words[20_000+r.IntN(10_000)]+" "
	case 3:
		kind, q.Text = "the first letters of a word", string(letters[:min(len(letters), 1+r.IntN(4))])
	case 4:
		kind, q.Text = "words of a line", string(runes[:min(len(runes), 20)])
	case 5:
		kind, q.Text = "a word and the first letter of one", t.word(r)+" "+string(letters[:1])
	case 6:
		kind, q.Text = "a name", who
	case 7:
		kind, q.Text = "a number", strings.TrimSuffix(number(r), " €")
	case 8:
		kind, q.Text = "the last digits of a number", fmt.Sprintf("%04d", r.IntN(10_000))
	case 9:
		kind, q.Text = "nothing that was said", fmt.Sprintf("%s qqxz%d", t.word(r), r.IntN(1000))
	case 10:
		kind, q.Text, q.Everywhere, q.Sites = "a word, on one site with an agent", t.word(r), false, []string{site}
		q.Filter = chat.SearchFilter{Site: site, Agent: agent}
	default:
		kind, q.Text = "a word, in a month and a language", t.word(r)
		from := time.Date(2026, time.Month(1+r.IntN(12)), 1, 0, 0, 0, 0, time.UTC)
		q.Filter = chat.SearchFilter{Language: t.tag.String(), From: chat.TimeOf(from), To: chat.TimeOf(from.AddDate(0, 1, 0))}
	}
	return kind, q
}
