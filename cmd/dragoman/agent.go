package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"strings"
	"unicode"

	"dragoman/agent"
	"dragoman/chat"
	"dragoman/store"

	"golang.org/x/text/language"
)

type agentCommands struct {
	Add      agentAddCommand      `cmd:"" help:"Add a person who answers. The password is read from standard input."`
	List     agentListCommand     `cmd:"" help:"List the agents."`
	Password agentPasswordCommand `cmd:"" help:"Set an agent's password, read from standard input."`
	Set      agentSetCommand      `cmd:"" help:"Change an agent's name, languages, role or sites."`
	TOTP     agentTOTPCommand     `cmd:"" name:"totp" help:"Tell whether an agent's login asks for a code, or with --off stop asking."`
	Disable  agentDisableCommand  `cmd:"" help:"Let an agent in no more. What he wrote stays."`
}

type agentAddCommand struct {
	Email    string   `arg:"" help:"The mail address that the agent logs in with."`
	Name     string   `required:"" help:"The name that visitors see."`
	Language []string `required:"" placeholder:"TAG" help:"A language: the first is what lines are translated into, the others are understood as they are."`
	Role     string   `enum:"agent,admin" default:"agent" help:"agent or admin."`
	Site     []string `placeholder:"KEY" help:"A site that the agent answers for (its key); default: all."`
	JSON     bool     `help:"Print JSON: id, email, name, role, languages, sites."`
}

// Run adds an agent.
func (c *agentAddCommand) Run(r *run) error {
	a := chat.Agent{ID: chat.NewID(), Name: chat.CleanName(c.Name), Role: chat.Role(c.Role), Sites: c.Site}
	var err error
	if a.Email, err = parseEmail(c.Email); err != nil {
		return err
	}
	if a.Name == "" {
		return usagef("the agent's name is empty: visitors see it, so write one with --name")
	}
	if a.Languages, err = parseLanguages(c.Language); err != nil {
		return err
	}
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, key := range c.Site {
		if _, err := s.Site(r.ctx, key); err != nil {
			return noSite(key, err)
		}
	}
	hash, err := r.readPassword(a.Email)
	if err != nil {
		return err
	}
	if err := s.AddAgent(r.ctx, a, hash); err != nil {
		if chat.CodeOf(err) == chat.Conflict {
			return fmt.Errorf("there is an agent %s already: dragoman agent password changes the password", a.Email)
		}
		return err
	}
	if c.JSON {
		return r.printJSON(agentRowOf(a))
	}
	r.printf("%s may log in now.\n", a.Email)
	return nil
}

// maxEmail is the longest mail address there is, in bytes; the login takes no longer one.
const maxEmail = 254

func parseEmail(s string) (string, error) {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", usagef("the mail address %q has a character in it that cannot be seen: type it again, without it", s)
	}
	if len(s) > maxEmail {
		return "", usagef("the mail address is too long: there are none of more than %d bytes", maxEmail)
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" {
		return "", usagef("%q is not a mail address: write it as ana@example.com", s)
	}
	return a.Address, nil
}

func parseLanguages(list []string) ([]language.Tag, error) {
	if len(list) > chat.MaxLanguages {
		return nil, usagef("an agent can have at most %d languages", chat.MaxLanguages)
	}
	var tags []language.Tag
	for _, s := range list {
		tag, err := parseLanguage(s)
		if err != nil {
			return nil, err
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// readPassword reads one line from standard input and returns its hash.
func (r *run) readPassword(email string) (string, error) {
	if f, ok := r.Stdin.(*os.File); ok && isTerminal(f) {
		fmt.Fprintf(r.Stderr, "password for %s (at least %d characters; it is not shown): ", email, agent.MinPassword)
		defer fmt.Fprintln(r.Stderr)
		defer hideInput(f)()
	}
	line, err := bufio.NewReader(io.LimitReader(r.Stdin, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the password from standard input: %w", err)
	}
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return "", usagef("no password on standard input: type one, or pipe it in")
	}
	// An arrow key, a backspace that the terminal did not take, a binary file: nobody could type that again in a browser.
	if strings.ContainsFunc(password, unicode.IsControl) {
		return "", usagef("the password has a character in it that is not text (a control character, such as that of an arrow key): type it again, without it")
	}
	hash, err := agent.HashPassword(password)
	if err != nil {
		return "", usagef("cannot use this password: %s", sentence(err))
	}
	return hash, nil
}

type agentListCommand struct {
	JSON bool `help:"Print JSON."`
}

// Run lists the agents.
func (c *agentListCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	agents, err := s.Agents(r.ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		rows := make([]agentRow, len(agents))
		for i, a := range agents {
			rows[i] = agentRowOf(a)
		}
		return r.printJSON(rows)
	}
	if len(agents) == 0 {
		r.notef("There is no agent yet. Add one: dragoman agent add ana@example.com --name Ana --language en")
	}
	t := table{{"EMAIL", "NAME", "ROLE", "LANGUAGES", "SITES", ""}}
	for _, a := range agents {
		row := agentRowOf(a)
		sites, note := strings.Join(row.Sites, " "), ""
		if sites == "" {
			sites = "all"
		}
		if row.Disabled {
			note = "disabled"
		}
		t = append(t, []string{row.Email, row.Name, string(row.Role), strings.Join(row.Languages, " "), sites, note})
	}
	r.printTable(t)
	return nil
}

type agentPasswordCommand struct {
	Email string `arg:"" help:"The agent's mail address."`
}

// Run sets a password.
func (c *agentPasswordCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := findAgent(r, s, c.Email)
	if err != nil {
		return err
	}
	hash, err := r.readPassword(a.Email)
	if err != nil {
		return err
	}
	if err := s.SetPasswordHash(r.ctx, a.ID, hash); err != nil {
		return err
	}
	if _, err := s.EndLogins(r.ctx, a.ID, agent.SessionHash{}); err != nil {
		return err
	}
	r.notef("changed: %s has to log in again, with the new password", a.Email)
	return nil
}

type agentSetCommand struct {
	Email    string   `arg:"" help:"The agent's mail address."`
	Name     string   `help:"The name that visitors see."`
	Language []string `placeholder:"TAG" help:"The languages, all of them: the first is what lines are translated into."`
	Role     string   `enum:",agent,admin" default:"" help:"agent or admin."`
	Site     []string `xor:"sites" placeholder:"KEY" help:"The sites that the agent answers for, all of them."`
	AllSites bool     `xor:"sites" help:"The agent answers for all sites."`
}

// Run changes an agent.
func (c *agentSetCommand) Run(r *run) error {
	if c.Name == "" && len(c.Language) == 0 && c.Role == "" && len(c.Site) == 0 && !c.AllSites {
		return usagef("say what is to be changed: --name, --language, --role, --site or --all-sites")
	}
	languages, err := parseLanguages(c.Language)
	if err != nil {
		return err
	}
	name := chat.CleanName(c.Name)
	if c.Name != "" && name == "" {
		return usagef("the agent's name is empty: visitors see it, so write one with --name")
	}
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, key := range c.Site {
		if _, err := s.Site(r.ctx, key); err != nil {
			return noSite(key, err)
		}
	}
	_, err = s.ChangeAgent(r.ctx, c.Email, func(a *chat.Agent) error {
		if name != "" {
			a.Name = name
		}
		if len(languages) > 0 {
			a.Languages = languages
		}
		if c.Role != "" {
			a.Role = chat.Role(c.Role)
		}
		if len(c.Site) > 0 || c.AllSites {
			a.Sites = c.Site
		}
		return nil
	})
	if chat.CodeOf(err) == chat.NotFound {
		return noSuchAgent(c.Email)
	}
	if err == nil {
		r.notef("changed; running servers take it over within two seconds")
	}
	return err
}

type agentDisableCommand struct {
	Email string `arg:"" help:"The agent's mail address."`
}

// Run disables an agent.
func (c *agentDisableCommand) Run(r *run) error {
	s, err := r.open(use{})
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := findAgent(r, s, c.Email)
	if err != nil {
		return err
	}
	if err := s.DisableAgent(r.ctx, a.ID); err != nil {
		return err
	}
	r.notef("disabled; running servers end the agent's sessions within two seconds")
	return nil
}

func findAgent(r *run, s *store.Store, email string) (chat.Agent, error) {
	a, _, err := s.AgentByEmail(r.ctx, email)
	if chat.CodeOf(err) == chat.NotFound {
		return a, noSuchAgent(email)
	}
	return a, err
}

func noSuchAgent(email string) error {
	return fmt.Errorf("there is no agent %s: dragoman agent list shows all", email)
}

// agentRow is an agent as programs read it.
type agentRow struct {
	ID        string    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Role      chat.Role `json:"role"`
	Languages []string  `json:"languages"`
	Sites     []string  `json:"sites"`
	Disabled  bool      `json:"disabled"`
}

func agentRowOf(a chat.Agent) agentRow {
	row := agentRow{ID: a.ID, Email: a.Email, Name: a.Name, Role: a.Role, Sites: a.Sites, Disabled: a.Disabled, Languages: []string{}}
	for _, l := range a.Languages {
		row.Languages = append(row.Languages, l.String())
	}
	if row.Sites == nil {
		row.Sites = []string{}
	}
	return row
}
