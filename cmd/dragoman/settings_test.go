package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	attached "dragoman/internal/files"
	"dragoman/internal/web"
	"dragoman/widget"
)

// Every file in testdata/bad is a configuration that must be refused with the sentence in its first line, before anything is touched.
func TestBadConfigurations(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d bad configurations: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			want, ok := strings.CutPrefix(first, "# want: ")
			if !ok {
				t.Fatal("the first line does not say what is wanted")
			}
			data := filepath.Join(t.TempDir(), "data")
			r := command(t, "", nil, "serve", "--config", file, "--data", data, "--admin-listen", "")
			refusal(t, r, exitUsage, want)
			if _, err := os.Stat(data); err == nil {
				t.Error("the data folder was made all the same")
			}
		})
	}
}

func TestBadCommandLines(t *testing.T) {
	data := t.TempDir()
	for want, line := range map[string]string{
		"unknown flag --bogus":                                "--bogus",
		"unexpected argument nonsense":                        "nonsense",
		"cannot read the configuration file":                  "--config " + filepath.Join(data, "none.yaml"),
		"a site needs at least one --origin":                  "site add Shop --language en",
		"a site needs --language":                             "site add Shop --origin https://a.example",
		`"a.example" is not an origin`:                        "site add Shop --origin a.example --language en",
		`"https://*.example" is not an origin`:                "site add Shop --origin https://*.example --language en",
		`"klingonisch" is not a language`:                     "site add Shop --origin https://a.example --language klingonisch",
		`cannot use the color "red"`:                          "site add Shop --origin https://a.example --language en --color red",
		`cannot use the position "left"`:                      "site add Shop --origin https://a.example --language en --position left",
		`"ana" is not a mail address`:                         "agent add ana --name Ana --language en",
		"missing flags: --language":                           "agent add ana@a.example --name Ana",
		"--role must be one of":                               "agent add ana@a.example --name Ana --language en --role king",
		`"x" is not a language`:                               "translate --from x --to en hello",
		"missing flags: --to":                                 "translate --from en hello",
		`expected "<key>=<value>" but got "send_burst"`:       "serve --limit send_burst",
		"expected \"<name>\"":                                 "site add --language en",
		`--engine none stands alone`:                          "engines --engine none --engine apertium",
		"both DRAGOMAN_REDIS and DRAGOMAN_REDIS_FILE are set": "serve",
	} {
		var env []string
		if strings.HasPrefix(want, "both") {
			env = []string{"DRAGOMAN_REDIS=redis://a", "DRAGOMAN_REDIS_FILE=/etc/hosts"}
		}
		args := append(strings.Fields(line), "--data", data)
		r := command(t, "", env, args...)
		t.Run(line, func(t *testing.T) { refusal(t, r, exitUsage, want) })
	}
	if entries, _ := os.ReadDir(data); len(entries) > 0 {
		t.Errorf("something was made in the data folder: %v", entries)
	}
}

// The command line wins over the environment, that over the file, that over the default.
func TestWhereValuesComeFrom(t *testing.T) {
	folder := t.TempDir()
	config := write(t, "data: "+filepath.Join(folder, "from-file")+"\nlog: json\n", folder, "c.yaml")
	for _, c := range []struct {
		env  []string
		args []string
		want string
	}{
		{nil, []string{"--config", config}, "from-file"},
		{[]string{"DRAGOMAN_CONFIG=" + config}, nil, "from-file"},
		{[]string{"DRAGOMAN_DATA=" + filepath.Join(folder, "from-env")}, []string{"--config=" + config}, "from-env"},
		{[]string{"DRAGOMAN_DATA=" + filepath.Join(folder, "from-env")}, []string{"--config", config, "--data", filepath.Join(folder, "from-flag")}, "from-flag"},
	} {
		r := command(t, "", c.env, append([]string{"site", "list"}, c.args...)...)
		if want := filepath.Join(folder, c.want, databaseFile); !strings.Contains(r.stderr, want) {
			t.Errorf("%v %v: want %s in: %s", c.env, c.args, want, r.stderr)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	folder := t.TempDir()
	file := write(t, "mysql://user:hunter2@host/x\n", folder, "secret")
	r := command(t, "", []string{"DRAGOMAN_DATABASE_FILE=" + file}, "site", "list")
	refusal(t, r, exitUsage, "mysql://user:xxxxx@host/x")
	if strings.Contains(r.stderr, "hunter2") {
		t.Errorf("the password is shown: %s", r.stderr)
	}
	r = command(t, "", []string{"DRAGOMAN_DATABASE_FILE=" + file + "-not-there"}, "site", "list")
	refusal(t, r, exitUsage, "cannot read the file that DRAGOMAN_DATABASE_FILE names")
}

func TestValueFromFileIsNamedInErrors(t *testing.T) {
	r := command(t, "", []string{"DRAGOMAN_DRAIN_WAIT=soon"}, "serve", "--data", t.TempDir())
	refusal(t, r, exitUsage, "DRAGOMAN_DRAIN_WAIT in the environment")
}

func TestUnknownVariableIsNoticed(t *testing.T) {
	r := command(t, "", []string{"DRAGOMAN_LISTN=:1", "HOME=/x"}, "version")
	if r.code != exitOK || !strings.Contains(r.stderr, "DRAGOMAN_LISTN") || strings.Contains(r.stderr, "HOME") {
		t.Errorf("code %d: %s", r.code, r.stderr)
	}
}

func TestHelp(t *testing.T) {
	out := good(t, "", "--help")
	for _, want := range []string{"serve", "site", "agent", "translate", "engines", "check", "backup", "restore", "copy", "version", "DRAGOMAN_ADMIN_LISTEN"} {
		if !strings.Contains(out, want) {
			t.Errorf("help lacks %s", want)
		}
	}
	if out := good(t, "", "serve", "--help"); !strings.Contains(out, "send_burst") || !strings.Contains(out, ":8080") {
		t.Errorf("help of serve lacks limits or defaults: %s", out)
	}
}

// What a stranger puts into an address stays in its place of the log line, in both forms: no new line, no escape sequence.
func TestLogLinesCannotBeForged(t *testing.T) {
	const evil = "/x\n12:00:00 ERR everything is lost\x1b[2J\r end=1"
	for _, form := range []string{"text", "json"} {
		var out buffer
		log, err := common{Log: form, LogLevel: "info"}.logger(&out)
		if err != nil {
			t.Fatal(err)
		}
		log.Info().Str("path", evil).Str("from", "127.0.0.1").Msg("request")
		text := out.String()
		if strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\x1b\r") || !strings.Contains(text, "everything") {
			t.Errorf("%s: %q", form, text)
		}
	}
}

// Every limit that can be named arrives where it counts, and what is switched off with another one can still be named.
func TestLimitsArrive(t *testing.T) {
	given := map[string]int{}
	n := 1000
	for name := range limitNames {
		n++
		given[name] = n
	}
	limits, err := allLimits(given)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{limits: limits}
	arrived := fmt.Sprintf("%+v %+v", *s.visitorLimits(), *s.agentLimits())
	for name, value := range given {
		elsewhere := slices.Contains([]string{"text_characters", "handshakes_per_second", "files_per_message", "server_uploads_at_once", "upload_seconds", "upload_kilobytes_per_minute", "upload_megapixels",
			"upload_megabytes", "upload_megabytes_per_day", "site_upload_megabytes", "free_disk_megabytes"}, name)
		if strings.Contains(arrived, fmt.Sprint(":", value)) == elsewhere {
			t.Errorf("%s=%d: %s", name, value, arrived)
		}
	}
	const mega = 1 << 20
	want := attached.Limits{Bytes: int64(given["upload_megabytes"]) * mega, Pixels: int64(given["upload_megapixels"]) * 1_000_000, OwnerDayBytes: int64(given["upload_megabytes_per_day"]) * mega,
		SiteBytes: int64(given["site_upload_megabytes"]) * mega, FreeBytes: int64(given["free_disk_megabytes"]) * mega, AtOnce: int64(given["server_uploads_at_once"]), ProgressBytes: int64(given["upload_kilobytes_per_minute"]) << 10}
	if got := s.fileLimits(); got != want || s.uploadTime() != time.Duration(given["upload_seconds"])*time.Second {
		t.Errorf("files: %+v within %s, want %+v", got, s.uploadTime(), want)
	}
	if limits, err = allLimits(nil); err != nil {
		t.Fatal(err)
	}
	want = attached.Limits{Bytes: attached.DefaultBytes, Pixels: attached.DefaultPixels, OwnerDayBytes: attached.DefaultOwnerDayBytes, SiteBytes: attached.DefaultSiteBytes,
		FreeBytes: attached.DefaultFreeBytes, AtOnce: attached.DefaultAtOnce, ProgressBytes: attached.DefaultProgressBytes}
	if s := (&server{limits: limits}); s.fileLimits() != want || s.uploadTime() != web.UploadTime || limits["files_per_message"] != chat.DefaultFiles {
		t.Errorf("defaults of files: %+v within %s", s.fileLimits(), s.uploadTime())
	}
	if got := *(&server{limits: limits}).visitorLimits(); got != widget.DefaultLimits() {
		t.Errorf("defaults: %+v, want %+v", got, widget.DefaultLimits())
	}
	limits, err = allLimits(map[string]int{"sends_per_second": 0, "visitors_per_minute": 0, "site_sends_per_second": 7})
	if err != nil {
		t.Fatal(err)
	}
	got := *(&server{limits: limits}).visitorLimits()
	if got.AddressSendsPerSecond != 0 || got.SessionsPerMinute != 0 || got.SiteVisitorsPerMinute != 0 || got.SiteSendsPerSecond != 7 {
		t.Errorf("switched off: %+v", got)
	}
}

func TestAnswersAreANumber(t *testing.T) {
	refusal(t, command(t, "", nil, "serve", "--data", t.TempDir(), "--answers=-1"), exitUsage, "cannot use --answers -1: want a number, or 0 for none")
	if orNone(0) >= 0 || orNone(7) != 7 {
		t.Error("0 is not none")
	}
}
