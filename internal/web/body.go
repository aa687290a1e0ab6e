package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"dragoman/chat"
)

const (
	// MaxBody is the largest body of a request, in bytes.
	MaxBody = 64 << 10
	// MaxDepth is how deep JSON may be nested: what the protocol sends is 4 deep.
	MaxDepth = 16
)

// ReadJSON reads the body of a request into v: one JSON object of at most MaxBody bytes, sent as application/json (which a
// foreign page cannot send without a preflight). Fields that v does not have are ignored.
func ReadJSON(w http.ResponseWriter, r *http.Request, v any) error {
	b, err := ReadBody(w, r, MaxBody, "application/json")
	if err != nil {
		return err
	}
	return Decode(b, v)
}

// ReadBody reads the body of a request that CheckType lets through: at most so many bytes.
func ReadBody(w http.ResponseWriter, r *http.Request, most int64, types ...string) ([]byte, error) {
	if err := CheckType(r, types...); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, WithStatus(http.StatusRequestEntityTooLarge, chat.Errorf(chat.TooLong, "A request holds at most %d bytes here.", most))
	}
	if err != nil {
		return nil, chat.Errorf(chat.BadRequest, "The request ended early: send it again.")
	}
	return b, nil
}

// CheckType refuses a body that is said to be none of the media types, in another charset than UTF-8, or encoded. The first of the types is the one that
// the refusal recommends.
func CheckType(r *http.Request, types ...string) error {
	t, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(types, t) || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return WithStatus(http.StatusUnsupportedMediaType, chat.Errorf(chat.BadRequest, "Send it with Content-Type: %s, in UTF-8.", types[0]))
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return WithStatus(http.StatusUnsupportedMediaType, chat.Errorf(chat.BadRequest, "Send the body as it is, without Content-Encoding."))
	}
	return nil
}

// Decode reads one JSON object into v. Its depth is known to be at most MaxDepth before anything is
// built from it.
func Decode(b []byte, v any) error {
	if !utf8.Valid(b) {
		return chat.Errorf(chat.BadRequest, "The text is not valid UTF-8.")
	}
	if err := checkShape(b); err != nil {
		return err
	}
	return Fields(b, v)
}

// Strict is Decode for settings: a field that v does not have is refused, so that what was misspelt is not taken for done.
func Strict(b []byte, v any) error {
	// Decode says what is wrong with b as such; the decoder below would also stop at the end of the first value.
	if err := Decode(b, v); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		name := strings.Trim(strings.TrimPrefix(err.Error(), "json: unknown field "), `"`)
		return chat.Errorf(chat.BadRequest, "There is no field %q here.", name)
	}
	return nil
}

// WriteJSON answers with v.
func WriteJSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

// Fields reads into v what was found to be a shallow JSON object already, as the hub does with every frame.
func Fields(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && t.Field != "" {
			return chat.Errorf(chat.BadRequest, "The field %q cannot be a %s.", t.Field, t.Value)
		}
		if e, ok := errors.AsType[*chat.Error](err); ok {
			return e
		}
		// A language.Tag reads itself; of its two kinds of errors one has no type to ask for.
		if strings.HasPrefix(err.Error(), "language: ") {
			return chat.Errorf(chat.BadLanguage, "There is no such language: use a BCP 47 tag such as en, pt-BR or zh-Hant.")
		}
		return chat.Errorf(chat.BadRequest, "This is not the JSON that was expected here.")
	}
	return nil
}

// checkShape looks at brackets only: an object, not nested too deep. Whether the rest is JSON the decoder decides.
func checkShape(b []byte) error {
	depth, inString, started := 0, false, false
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return chat.Errorf(chat.BadRequest, "This JSON is nested too deep: at most %d levels.", MaxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
		if !started && c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			if c != '{' {
				return chat.Errorf(chat.BadRequest, "One JSON object is expected here.")
			}
			started = true
		}
	}
	if !started {
		return chat.Errorf(chat.BadRequest, "One JSON object is expected here.")
	}
	return nil
}
