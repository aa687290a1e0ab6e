package main

import (
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/translate/engine"

	"github.com/rs/zerolog"
)

// commands is the command line. Every flag is also an environment variable (--admin-listen is DRAGOMAN_ADMIN_LISTEN) and a key
// of the file that --config names (admin-listen); what is given nearer to the command wins. Flags tagged secret may hold a
// password, and are also read from the file that DRAGOMAN_..._FILE names.
type commands struct {
	common

	Serve     serveCommand     `cmd:"" default:"withargs" help:"Serve chats. What happens without a command."`
	Site      siteCommands     `cmd:"" help:"The sites: shops that embed the widget."`
	Agent     agentCommands    `cmd:"" help:"The people who answer."`
	Memory    memoryCommands   `cmd:"" help:"What a site's people have translated: it is used before any engine."`
	Glossary  glossaryCommands `cmd:"" help:"How a site wants its words translated."`
	Canned    cannedCommands   `cmd:"" help:"Replies that a site has ready, in several languages."`
	Translate translateCommand `cmd:"" help:"Translate one line through the whole pipeline, and show what happened."`
	Engines   enginesCommand   `cmd:"" help:"Show which engines translate, and which pairs of languages they have."`
	Check     checkCommand     `cmd:"" help:"Check the settings and everything that they name."`
	Backup    backupCommand    `cmd:"" help:"Write database and uploads into one file, also while servers run."`
	Restore   restoreCommand   `cmd:"" help:"Make database and uploads out of a backup. No server may run on them."`
	Copy      copyCommand      `cmd:"" help:"Copy the database into another one, such as SQLite into PostgreSQL. No server may run on either."`
	Version   versionCommand   `cmd:"" help:"Print version, commit, Go and protocol."`
}

// common is what every command takes.
type common struct {
	Config   string `placeholder:"FILE" help:"YAML file with settings, named as these flags."`
	Data     string `default:"./data" placeholder:"FOLDER" help:"Folder of the database and of uploads (default ${default})."`
	Database string `secret:"" placeholder:"FILE|postgres://..." help:"The database: a file of SQLite, or PostgreSQL's address. Default: dragoman.db in the data folder."`
	// Whoever sets this reads a warning at every start.
	AllowUnsafeDatabase bool   `help:"Use a PostgreSQL with fsync=off or synchronous_commit=off, which loses confirmed messages in a crash. For tests only."`
	Log                 string `enum:"auto,text,json" default:"auto" help:"How log lines look on standard error: text, json, or auto (text on a terminal)."`
	LogLevel            string `enum:"debug,info,warn,error" default:"info" help:"The least important lines to log: debug, info, warn or error."`
}

// address is where the server is reached; commands that print a script tag need it too.
type address struct {
	Listen    string `default:":8080" placeholder:"HOST:PORT" help:"Where visitors and agents connect (default ${default}; port 0 takes a free one)."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"The address that browsers use, if a proxy stands before the server, such as https://chat.example.com."`
	TLS       string `name:"tls" default:"off" placeholder:"off|auto|CERT,KEY" help:"off: a proxy does it; auto: certificates from Let's Encrypt for the host of --public-url; or two files."`
}

// engineSettings say who translates.
type engineSettings struct {
	Engine []string `placeholder:"NAME" help:"An engine, in order of preference: ${engines}, or none for no translation. Default: what is configured or found."`
	engine.Settings
}

// serverSettings are what only the server needs.
type serverSettings struct {
	AdminListen string `default:"127.0.0.1:9090" placeholder:"HOST:PORT" help:"Where metrics and profiles are (default ${default}; empty for nowhere). Never show it to the world."`
	acmeSettings
	Node         string         `placeholder:"NAME" help:"The name of this server in its log lines, and to the others. Default: a random one."`
	Redis        string         `secret:"" placeholder:"redis://..." help:"Redis, for several servers on one PostgreSQL: redis://HOST:PORT, redis+sentinel://HOST,HOST/MASTER or redis+cluster://HOST,HOST; rediss... with TLS."`
	TrustedProxy []string       `placeholder:"CIDR" help:"A proxy whose word on the visitor's address is believed."`
	Limit        map[string]int `mapsep:"," placeholder:"NAME=VALUE" help:"A limit; 0 switches it off. Names: ${limits}."`
	Answers      int            `default:"500000" placeholder:"N" help:"How many answers of engines the database keeps, so that none is paid for twice (default ${default}; 0 for none)."`
	DrainWait    time.Duration  `default:"5s" placeholder:"TIME" help:"How long /readyz says no before sockets are closed, for the balancer (default ${default})."`
	Demo         bool           `help:"Make a demo site and two agents, print their passwords, and serve a shop that has the widget. Not for the open internet."`
}

// acmeSettings say where --tls auto gets certificates.
type acmeSettings struct {
	ACMEDirectory string `name:"acme-directory" default:"https://acme-v02.api.letsencrypt.org/directory" placeholder:"URL" help:"Who certifies with --tls auto: the directory of an ACME authority (default Let's Encrypt)."`
	ACMEEmail     string `name:"acme-email" placeholder:"ADDRESS" help:"Where that authority may write to when something is wrong."`
	ACMERoot      string `name:"acme-root" placeholder:"FILE" help:"Whom to trust about that directory, as PEM, if the system does not."`
}

// defaultAdminListen is the default of AdminListen.
const defaultAdminListen = "127.0.0.1:9090"

// limitNames are the names that --limit knows, with what holds when nothing is said.
var limitNames = map[string]int{
	"visitors_per_minute":         60,
	"site_visitors_per_minute":    6000,
	"sessions_per_minute":         600,
	"sends_per_second":            1,
	"send_burst":                  20,
	"address_sends_per_second":    20,
	"address_send_burst":          400,
	"site_sends_per_second":       500,
	"site_send_burst":             5000,
	"calls_per_second":            10,
	"call_burst":                  100,
	"searches_per_second":         3,
	"search_burst":                30,
	"languages_per_minute":        6,
	"facts_per_minute":            60,
	"conversations_per_hour":      5,
	"sockets_per_visitor":         10,
	"sockets_per_address":         500,
	"text_characters":             4000,
	"handshakes_per_second":       2000,
	"files_per_message":           chat.DefaultFiles,
	"upload_megabytes":            10,
	"upload_megapixels":           40,
	"upload_seconds":              300,
	"upload_kilobytes_per_minute": 240,
	"uploads_per_hour":            10,
	"upload_burst":                20,
	"address_uploads_per_hour":    100,
	"address_upload_burst":        200,
	"uploads_at_once":             3,
	"address_uploads_at_once":     8,
	"server_uploads_at_once":      64,
	"upload_megabytes_per_day":    100,
	"site_upload_megabytes":       10 << 10,
	"free_disk_megabytes":         512,
}

// impliedLimits are switched off with another one, unless they are named themselves: whoever lets any number of visitors begin means that they
// may come back as well, and whoever lets a visitor write as fast as he likes does not mean that his neighbours may not.
var impliedLimits = map[string][]string{
	"visitors_per_minute": {"sessions_per_minute", "site_visitors_per_minute"},
	"sends_per_second":    {"address_sends_per_second", "site_sends_per_second"},
	"uploads_per_hour":    {"address_uploads_per_hour"},
}

// limitList is all names of limits, for people.
func limitList() string { return strings.Join(slices.Sorted(maps.Keys(limitNames)), ", ") }

// engineList is all names of engines, for people.
func engineList() string { return strings.Join(engine.Settings{}.Names(), ", ") }

// variable is the environment variable of a flag.
func variable(flag string) string {
	return "DRAGOMAN_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (c common) logger(w io.Writer) (zerolog.Logger, error) {
	level, err := zerolog.ParseLevel(c.LogLevel)
	if err != nil {
		return zerolog.Nop(), usageError{err}
	}
	if c.Log == "text" || c.Log == "auto" && isTerminal(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly, NoColor: !isTerminal(w)}
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger(), nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
