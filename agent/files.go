package agent

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"dragoman/chat"
	"dragoman/internal/web"

	"golang.org/x/text/language"
)

// Files brings a site's memory and glossary in and out as files. A file that is not one is a *chat.Error, and then nothing of it is stored; so is one
// that is too long. Entries that are of no use are counted in the answer, with the reasons of the first.
type Files interface {
	// ImportMemory reads a TMX; with both, every unit is remembered in both directions.
	ImportMemory(ctx context.Context, site string, r io.Reader, both bool) (chat.Imported, error)
	// ExportMemory writes a TMX whose notes are in the language admin, and returns how many entries are in it. It writes nothing before it has read
	// the first of them.
	ExportMemory(ctx context.Context, site string, admin language.Tag, w io.Writer) (int, error)
	// ImportTerms reads a CSV.
	ImportTerms(ctx context.Context, site string, r io.Reader) (chat.Imported, error)
	// ExportTerms writes a CSV, and returns how many terms are in it. It writes nothing before it has read them.
	ExportTerms(ctx context.Context, site string, w io.Writer) (int, error)
	// ImportCanned reads a CSV of canned replies, as drafts of by.
	ImportCanned(ctx context.Context, site, by string, r io.Reader) (chat.Imported, error)
	// ExportCanned writes a CSV, and returns how many texts are in it.
	ExportCanned(ctx context.Context, site string, w io.Writer) (int, error)
}

// uploadTime is how long a file may take to arrive. Other requests have the server's time-out, which is for small bodies.
const uploadTime = 5 * time.Minute

// exportTerms serves GET /agent/v1/sites/{key}/terms.csv.
func (e *Edge) exportTerms(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	attach(w, "text/csv; charset=utf-8", site.Key+"-terms.csv")
	_, err := e.files.ExportTerms(r.Context(), site.Key, w)
	return err
}

// importTerms serves POST /agent/v1/sites/{key}/terms.csv: the terms of the file join those that are there.
func (e *Edge) importTerms(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	if err := isCSV(r); err != nil {
		return err
	}
	return e.take(w, r, func(body io.Reader) (chat.Imported, error) { return e.files.ImportTerms(r.Context(), site.Key, body) })
}

// isCSV refuses a body that is said to be something else. The second type is what browsers on Windows take a CSV for.
func isCSV(r *http.Request) error { return web.CheckType(r, "text/csv", "application/vnd.ms-excel") }

// exportMemory serves GET /agent/v1/sites/{key}/memory.tmx. If the database goes away in the middle the file ends there: it is not well-formed then, and
// nobody takes it for whole.
func (e *Edge) exportMemory(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	attach(w, "application/x-tmx+xml", site.Key+"-memory.tmx")
	_, err := e.files.ExportMemory(r.Context(), site.Key, site.Language, w)
	return err
}

// importMemory serves POST /agent/v1/sites/{key}/memory.tmx?both=: the entries of the file join those that are there.
func (e *Edge) importMemory(w http.ResponseWriter, r *http.Request, _ chat.Agent, site chat.Site) error {
	q, err := queryOf(r, "both")
	if err != nil {
		return err
	}
	both := q.Get("both")
	if both != "" && both != "true" && both != "false" {
		return chat.Errorf(chat.BadRequest, "both is true (each unit is remembered in both directions) or false.")
	}
	if err := web.CheckType(r, "application/x-tmx+xml", "application/xml", "text/xml", "application/octet-stream"); err != nil {
		return err
	}
	return e.take(w, r, func(body io.Reader) (chat.Imported, error) {
		return e.files.ImportMemory(r.Context(), site.Key, body, both == "true")
	})
}

// take reads a file and answers what became of it.
func (e *Edge) take(w http.ResponseWriter, r *http.Request, read func(io.Reader) (chat.Imported, error)) error {
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(uploadTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	body := &upload{body: r.Body}
	imported, err := read(body)
	if body.broken != nil {
		return chat.Errorf(chat.BadRequest, "The file ended early, or took longer than %s: send it again.", uploadTime).Because(chat.Refused{Reason: chat.RefusedCut})
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, imported)
}

// upload remembers whether reading a body has failed: that is not the file's fault, whatever its reader makes of it.
type upload struct {
	body   io.Reader
	broken error
}

func (u *upload) Read(b []byte) (int, error) {
	n, err := u.body.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		u.broken = err
	}
	return n, err
}

// attach says what the answer is, and under which name it is kept.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}
