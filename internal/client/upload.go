package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"

	"dragoman/chat"
)

// Upload sends a visitor's file up, under a name of his. Attach what comes back to a line by its ID.
func Upload(ctx context.Context, server, origin, token, name string, content io.Reader) (chat.Attachment, error) {
	return upload(ctx, server+"/widget/v1/upload", origin, "", "token", token, name, content)
}

// AgentUpload sends an agent's file up, for a line of this conversation. cookie is what Login returned.
func AgentUpload(ctx context.Context, server, cookie, conversation, name string, content io.Reader) (chat.Attachment, error) {
	return upload(ctx, server+"/agent/v1/upload", server, cookie, "conversation", conversation, name, content)
}

// upload sends a field and a file, as it comes.
func upload(ctx context.Context, url, origin, cookie, field, value, name string, content io.Reader) (chat.Attachment, error) {
	var head, tail bytes.Buffer
	form := multipart.NewWriter(&head)
	if err := form.WriteField(field, value); err != nil {
		return chat.Attachment{}, err
	}
	if _, err := form.CreateFormFile("file", name); err != nil {
		return chat.Attachment{}, err
	}
	tail.WriteString("\r\n--" + form.Boundary() + "--\r\n")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, io.MultiReader(&head, content, &tail))
	if err != nil {
		return chat.Attachment{}, err
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	resp, err := do(r)
	if err != nil {
		return chat.Attachment{}, err
	}
	defer resp.Body.Close()
	var ok chat.UploadOK
	err = json.NewDecoder(resp.Body).Decode(&ok)
	return ok.Attachment, err
}
