package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// values finds what the command line leaves open: in the environment, then in the configuration file.
type values struct {
	env  map[string]string
	file *configFile
	// unknown are DRAGOMAN_ variables that no flag has: most likely misspelt.
	unknown []string
	// source tells, by flag, where its value came from.
	source map[string]string
}

// configFile is a configuration file: what it says by key.
type configFile struct {
	path string
	keys map[string]*yaml.Node
}

func newValues(args, env []string) (*values, error) {
	v := &values{env: map[string]string{}, source: map[string]string{}}
	for _, pair := range env {
		if name, value, ok := strings.Cut(pair, "="); ok && strings.HasPrefix(name, "DRAGOMAN_") {
			v.env[name] = value
		}
	}
	path := configPath(args)
	if path == "" {
		path = v.env[variable("config")]
	}
	if path == "" {
		return v, nil
	}
	var err error
	v.file, err = readConfig(path)
	return v, err
}

// configPath finds --config before the command line is read as a whole: what the file says is needed to read it.
func configPath(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if path, ok := strings.CutPrefix(arg, "--config="); ok {
			return path
		}
		if arg == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

func readConfig(path string) (*configFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration file: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot read the configuration file %s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	c := &configFile{path: path, keys: map[string]*yaml.Node{}}
	if len(doc.Content) == 0 { // empty, or comments only
		return c, nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("cannot use the configuration file %s: line %d: want lines such as \"listen: :8080\"", path, root.Line)
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if earlier := c.keys[key.Value]; earlier != nil {
			return nil, fmt.Errorf("cannot use the configuration file %s: line %d: %s stands there twice (see line %d)",
				path, key.Line, key.Value, earlier.Line)
		}
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			return nil, fmt.Errorf("cannot use the configuration file %s: line %d: %s has no value; write one, or take the line out",
				path, key.Line, key.Value)
		}
		c.keys[key.Value] = value
	}
	return c, nil
}

// Validate tells of keys of the file, and notes variables of the environment, that no command has a flag for.
func (v *values) Validate(app *kong.Application) error {
	known := map[string]bool{}
	secret := map[string]bool{}
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
			secret[flag.Name] = secret[flag.Name] || flag.Tag.Has("secret")
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	v.unknown = v.unknownVariables(known, secret)
	if v.file == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(v.file.keys)) {
		if !known[key] || key == "config" || key == "help" {
			return fmt.Errorf("cannot use the configuration file %s: line %d: there is no setting %q; they are named as the flags of dragoman serve --help",
				v.file.path, v.file.keys[key].Line, key)
		}
	}
	return nil
}

func (v *values) unknownVariables(known, secret map[string]bool) []string {
	names := map[string]bool{}
	for flag := range known {
		names[variable(flag)] = true
		if secret[flag] {
			names[variable(flag)+"_FILE"] = true
		}
	}
	var unknown []string
	for name := range v.env {
		if !names[name] {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// Resolve returns the value of a flag that is not on the command line, or nil.
func (v *values) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "help" || flag.Name == "config" {
		return nil, nil
	}
	name := variable(flag.Name)
	value, set := v.env[name]
	path, fromFile := v.env[name+"_FILE"]
	switch {
	case set && fromFile && flag.Tag.Has("secret"):
		return nil, fmt.Errorf("both %s and %s_FILE are set: keep one", name, name)
	case set:
		v.source[flag.Name] = name + " in the environment"
		return value, nil
	case fromFile && flag.Tag.Has("secret"):
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the file that %s_FILE names: %w", name, err)
		}
		v.source[flag.Name] = path
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	if v.file == nil || v.file.keys[flag.Name] == nil {
		return nil, nil
	}
	node := v.file.keys[flag.Name]
	v.source[flag.Name] = fmt.Sprintf("%s, line %d", v.file.path, node.Line)
	return plain(node)
}

// plain turns a value of the file into what kong reads: a string, a list of strings, or NAME=VALUE,...
func plain(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Value, nil
	case yaml.SequenceNode:
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			if item.Kind != yaml.ScalarNode {
				return nil, fmt.Errorf("line %d: want a plain value", item.Line)
			}
			list[i] = item.Value
		}
		return list, nil
	case yaml.MappingNode:
		var pairs []string
		for i := 0; i+1 < len(node.Content); i += 2 {
			pairs = append(pairs, node.Content[i].Value+"="+node.Content[i+1].Value)
		}
		return strings.Join(pairs, ","), nil
	}
	return nil, fmt.Errorf("line %d: want a value, a list, or names with values", node.Line)
}

// explain adds to an error about a flag where its value came from, when that was not the command line.
func (v *values) explain(err error) error {
	name, _, ok := strings.Cut(strings.TrimPrefix(err.Error(), "--"), ":")
	name, _, _ = strings.Cut(name, "=")
	name, _, _ = strings.Cut(name, " ")
	if source := v.source[name]; ok && source != "" {
		return fmt.Errorf("%w (from %s)", err, source)
	}
	return err
}
