package store

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
)

// columnValue makes what a driver returned into one of nil, string, int64, bool and []byte.
func columnValue(kind string, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case string:
		if kind == kindText {
			return x, nil
		}
	case []byte:
		if kind == kindBytes {
			return x, nil
		}
	case bool:
		if kind == kindBool {
			return x, nil
		}
	case int64:
		if kind == kindBool {
			return x != 0, nil
		}
		if kind == kindInt {
			return x, nil
		}
	case int32:
		return columnValue(kind, int64(x))
	case int16:
		return columnValue(kind, int64(x))
	}
	return nil, fmt.Errorf("a value of the kind %s came as a %T", kind, v)
}

// encodeRow writes a row as one line of JSON; bytes are base64.
func encodeRow(line *bytes.Buffer, row []any) error {
	line.Reset()
	e := json.NewEncoder(line)
	e.SetEscapeHTML(false)
	return e.Encode(row) // []byte becomes base64, and Encode ends the line
}

// rowDecoder reads what encodeRow wrote.
type rowDecoder struct {
	json    *json.Decoder
	columns []Column
}

// next returns the next row, or io.EOF.
func (d *rowDecoder) next() ([]any, error) {
	var raw []any
	if err := d.json.Decode(&raw); err != nil {
		return nil, err
	}
	if len(raw) != len(d.columns) {
		return nil, fmt.Errorf("a row has %d values, want %d", len(raw), len(d.columns))
	}
	for i, c := range d.columns {
		v, err := decodeValue(c.Kind, raw[i])
		if err != nil {
			return nil, fmt.Errorf("the column %s: %w", c.Name, err)
		}
		raw[i] = v
	}
	return raw, nil
}

var errValue = errors.New("a value is not of its column's kind")

func decodeValue(kind string, v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case bool:
		if kind == kindBool {
			return x, nil
		}
	case json.Number:
		if kind == kindInt {
			return x.Int64()
		}
	case string:
		switch kind {
		case kindText:
			return x, nil
		case kindBytes:
			return base64.StdEncoding.AppendDecode([]byte{}, []byte(x))
		}
	}
	return nil, errValue
}
