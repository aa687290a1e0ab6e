package widget

import (
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"
)

// errOrigin is what a page gets that does not belong to the site.
func errOrigin() error {
	return chat.Errorf(chat.BadOrigin, "This page does not belong to the site: add its origin with \"dragoman site set KEY --origin URL\".")
}

// checkOrigin tells whether a page of this origin may speak for a visitor of the site. Our own may, that is the frame; so may none
// at all, which is no browser and has to bring a token like everybody else.
func checkOrigin(header string, own web.Origin, s *site) error {
	if header == "" {
		return nil
	}
	o, err := web.ParseOrigin(header)
	if err != nil || o != own && !s.allows(o) {
		return errOrigin()
	}
	return nil
}

// share lets a page of the origin read the answer, if the origin is one of any site's. The body says which site it is about; an origin that is not that
// site's is refused later, and may read so.
func (e *Edge) share(w http.ResponseWriter, r *http.Request) (bool, error) {
	h := w.Header()
	h.Add("Vary", "Origin")
	o, err := web.ParseOrigin(r.Header.Get("Origin"))
	if err != nil || o == e.front.Own(r) {
		return err == nil, nil
	}
	set, err := e.sites.all(r.Context())
	if err != nil {
		return false, err
	}
	if !set.origins[o] {
		return false, nil
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return true, nil
}

// preflight answers OPTIONS for allowed origins only.
func (e *Edge) preflight(w http.ResponseWriter, r *http.Request) error {
	ok, err := e.share(w, r)
	if err != nil {
		return err
	}
	if !ok {
		return errOrigin()
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
