package agent

import (
	"context"
	"io"
	"net/http"

	"dragoman/chat"
	"dragoman/internal/policy"
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
func (e *Edge) upload(w http.ResponseWriter, r *http.Request, by asker) error {
	who := by.Agent
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
	site, err := e.siteOf(r, who, id)
	if err != nil {
		return err
	}
	a, err := e.uploads.Take(r.Context(), chat.Upload{Site: site, Owner: who.ID, Kind: chat.KindAgent, Conversation: id, Name: body.Name}, body)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, chat.UploadOK{Attachment: a})
}

// siteOf returns the site of a conversation into which the agent may send a file. The conversation stands in the body, so the policy is asked about it here.
func (e *Edge) siteOf(r *http.Request, who chat.Agent, conversation string) (site string, err error) {
	at := policy.Elsewhere
	if chat.ValidKey(conversation) {
		rows, err := e.store.Conversations(r.Context(), []string{conversation})
		if err != nil {
			return "", err
		}
		if len(rows) > 0 {
			site, at = rows[0].Site, policy.OfConversation(&who, "", "", &rows[0])
		}
	}
	return site, e.policy.Ask(policy.WhoIs(&who), policy.Verb(r.Pattern), at)
}
