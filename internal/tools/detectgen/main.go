// Command detectgen makes translate/detect/table/table.bin, by which the server knows the languages of short lines, from the n-gram models of
// lingua-go. The models are 124 MB and no part of this module: they are fetched with Go's own commands, and their checksum is compared.
//
//	go tool detectgen           make the table and translate/detect/table/SUM (a minute or two, 2 GB of memory)
//	go tool detectgen -check    fail if the table, or what makes it, is not what SUM says (some milliseconds, nothing is fetched)
//	go tool detectgen -verify   make the table and fail if it is not, byte for byte, the one that is there
//
// model.go reads the models, distil.go chooses n-grams and reckons their costs, write.go lays them out.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"dragoman/translate/detect/table"
)

// Where the models come from. The checksum is the one of go.sum.
const (
	module  = "github.com/pemistahl/lingua-go"
	version = "v1.4.0"
	sum     = "h1:ifYhthrlW7iO4icdubwlduYnmwU37V1sbNrwhKBR4rM="
)

func main() {
	check := flag.Bool("check", false, "only compare checksums")
	verify := flag.Bool("verify", false, "make the table and compare, write nothing")
	flag.Parse()
	if err := run(*check, *verify); err != nil {
		fmt.Fprintln(os.Stderr, "detectgen:", err)
		os.Exit(1)
	}
}

func run(check, verify bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if check {
		return compareSum(root)
	}
	models, err := download()
	if err != nil {
		return err
	}
	made, err := generate(models)
	if err != nil {
		return err
	}
	file := filepath.Join(root, tableFile)
	if verify {
		there, err := os.ReadFile(file)
		if err == nil && !bytes.Equal(there, made) {
			err = errors.New(tableFile + " is not what this program makes: run go tool detectgen")
		}
		return err
	}
	if err := os.WriteFile(file, made, 0o644); err != nil {
		return err
	}
	return writeSum(root)
}

// generate makes the table's bytes, one language after the other: each takes some hundred megabytes.
func generate(models string) ([]byte, error) {
	languages := make([][]gram, len(table.Languages))
	for i, language := range table.Languages {
		grams, err := distil(models, language)
		if err != nil {
			return nil, err
		}
		languages[i] = grams
	}
	return pack(languages), nil
}

// download returns the folder of the models, in Go's module cache, after Go has fetched them if need be.
func download() (string, error) {
	// Outside of every module, so that this one's go.mod stays as it is.
	outside, err := os.MkdirTemp("", "detectgen")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(outside)
	if err := os.WriteFile(filepath.Join(outside, "go.mod"), []byte("module outside\n"), 0o644); err != nil {
		return "", err
	}
	command := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	command.Dir, command.Stderr = outside, os.Stderr
	// The flags of whoever calls this are meant for this module.
	command.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	answer, err := command.Output()
	var got struct{ Dir, Sum, Error string }
	if jsonErr := json.Unmarshal(answer, &got); err != nil || jsonErr != nil {
		return "", fmt.Errorf("cannot fetch %s %s: %w %s", module, version, errors.Join(err, jsonErr), got.Error)
	}
	if got.Sum != sum {
		return "", fmt.Errorf("%s %s has the checksum %s, not %s", module, version, got.Sum, sum)
	}
	return filepath.Join(got.Dir, "language-models"), nil
}

func moduleRoot() (string, error) {
	folder, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", errors.New("run this inside the module: there is no go.mod here or above")
		}
		folder = filepath.Dir(folder)
	}
	return "", err
}
