package agent

import (
	"context"
	"io"
	"net/http"

	"dragoman/chat"
	"dragoman/internal/web"
)

// Uploads takes in what agents attach. What they get are the same signed addresses that visitors get.
type Uploads interface {
	// Limits are for clients.
	Limits() chat.UploadLimits
	// Take takes a file in. Errors of from that are *chat.Error are passed on as they are.
	Take(ctx context.Context, u chat.Upload, from io.Reader) (chat.Attachment, error)
}

// upload serves POST /agent/v1/upload: the conversation, then a file.
func (e *Edge) upload(w http.ResponseWriter, r *http.Request) error {
	who, _, err := e.authenticate(r.Context(), cookies(r), e.front.Secure(r))
	if err != nil {
		return err
	}
	if wait, ok := e.limit.Allow(who.ID); !ok {
		return web.TooMany(wait, "That was too fast. Please wait a moment.")
	}
	release, ok := e.uploading.Take(who.ID)
	if !ok {
		return web.TooMany(0, "Several files are on their way already. Please wait until one is there.")
	}
	defer release()
	body, err := web.ReadUpload(w, r, e.uploadTime, e.uploads.Limits().Bytes, "conversation")
	if err != nil {
		return err
	}
	id := body.Field("conversation")
	site, err := e.siteOf(r.Context(), who, id)
	if err != nil {
		return err
	}
	a, err := e.uploads.Take(r.Context(), chat.Upload{Site: site, Owner: who.ID, Kind: chat.KindAgent, Conversation: id, Name: body.Name}, body)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, chat.UploadOK{Attachment: a})
}

// siteOf returns the site of a conversation that the agent may see.
func (e *Edge) siteOf(ctx context.Context, who chat.Agent, conversation string) (string, error) {
	if !chat.ValidKey(conversation) {
		return "", noConversation()
	}
	rows, err := e.store.Conversations(ctx, []string{conversation})
	if err != nil {
		return "", err
	}
	if len(rows) == 0 || !who.Serves(rows[0].Site) {
		return "", noConversation()
	}
	return rows[0].Site, nil
}

func noConversation() error { return chat.Errorf(chat.NotFound, "There is no such conversation.") }
