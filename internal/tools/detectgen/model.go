package main

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"unicode/utf8"
)

var orderNames = [...]string{"unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"}

// readModel returns how often each n-gram of one order stands in the texts of a language, as lingua-go gives it: the probability of the last
// letter after those before it.
func readModel(folder, language string, order int) (map[string]float64, error) {
	name := filepath.Join(folder, language, orderNames[order-1]+".pb.bin.zip")
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	if len(archive.File) != 1 {
		return nil, fmt.Errorf("%s holds %d files, not one", name, len(archive.File))
	}
	file, err := archive.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	model := map[string]float64{}
	err = fields(data, func(number int, set []byte, _ uint64) error {
		if number != 4 { // ngram_sets
			return nil
		}
		return readSet(set, order, model)
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	return model, nil
}

// readSet reads the n-grams that share one probability.
func readSet(set []byte, order int, into map[string]float64) error {
	probability := math.NaN()
	var grams []string
	err := fields(set, func(number int, data []byte, fixed uint64) error {
		switch number {
		case 1:
			probability = math.Float64frombits(fixed)
		case 2:
			grams = append(grams, string(data))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !(probability > 0 && probability <= 1) {
		return fmt.Errorf("a probability of %v", probability)
	}
	for _, gram := range grams {
		if !utf8.ValidString(gram) || utf8.RuneCountInString(gram) != order {
			return fmt.Errorf("%q has not %d letters", gram, order)
		}
		into[gram] = probability
	}
	return nil
}

var errCut = errors.New("it ends in the middle")

// fields calls each with the fields of a message of Protocol Buffers: the bytes of a field with a length, the bits of one of eight bytes.
func fields(data []byte, each func(number int, data []byte, fixed uint64) error) error {
	for len(data) > 0 {
		tag, n := binary.Uvarint(data)
		if n <= 0 {
			return errCut
		}
		data = data[n:]
		var field []byte
		var fixed uint64
		switch tag & 7 {
		case 0:
			if _, n = binary.Uvarint(data); n <= 0 {
				return errCut
			}
			data = data[n:]
		case 1:
			if len(data) < 8 {
				return errCut
			}
			fixed, data = binary.LittleEndian.Uint64(data), data[8:]
		case 2:
			length, n := binary.Uvarint(data)
			if n <= 0 || uint64(len(data)-n) < length {
				return errCut
			}
			field, data = data[n:n+int(length)], data[n+int(length):]
		default:
			return fmt.Errorf("a field of kind %d", tag&7)
		}
		if err := each(int(tag>>3), field, fixed); err != nil {
			return err
		}
	}
	return nil
}
