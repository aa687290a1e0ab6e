package agent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
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

// removed answers how many were removed: with nothing if there was one, and with not_found if there was none.
func removed(w http.ResponseWriter, n int, err error, none string) error {
	if err == nil && n == 0 {
		err = chat.Errorf(chat.NotFound, "%s", none)
	}
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// checkMatch refuses with 412 if the request names by If-Match another state than the one that v is. A request that names none takes what comes.
func checkMatch(r *http.Request, v any) error {
	header := strings.Join(r.Header.Values("If-Match"), ",")
	if header == "" {
		return nil
	}
	tag, err := tagOf(v)
	if err != nil {
		return err
	}
	for named := range strings.SplitSeq(header, ",") {
		if named = strings.TrimSpace(named); named == tag || named == "*" {
			return nil
		}
	}
	return web.WithStatus(http.StatusPreconditionFailed,
		chat.Errorf(chat.Conflict, "Somebody has changed this since you read it: read it again, and repeat your change."))
}
