package main

import (
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"dragoman/translate/engine"
)

// configure sets one setting of an engine as the server's flags have it: deepl-key=@FILE, apertium-pivots=true. With @ the value stands in a file,
// which is where keys belong.
func configure(s *engine.Settings, assignment string) error {
	name, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("-set wants a name and a value, such as deepl-key=@FILE")
	}
	if file, ok := strings.CutPrefix(value, "@"); ok {
		b, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("cannot read the value of %s: %w", name, err)
		}
		value = strings.TrimSpace(string(b))
	}
	all := reflect.ValueOf(s).Elem()
	for i := range all.NumField() {
		prefix := all.Type().Field(i).Tag.Get("prefix")
		options := all.Field(i)
		for j := range options.NumField() {
			field := options.Type().Field(j)
			own := field.Tag.Get("name")
			if own == "" {
				own = strings.ToLower(field.Name)
			}
			if prefix+own == name {
				return assign(options.Field(j), name, value)
			}
		}
	}
	return fmt.Errorf("no engine has a setting %q", name)
}

func assign(field reflect.Value, name, value string) error {
	switch field.Interface().(type) {
	case string:
		field.SetString(value)
	case bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s is true or false, not %q", name, value)
		}
		field.SetBool(b)
	case time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil {
			return fmt.Errorf("%s is a duration such as 5s, not %q", name, value)
		}
		field.SetInt(int64(d))
	default:
		return fmt.Errorf("%s cannot be set here", name)
	}
	return nil
}
