package main

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

type siteCommands struct {
	Add    siteAddCommand    `cmd:"" help:"Add a site: prints its key, its identity secret and its script tag."`
	List   siteListCommand   `cmd:"" help:"List the sites."`
	Show   siteShowCommand   `cmd:"" help:"Show one site with its script tag."`
	Set    siteSetCommand    `cmd:"" help:"Change a site."`
	Text   siteTextCommands  `cmd:"" help:"The texts that a shop writes itself: greeting, quick starts, bubble, rating question."`
	Remove siteRemoveCommand `cmd:"" help:"Close a site: its widget stops at once, its conversations stay."`
}

// siteFields are what add and set both take.
type siteFields struct {
	Origin   []string `placeholder:"URL" help:"An address of the shop's pages, scheme and host only, such as https://shop.example.com."`
	Language string   `placeholder:"TAG" help:"The language that the shop's people read, such as en or pt-BR."`
	Color    string   `placeholder:"#RRGGBB" help:"The widget's color."`
	Position string   `placeholder:"start|end" help:"The widget's corner."`
	textFields
	translatingFields
}

type siteAddCommand struct {
	address
	siteFields
	Name string `arg:"" help:"The site's name, as visitors read it."`
	JSON bool   `help:"Print JSON: key, identity_secret, script."`
}

// Run adds a site.
func (c *siteAddCommand) Run(r *run) error {
	if len(c.Origin) == 0 {
		return usagef("a site needs at least one --origin: the address of its pages, such as https://shop.example.com")
	}
	if c.Language == "" {
		return usagef("a site needs --language: what its people read, such as --language en")
	}
	site := chat.Site{Key: newSiteKey(), Name: chat.CleanName(c.Name), IdentitySecret: newSecret()}
	if site.Name == "" {
		return usagef("the site's name is empty: write it after site add")
	}
	if err := c.apply(&site); err != nil {
		return err
	}
	s, err := r.open(use{create: true})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.AddSite(r.ctx, site); err != nil {
		return err
	}
	return r.printSite(site, c.address, c.JSON)
}

// apply puts what was given into a site.
func (f siteFields) apply(site *chat.Site) error {
	if len(f.Origin) > 0 {
		site.Origins = nil
	}
	for _, text := range f.Origin {
		origin, err := web.ParseOrigin(strings.TrimSuffix(text, "/"))
		if err != nil {
			return usageError{err}
		}
		if !slices.Contains(site.Origins, origin.String()) {
			site.Origins = append(site.Origins, origin.String())
		}
	}
	if f.Language != "" {
		tag, err := parseLanguage(f.Language)
		if err != nil {
			return err
		}
		site.Language = tag
	}
	if f.Color != "" && !regexp.MustCompile(`^#[0-9a-fA-F]{6}$`).MatchString(f.Color) {
		return usagef("cannot use the color %q: write it as #rrggbb, such as #1a6b5a", f.Color)
	}
	if f.Position != "" && f.Position != "start" && f.Position != "end" {
		return usagef("cannot use the position %q: it is start or end", f.Position)
	}
	site.Look.Color = cmp.Or(strings.ToLower(f.Color), site.Look.Color)
	site.Look.Position = cmp.Or(f.Position, site.Look.Position)
	if err := f.textFields.apply(site); err != nil {
		return err
	}
	return f.translatingFields.apply(&site.Translating)
}

func parseLanguage(s string) (language.Tag, error) {
	tag, err := chat.ParseLanguage(s)
	if err != nil {
		return tag, usageError{err}
	}
	return tag, nil
}

type siteListCommand struct {
	JSON bool `help:"Print JSON."`
}

// Run lists the sites.
func (c *siteListCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	sites, err := s.Sites(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		rows := make([]siteRow, len(sites))
		for i, site := range sites {
			rows[i] = rowOf(site)
		}
		return r.printJSON(rows)
	}
	if len(sites) == 0 {
		r.notef("There is no site yet. Add one: dragoman site add \"My shop\" --origin https://shop.example.com --language en")
	}
	t := table{{"KEY", "NAME", "LANGUAGE", "ORIGINS"}}
	for _, site := range sites {
		t = append(t, []string{site.Key, site.Name, site.Language.String(), strings.Join(site.Origins, " ")})
	}
	r.printTable(t)
	return nil
}

type siteShowCommand struct {
	address
	Key  string `arg:"" help:"The site's key."`
	JSON bool   `help:"Print JSON."`
}

// Run shows a site.
func (c *siteShowCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	site, err := s.Site(r.ctx, c.Key)
	if err != nil {
		return noSite(c.Key, err)
	}
	return r.printSite(site, c.address, c.JSON)
}

type siteSetCommand struct {
	siteFields
	Key                   string `arg:"" help:"The site's key."`
	Name                  string `help:"The site's name, as visitors read it."`
	RotateIdentitySecret  bool   `help:"Make a new identity secret and print it. The one of today stays good beside it; the one before that goes."`
	DropOldIdentitySecret bool   `help:"What is signed with the identity secret before the last rotation is refused from now on."`
}

// Run changes what was given; origins are replaced as a whole.
func (c *siteSetCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	secret := newSecret()
	site, err := s.ChangeSite(r.ctx, c.Key, func(site *chat.Site) error {
		site.Name = cmp.Or(chat.CleanName(c.Name), site.Name)
		if c.RotateIdentitySecret {
			site.IdentitySecret, site.OldIdentitySecret = secret, site.IdentitySecret
		}
		if c.DropOldIdentitySecret {
			site.OldIdentitySecret = ""
		}
		return c.apply(site)
	})
	if err != nil {
		return noSite(c.Key, err)
	}
	if c.RotateIdentitySecret {
		r.printTable(table{{"identity secret", site.IdentitySecret}})
	}
	r.notef("changed; running servers notice within two seconds")
	return nil
}

type siteRemoveCommand struct {
	Key string `arg:"" help:"The site's key."`
}

// Run removes a site.
func (c *siteRemoveCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.RemoveSite(r.ctx, c.Key); err != nil {
		return noSite(c.Key, err)
	}
	r.notef("removed; running servers notice within two seconds")
	return nil
}

func noSite(key string, err error) error {
	if chat.CodeOf(err) == chat.NotFound {
		return fmt.Errorf("there is no site with the key %q: dragoman site list shows all", key)
	}
	return err
}

// siteRow is a site as programs read it.
type siteRow struct {
	Key      string       `json:"key"`
	Name     string       `json:"name"`
	Language language.Tag `json:"language"`
	Origins  []string     `json:"origins"`
	Look     chat.Look    `json:"look"`
	// Texts are the site's own as somebody reads them who reads its language; OwnTexts all of them, with how they came about.
	Texts          chat.SiteTexts   `json:"texts"`
	OwnTexts       chat.OwnTexts    `json:"own_texts"`
	Translating    chat.Translating `json:"translating"`
	IdentitySecret string           `json:"identity_secret,omitempty"`
	// OldIdentitySecret is the one before the last rotation, as long as it is good.
	OldIdentitySecret string `json:"old_identity_secret,omitempty"`
	Script            string `json:"script,omitempty"`
}

func rowOf(s chat.Site) siteRow {
	return siteRow{
		Key: s.Key, Name: s.Name, Language: s.Language, Origins: s.Origins, Look: s.Look, Texts: s.Texts.For(s.Language), OwnTexts: s.Texts,
		Translating: s.Translating,
	}
}

func (r *run) printSite(site chat.Site, a address, asJSON bool) error {
	base := a.base()
	row := rowOf(site)
	row.IdentitySecret, row.OldIdentitySecret, row.Script = site.IdentitySecret, site.OldIdentitySecret, scriptTag(base, site.Key)
	if asJSON {
		return r.printJSON(row)
	}
	secrets := table{{"identity secret", row.IdentitySecret}}
	if row.OldIdentitySecret != "" {
		secrets = append(secrets, []string{"the one before, still good", row.OldIdentitySecret})
	}
	r.printTable(slices.Concat(table{
		{"key", row.Key},
		{"name", row.Name},
		{"language", row.Language.String()},
		{"origins", strings.Join(row.Origins, " ")},
	}, secrets, table{{"script tag", row.Script}}, textsSummary(site), translatingRows(site.Translating)))
	if a.PublicURL == "" {
		r.notef("%s is a guess: name the address that browsers use with --public-url, and the tag is right.", base)
	}
	return nil
}

// base is the address that browsers use, as far as the settings tell.
func (a address) base() string {
	if a.PublicURL != "" {
		return strings.TrimSuffix(a.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(a.Listen)
	if err != nil || port == "0" {
		return "http://localhost:8080"
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	scheme := "http"
	if a.TLS != "" && a.TLS != "off" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// scriptTag is what a shop puts on its pages.
func scriptTag(base, key string) string {
	return fmt.Sprintf(`<script async src="%s/widget/%s.js"></script>`, base, key)
}

// newSiteKey returns a new key: public, short enough to be read out, and not to be guessed in a row.
func newSiteKey() string { return strings.ToLower(rand.Text()[:12]) }

func newSecret() string {
	var b [32]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
