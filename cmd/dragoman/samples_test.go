package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const samples = "../../docs/deploy"

// The sample of the configuration file has settings that there are, and the values that it names make sense together.
func TestSampleSettings(t *testing.T) {
	env := []string{"DRAGOMAN_DATABASE=postgres://dragoman@127.0.0.1:1/dragoman", "DRAGOMAN_REDIS=redis://127.0.0.1:1"}
	r := command(t, "", env, "check", "--config", filepath.Join(samples, "dragoman.yaml"), "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--admin-listen", "")
	if r.code != exitFailed || !strings.Contains(r.stdout, "ok     settings") {
		t.Errorf("code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

// The compose file sets variables that there are.
func TestSampleCompose(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(samples, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var compose struct {
		Services map[string]struct {
			Environment map[string]string
		}
	}
	if err := yaml.Unmarshal(text, &compose); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two"} {
		var env []string
		for variable, value := range compose.Services[name].Environment {
			if variable == "DRAGOMAN_DATABASE_FILE" {
				value = write(t, "postgres://dragoman@127.0.0.1:1/dragoman\n", t.TempDir(), "url")
			}
			env = append(env, variable+"="+value)
		}
		if len(env) < 5 {
			t.Fatalf("%s has only the variables %v", name, env)
		}
		r := command(t, "", env, "check", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--admin-listen", "")
		if strings.Contains(r.stderr, "there is no setting") || !strings.Contains(r.stdout, "ok     settings") {
			t.Errorf("%s: code %d: %s%s", name, r.code, r.stdout, r.stderr)
		}
	}
}

// What the unit and the image run are commands and flags that there are.
func TestSampleCommands(t *testing.T) {
	for file, line := range map[string]string{"dragoman.service": `(?m)^ExecStart=/usr/local/bin/dragoman (.*)$`, "Dockerfile": `(?m)^ENTRYPOINT \["/usr/local/bin/dragoman", (.*)\]$`} {
		text, err := os.ReadFile(filepath.Join(samples, file))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(line).FindStringSubmatch(string(text))
		if found == nil {
			t.Fatalf("%s starts nothing", file)
		}
		args := strings.Fields(strings.NewReplacer(`"`, "", ",", "", "/etc/dragoman/", samples+"/").Replace(found[1]))
		good(t, "", append(args, "--help")...)
	}
}
