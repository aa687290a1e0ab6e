package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/internal/web"
	"dragoman/static"
	"dragoman/store"

	"golang.org/x/text/language"
)

// The demo's shop and its two names. Browsers take every name below .localhost to this machine, and two names are two sites to
// them: so the demo runs as it would between a shop and a chat server of different owners.
const (
	demoKey  = "demo"
	demoName = "Alma & Sol"
	shopHost = "shop.localhost"
	chatHost = "chat.localhost"
	// demoMark stands in the shop's pages where the script tag belongs.
	demoMark = "<!--dragoman-->"
	// demoPatience is how long the start waits for a database that is there and has no time.
	demoPatience = time.Minute
)

// demoAgent is one of the two people who answer in the demo.
type demoAgent struct {
	Email string `json:"email"`
	// These are what the agent is made with, and then what is stored: what somebody sets afterwards stays.
	Name     string         `json:"-"`
	Language []language.Tag `json:"-"`
	Role     chat.Role      `json:"-"`
	Password string         `json:"password"`
	// Hash is what the database holds for Password; if it holds something else somebody has changed the password, and a new one is made.
	Hash string `json:"hash"`
}

// demo is the demo mode of a running server.
type demo struct {
	*server
	shop, chat string // origins
	agents     []demoAgent
	pages      http.Handler
}

// startDemo makes what the demo needs, once: a site, two agents, of whom one is an admin and may try every page of the console, and their passwords.
func startDemo(s *server) (*demo, error) {
	d := &demo{server: s, agents: []demoAgent{
		{Email: "emma@demo.localhost", Name: "Emma", Language: []language.Tag{language.English}, Role: chat.RoleAdmin},
		{Email: "lucia@demo.localhost", Name: "Lucía", Language: []language.Tag{language.Spanish}, Role: chat.RoleAgent},
	}}
	_, port, err := net.SplitHostPort(s.public.Addr().String())
	if err != nil {
		return nil, err
	}
	d.shop = s.tls.scheme() + "://" + net.JoinHostPort(shopHost, port)
	d.chat = s.tls.scheme() + "://" + net.JoinHostPort(chatHost, port)
	if s.set.PublicURL != "" {
		d.chat = s.set.base()
	}
	if err := patiently(s.ctx, d.makeSite); err != nil {
		return nil, fmt.Errorf("cannot make the demo's shop: %w", err)
	}
	if err := patiently(s.ctx, d.makeAgents); err != nil {
		return nil, fmt.Errorf("cannot make the demo's agents: %w", err)
	}
	d.pages, err = d.shopPages(static.Demo())
	return d, err
}

// patiently does something, and again each second while the database is unavailable, for demoPatience at most. The store's own patience is that of somebody who waits for an
// answer; a start has more, on a machine that is busy.
func patiently(ctx context.Context, do func(context.Context) error) error {
	within, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	for {
		err := do(within)
		if chat.CodeOf(err) != chat.Unavailable {
			return err
		}
		select {
		case <-within.Done():
			return err
		case <-again.C:
		}
	}
}

// makeSite makes the demo's site, or gives it the port of today.
func (d *demo) makeSite(ctx context.Context) error {
	site, err := d.store.Site(ctx, demoKey)
	if chat.CodeOf(err) == chat.NotFound {
		return d.store.AddSite(ctx, chat.Site{
			Key: demoKey, Name: demoName, Language: language.English, Origins: []string{d.shop}, IdentitySecret: newSecret(), Texts: demoTexts(),
		})
	}
	if err != nil || slices.Equal(site.Origins, []string{d.shop}) {
		return err
	}
	site.Origins = []string{d.shop}
	return d.store.UpdateSite(ctx, site)
}

// makeAgents makes the agents, and finds or makes their passwords. Those are kept beside the database, so that who is logged in
// stays so over a restart.
func (d *demo) makeAgents(ctx context.Context) error {
	file := filepath.Join(d.Data, "demo-agents.json")
	var kept []demoAgent
	if text, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(text, &kept) // unreadable: new passwords
	}
	changed := false
	for i := range d.agents {
		a := &d.agents[i]
		var was demoAgent
		for _, k := range kept {
			if k.Email == a.Email {
				was = k
				a.Password, a.Hash = k.Password, k.Hash
			}
		}
		if err := a.make(ctx, d.store); err != nil {
			return err
		}
		changed = changed || a.Hash != was.Hash || a.Password != was.Password
	}
	if !changed {
		return nil
	}
	text, err := json.MarshalIndent(d.agents, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Data, 0o700); err != nil { // the database may be elsewhere
		return folderError(d.Data, err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return folderError(d.Data, err)
	}
	return nil
}

// make makes the agent or sets its password, unless the database has what is known here already.
func (a *demoAgent) make(ctx context.Context, s *store.Store) error {
	known, hash, err := s.AgentByEmail(ctx, a.Email)
	missing := chat.CodeOf(err) == chat.NotFound
	if err != nil && !missing {
		return err
	}
	if !missing {
		a.Name, a.Language, a.Role = known.Name, known.Languages, known.Role
		if hash == a.Hash && a.Password != "" {
			return nil
		}
	}
	a.Password = strings.ToLower(rand.Text()[:16])
	if a.Hash, err = agent.HashPassword(a.Password); err != nil {
		return err
	}
	if missing {
		return s.AddAgent(ctx, chat.Agent{ID: chat.NewID(), Name: a.Name, Role: a.Role, Languages: a.Language, Email: a.Email}, a.Hash)
	}
	return s.SetPasswordHash(ctx, known.ID, a.Hash)
}

// accounts are what the login page offers, so that nobody has to copy a password from a terminal.
func (d *demo) accounts() []agent.DemoAccount {
	var all []agent.DemoAccount
	for _, a := range d.agents {
		all = append(all, agent.DemoAccount{Email: a.Email, Password: a.Password, Name: a.Name})
	}
	return all
}

// shopPages serves the shop, with the script tag in its pages. Its Content-Security-Policy is as strict as a careful shop's, and
// shows what the widget needs of one: script-src and frame-src.
func (d *demo) shopPages(files fs.FS) (http.Handler, error) {
	policy := web.Policy{
		CSP: "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self' " + d.chat + "; frame-src " + d.chat +
			"; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		Cache: "no-cache",
	}
	assets := map[string]*web.Asset{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		assets["/demo/"+name] = web.NewAsset(name, bytes.ReplaceAll(body, []byte(demoMark), []byte(scriptTag(d.chat, demoKey))))
		return nil
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Path
		if name == "/" || name == "/demo" {
			http.Redirect(w, r, "/demo/", http.StatusFound)
			return
		}
		if strings.HasSuffix(name, "/") {
			name = path.Join(name, "index.html")
		}
		asset := assets[name]
		if asset == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.NotFound(w, r)
			return
		}
		asset.Serve(w, r, policy)
	}), err
}

// byHost gives the shop's name to the shop and everything else to the server.
func (d *demo) byHost(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		switch {
		case strings.EqualFold(host, shopHost):
			d.pages.ServeHTTP(w, r)
		case r.URL.Path == "/demo" || strings.HasPrefix(r.URL.Path, "/demo/"):
			http.Redirect(w, r, d.shop+"/demo"+strings.TrimPrefix(r.URL.Path, "/demo"), http.StatusFound)
		default:
			server.ServeHTTP(w, r)
		}
	})
}

// greet prints where to look and who may log in.
func (d *demo) greet() {
	fmt.Fprintf(d.Stderr, "\n  Dragoman's demo is running. Open both in a browser, side by side:\n\n")
	writeTable(d.Stderr, "    ", table{
		{"the shop", d.shop + "/demo/", "write as a shopper"},
		{"the console", d.chat + "/agent/", "answer as an agent"},
	})
	fmt.Fprintf(d.Stderr, "\n  Agents:\n\n")
	var t table
	for _, a := range d.agents {
		t = append(t, []string{a.Email, a.Password, "reads " + languageNames(a.Language) + ", is an " + string(a.Role)})
	}
	writeTable(d.Stderr, "    ", t)
	fmt.Fprintf(d.Stderr, "\n  Translation:\n\n")
	writeTable(d.Stderr, "    ", d.engineLines())
	fmt.Fprintf(d.Stderr, "\n  Ctrl-C ends it; what was said stays in %s.\n\n", absolute(d.Data))
}

// engineLines says who translates between which languages.
func (d *demo) engineLines() table {
	var t table
	for _, st := range engineStates(d.ctx, d.engines) {
		if st.err == nil && st.offer != "" {
			t = append(t, []string{st.name, st.offer})
		}
	}
	if len(t) == 0 {
		return table{{noEngine}}
	}
	return t
}

// startPage lists the demo's addresses. It has no password in it: the page can be seen by everybody who reaches the port.
func (d *demo) startPage() string {
	return page("Dragoman's demo", fmt.Sprintf(`<p>A shop and the people who answer its customers, each in their own language.</p>
<ul>
<li><a href="%[1]s/demo/">The shop</a>: write as a shopper.</li>
<li><a href="%[2]s/agent/">The console</a>: answer as an agent. Names and passwords were printed in the terminal.</li>
</ul>`, html.EscapeString(d.shop), html.EscapeString(d.chat)))
}
