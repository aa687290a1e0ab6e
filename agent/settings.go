package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"dragoman/chat"
	"dragoman/internal/web"
)

func errForeign() error {
	return chat.Errorf(chat.BadOrigin, "Only this server's own pages may ask for this. If this is one of them, tell the server its address with --public-url.")
}

// tagOf is the ETag of what is answered: of its JSON, so it is the same on every node.
func tagOf(v any) (string, error) {
	b, err := json.Marshal(v)
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:12]) + `"`, err
}

// answerTagged answers with v and its ETag.
func answerTagged(w http.ResponseWriter, v any) error {
	tag, err := tagOf(v)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", tag)
	return web.WriteJSON(w, http.StatusOK, v)
}

// removed answers that something is gone, if it is.
func removed(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// checkMatch refuses with 412 if the request names by If-Match another state than the one that v is; also are other names of that state. A request that names none takes
// what comes.
func checkMatch(r *http.Request, v any, also ...string) error {
	if r.Header.Get("If-Match") == "" {
		return nil
	}
	tag, err := tagOf(v)
	if err == nil && !names(r, "If-Match", append(also, tag, "*")...) {
		err = errChanged()
	}
	return err
}

// checkWritten refuses with 412 if the request names by If-Match another moment than the one in which a thing was written last, or by If-None-Match: * that it is not there yet.
// at is zero where nothing is. A list is answered with one ETag, so its things are named by their at, which stands in it.
func checkWritten(r *http.Request, at chat.Time) error {
	switch {
	case at != 0 && names(r, "If-None-Match", "*"),
		r.Header.Get("If-Match") != "" && (at == 0 || !names(r, "If-Match", writtenTag(at), "*")):
		return errChanged()
	}
	return nil
}

// writtenTag names the state of a thing in a list by when it was written.
func writtenTag(at chat.Time) string { return `"` + at.String() + `"` }

// names tells whether a header that lists tags has one of these.
func names(r *http.Request, header string, tags ...string) bool {
	for named := range strings.SplitSeq(strings.Join(r.Header.Values(header), ","), ",") {
		if slices.Contains(tags, strings.TrimSpace(named)) {
			return true
		}
	}
	return false
}

func errChanged() error {
	return web.WithStatus(http.StatusPreconditionFailed,
		chat.Errorf(chat.Conflict, "Somebody has changed this since you read it: read it again, and repeat your change."))
}
