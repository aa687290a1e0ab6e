package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dragoman/chat"
)

type thing struct {
	Name string   `json:"name"`
	List []string `json:"list"`
	N    int      `json:"n"`
}

func TestReadJSON(t *testing.T) {
	deep := func(n int) string {
		return `{"x":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}`
	}
	cases := []struct {
		name, kind, body string
		status           int
		says             string
	}{
		{"right", "application/json", `{"name":"a"}`, 200, ""},
		{"with charset", "application/json; charset=UTF-8", `{"name":"a"}`, 200, ""},
		{"unknown fields", "application/json", `{"name":"a","other":{"x":[1,2,{}]}}`, 200, ""},
		{"blanks around", "application/json", " \r\n\t{\"name\":\"a\"}\n ", 200, ""},
		{"brackets in a string", "application/json", `{"name":"[[[[[[[[[[[[[[[[[[[[\"[["}`, 200, ""},
		{"as deep as may be", "application/json", deep(MaxDepth), 200, ""},
		{"too deep", "application/json", deep(MaxDepth + 1), 400, "nested too deep"},
		{"far too deep", "application/json", deep(20000), 400, "nested too deep"},
		{"never closed", "application/json", strings.Repeat(`{"a":`, 10000), 400, "nested too deep"},
		{"as large as may be", "application/json", `{"name":"` + strings.Repeat("a", MaxBody-11) + `"}`, 200, ""},
		{"one byte too large", "application/json", `{"name":"` + strings.Repeat("a", MaxBody-10) + `"}`, 413, "65536 bytes"},
		{"far too large", "application/json", strings.Repeat(" ", 10*MaxBody), 413, "65536 bytes"},
		{"empty", "application/json", ``, 400, "One JSON object"},
		{"only blanks", "application/json", `   `, 400, "One JSON object"},
		{"a list", "application/json", `[{"name":"a"}]`, 400, "One JSON object"},
		{"a string", "application/json", `"name"`, 400, "One JSON object"},
		{"null", "application/json", `null`, 400, "One JSON object"},
		{"two objects", "application/json", `{"name":"a"}{"name":"b"}`, 400, "not the JSON"},
		{"text behind", "application/json", `{"name":"a"} x`, 400, "not the JSON"},
		{"cut off", "application/json", `{"name":"a`, 400, "not the JSON"},
		{"bad UTF-8", "application/json", "{\"name\":\"\xff\"}", 400, "UTF-8"},
		{"a byte order mark", "application/json", "\ufeff{}", 400, "One JSON object"},
		{"wrong type", "application/json", `{"n":"one"}`, 400, `"n"`},
		{"number too large", "application/json", `{"n":1e99}`, 400, `"n"`},
		{"a form", "application/x-www-form-urlencoded", `name=a`, 415, "application/json"},
		{"text/plain", "text/plain", `{"name":"a"}`, 415, "application/json"},
		{"no type", "", `{"name":"a"}`, 415, "application/json"},
		{"another charset", "application/json; charset=utf-16", `{"name":"a"}`, 415, "application/json"},
		{"problem", "application/problem+json", `{"name":"a"}`, 415, "application/json"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			var v thing
			err := ReadJSON(httptest.NewRecorder(), r, &v)
			status := 200
			if err != nil {
				status = Status(err)
			}
			if status != c.status {
				t.Fatalf("status %d, want %d (%v)", status, c.status, err)
			}
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%q does not say %q", err, c.says)
			}
			if chat.CodeOf(err) == chat.Internal {
				t.Fatalf("%v is taken for our fault", err)
			}
		})
	}
}

func TestReadJSONRefusesEncodings(t *testing.T) {
	r := httptest.NewRequest("POST", "/", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	if err := ReadJSON(httptest.NewRecorder(), r, &thing{}); Status(err) != http.StatusUnsupportedMediaType {
		t.Fatal(err)
	}
}

func TestStrictRefusesUnknownFields(t *testing.T) {
	for body, says := range map[string]string{
		`{"name":"a","list":["b"],"n":1}`: "", `{}`: "", `{"name":null}`: "",
		`{"nmae":"a"}`: `no field "nmae"`, `{"a\"b":1}`: `no field "a`, `{"n":"1"}`: `"n" cannot be a string`, `{} {}`: "not the JSON", `{"x":{"y":1}}`: `no field "x"`,
		`[]`: "One JSON object", "{\"name\":\"\xff\"}": "UTF-8",
	} {
		err := Strict([]byte(body), &thing{})
		if (err == nil) != (says == "") || err != nil && (!strings.Contains(err.Error(), says) || chat.CodeOf(err) != chat.BadRequest) {
			t.Errorf("%s: %v, want %q", body, err, says)
		}
	}
}

// What the shape check lets through is never nested deeper than it says, and what decodes is what encoding/json decodes.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"name":"\"[["}`, `{"a":[[[[]]]]}`, `[`, `{"name":"\\"}`, "\xff", `{"n":1e9}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v thing
		err := Decode(b, &v)
		if chat.CodeOf(err) == chat.Internal {
			t.Fatalf("%q: %v", b, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q was taken", b)
		}
		var any any
		if err := json.Unmarshal(b, &any); err != nil {
			t.Fatal(err)
		}
		if d := depth(any); d > MaxDepth {
			t.Fatalf("%q is %d deep", b, d)
		}
	})
}

func depth(v any) int {
	deepest := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	case []any:
		for _, e := range v {
			deepest = max(deepest, depth(e))
		}
	default:
		return 0
	}
	return deepest + 1
}

// A field that is a language says so when it is none, whether it is badly written or unknown.
func TestLanguageFields(t *testing.T) {
	for text, want := range map[string]chat.Code{`"pt-BR"`: "", `"x!x"`: chat.BadLanguage, `"qqqqqqqqqqqq"`: chat.BadLanguage, `"abq"`: "", `"zz-QX"`: chat.BadLanguage, `7`: chat.BadRequest} {
		var v chat.Reviewed
		if err := Fields([]byte(`{"language":`+text+`}`), &v); chat.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
