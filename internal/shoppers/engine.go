package main

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"regexp"
	"strings"
	"unicode"
)

// engine speaks as a LibreTranslate server does. What the shoppers say it translates into English and Spanish as people have; for everything else, and so for what
// agents write, it says words of the language asked for, as many as came in: they mean nothing, and look as a translation does. Numbers and
// marks stay where they are.
type engine struct {
	known []phrase
	words map[string][]string
}

// phrase is a line that people have translated, in all its languages; the empty one is what was said.
type phrase map[string]string

// mark is what stands for an order number or a price on its way through an engine.
var mark = regexp.MustCompile(`(?i)(?:XPH|XQK|XVJ) ?\d+ ?X`)

func newEngine(cast []shopper) http.Handler {
	e := &engine{words: map[string][]string{}}
	for _, s := range cast {
		for _, step := range s.steps {
			e.known = append(e.known, phrase{"": step.said, "en": step.en, "es": step.es})
		}
	}
	for language, words := range map[string]string{
		"en": "we have your parcel here and it will be with you very soon because our people look after this today",
		"es": "hemos visto su paquete y llegará muy pronto porque nuestra gente se ocupa de esto hoy mismo",
		"pt": "vimos o seu pacote e ele vai chegar muito em breve porque a nossa equipe cuida disso hoje",
		"de": "wir haben Ihr Paket gesehen und es kommt sehr bald weil unsere Leute sich heute darum kümmern",
		"fr": "nous avons vu votre colis et il arrivera très bientôt parce que notre équipe le suit déjà",
		"ar": "لقد رأينا طردكم وسوف يصل قريبا جدا لأن فريقنا يهتم بهذا الأمر اليوم بكل سرور",
		"ja": "お荷物を 確認 しました ので すぐに 届き ます 担当者 が 本日 対応 して おり",
	} {
		e.words[language] = strings.Fields(words)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /languages", e.languages)
	mux.HandleFunc("POST /translate", e.translate)
	return mux
}

func (e *engine) languages(w http.ResponseWriter, _ *http.Request) {
	type language struct {
		Code string `json:"code"`
	}
	var all []language
	for code := range e.words {
		all = append(all, language{code})
	}
	_ = json.NewEncoder(w).Encode(all)
}

// translate answers one text or several, in the form in which they came.
func (e *engine) translate(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Q      json.RawMessage
		Target string
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		http.Error(w, `{"error":"cannot read the request"}`, http.StatusBadRequest)
		return
	}
	if e.words[ask.Target] == nil {
		http.Error(w, `{"error":"the language is not supported"}`, http.StatusBadRequest)
		return
	}
	var one string
	var many []string
	if json.Unmarshal(ask.Q, &one) == nil {
		_ = json.NewEncoder(w).Encode(map[string]string{"translatedText": e.say(one, ask.Target)})
		return
	}
	_ = json.Unmarshal(ask.Q, &many)
	for i := range many {
		many[i] = e.say(many[i], ask.Target)
	}
	_ = json.NewEncoder(w).Encode(map[string][]string{"translatedText": many})
}

func (e *engine) say(text, target string) string {
	looks := looksLike(text)
	for _, p := range e.known {
		said := looks.FindStringSubmatch(p[""])
		if said == nil || p[target] == "" {
			continue
		}
		answer := p[target]
		for i, m := range mark.FindAllString(text, -1) {
			answer = strings.Replace(answer, said[i+1], m, 1)
		}
		return answer
	}
	return e.fill(text, target)
}

// looksLike finds the line that a text was before marks were put into it. What stands around it, as emoji do, has not come along.
func looksLike(text string) *regexp.Regexp {
	parts := mark.Split(text, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`^\PL*?` + strings.Join(parts, "(.+?)") + `\PL*$`)
}

// fill puts words of a language where words stand; the same text always gets the same.
func (e *engine) fill(text, target string) string {
	words := e.words[target]
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	from := int(h.Sum32() % uint32(len(words)))
	fields := strings.Fields(text)
	for i, f := range fields {
		if strings.ContainsFunc(f, unicode.IsDigit) {
			continue
		}
		end := strings.TrimLeftFunc(f, func(r rune) bool { return !unicode.IsPunct(r) })
		fields[i] = words[(from+i)%len(words)] + end
	}
	between := " "
	if target == "ja" {
		between = ""
	}
	return strings.Join(fields, between)
}
