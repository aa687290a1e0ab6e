package widget

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"dragoman/chat"
	"dragoman/internal/policy"
	"dragoman/internal/web"
)

// Files takes in what people attach, and gives it out.
type Files interface {
	// Limits are for clients.
	Limits() chat.UploadLimits
	// Take takes a file in. Errors of from that are *chat.Error are passed on as they are.
	Take(ctx context.Context, u chat.Upload, from io.Reader) (chat.Attachment, error)
	// Open opens what a signed address names. An address that was never signed is chat.NotFound, one that has ended chat.Gone.
	Open(ctx context.Context, id, name, ends, signature string) (chat.OpenFile, error)
}

// upload serves POST /widget/v1/upload: the token, then a file. Who it is shows before a byte of the file is read.
func (e *Edge) upload(w http.ResponseWriter, r *http.Request) error {
	if _, err := e.share(w, r); err != nil {
		return err
	}
	from := web.AddressKey(e.front.Client(r))
	release, ok := e.limits.addressUploading.Take(from)
	if !ok {
		return e.tooMany("address_uploads_at_once", uploadPause, "Many files come from this address at the moment. Please try again in a few seconds.")
	}
	defer release()
	body, err := web.ReadUpload(w, r, e.uploadTime, e.files.Limits().Bytes, "token")
	if err != nil {
		return err
	}
	// As where sessions begin: whose token it is costs the database a look, and nobody is to try tokens here instead.
	if wait, ok := e.limits.sessions.Allow(from); !ok {
		return e.tooMany("sessions_per_minute", wait, "Too many files come from this address. Please try again a little later.")
	}
	s, who, err := e.sender(r, body.Field("token"))
	if err != nil {
		return err
	}
	if release, ok = e.limits.uploading.Take(who.ID); !ok {
		return e.tooMany("uploads_at_once", uploadPause, "Several files are on their way already. Please wait until one is there.")
	}
	defer release()
	if wait, ok := e.limits.uploads.Allow(who.ID); !ok {
		return e.tooMany("uploads_per_hour", wait, "That were many files. Please wait a little before you send the next one.")
	}
	if wait, ok := e.limits.addressUploads.Allow(from); !ok {
		e.limits.uploads.Give(who.ID)
		return e.tooMany("address_uploads_per_hour", wait, "Too many files come from this address. Please try again a little later.")
	}
	a, err := e.files.Take(r.Context(), chat.Upload{Site: s.Key, Owner: who.ID, Kind: chat.KindVisitor, Name: body.Name}, body)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, chat.UploadOK{Attachment: a})
}

// uploadPause is when somebody may try again who has too many files on their way.
const uploadPause = 5 * time.Second

// sender finds out whose token it is, as hello does, and asks the policy: the token stands in the body, so here and not before.
func (e *Edge) sender(r *http.Request, token string) (*site, chat.Visitor, error) {
	s, who, err := e.bearer(r.Context(), r.Header.Get("Origin"), e.front.Own(r), token)
	if err == nil {
		err = e.policy.Ask(policy.Visitor, policy.Verb(r.Pattern), policy.Nowhere)
	}
	return s, who, err
}

// file serves GET /widget/v1/file/ID/NAME, to whoever has its signed address: visitors and agents alike. Pictures were made here and are shown; all else is
// downloaded. No page of anybody can do anything with them, whatever is in them.
func (e *Edge) file(w http.ResponseWriter, r *http.Request) error {
	if _, err := e.share(w, r); err != nil {
		return err
	}
	q := r.URL.Query()
	f, err := e.files.Open(r.Context(), r.PathValue("id"), r.PathValue("name"), q.Get("e"), q.Get("s"))
	if err != nil {
		return err
	}
	defer f.Content.Close()
	h := w.Header()
	h.Set("Content-Security-Policy", fileCSP)
	h.Set("Cache-Control", fmt.Sprintf("private, max-age=%d, immutable", max(0, int(time.Until(f.Ends.Time())/time.Second))))
	h.Set("ETag", `"`+f.Tag+`"`)
	h.Set("Content-Type", f.Type)
	if strings.HasPrefix(f.Type, "text/") {
		h.Set("Content-Type", f.Type+"; charset=utf-8")
	}
	h.Set("Content-Disposition", disposition(f))
	http.ServeContent(w, r, "", time.Time{}, f.Content)
	return nil
}

// fileCSP lets a file do nothing, wherever a browser opens it.
const fileCSP = "default-src 'none'; sandbox; frame-ancestors 'none'"

// disposition says whether a file is shown, and under which name it is kept: in ASCII for what is old, and as it is (RFC 6266).
func disposition(f chat.OpenFile) string {
	kind := "attachment"
	if strings.HasPrefix(f.Type, "image/") {
		kind = "inline"
	}
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, f.Name)
	header := mime.FormatMediaType(kind, map[string]string{"filename": ascii})
	if header == "" {
		header = kind
	}
	if ascii != f.Name {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(f.Name), "+", "%20")
	}
	return header
}
