package chat

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Attachment is a file that came with a message, or one that was sent up and has not come with any yet.
type Attachment struct {
	ID string `json:"id"`
	// Name is what its sender called it, cleaned, with an ending that fits Type.
	Name string `json:"name"`
	// Type is the media type that was found in its bytes: image/jpeg, image/png, application/pdf or text/plain.
	Type string `json:"type"`
	// Size is in bytes.
	Size int64 `json:"size"`
	// URL is a path on this server, signed, good for at least a day. It is made when the row is sent, so a newer row has a newer one; between
	// servers it is empty.
	URL string `json:"url"`
	// Width and Height are a picture's, in pixels.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Thumb is the URL of the same picture, small: none if the picture is small itself. Between servers it is the ending of its name.
	Thumb string `json:"thumb,omitempty"`
	// Alt says what a picture shows, in its sender's words.
	Alt string `json:"alt,omitempty"`
}

// SendFile names an upload that a line brings along.
type SendFile struct {
	ID string `json:"id"`
	// Alt says what a picture shows, for who does not see it: at most MaxAlt code points.
	Alt string `json:"alt,omitempty"`
}

// UploadOK answers POST /widget/v1/upload and POST /agent/v1/upload.
type UploadOK struct {
	Attachment Attachment `json:"attachment"`
}

// UploadLimits are what may be attached, so that clients can say so before they send it.
type UploadLimits struct {
	// Bytes is the largest file; 0: any.
	Bytes int64 `json:"bytes"`
	// Files is how many one message may have; 0: any number.
	Files int `json:"files"`
	// Types are the media types that are taken.
	Types []string `json:"types"`
}

// Upload is a file on its way in.
type Upload struct {
	Site string
	// Owner is the participant who sends it: nobody else can attach it to a line.
	Owner string
	Kind  ParticipantKind
	// Conversation is the only one that it can be attached in; empty for a visitor, whose conversation may not have begun.
	Conversation string
	// Name is what the sender calls it.
	Name string
}

// StoredFile is what the database knows of a file.
type StoredFile struct {
	Attachment
	Site, Owner, Conversation string
	// Disk is its name in the folder of uploads, Bytes what it takes there, with its small picture.
	Disk  string
	Bytes int64
}

// OpenFile is a file that is being read. Whoever gets one closes Content.
type OpenFile struct {
	Name, Type string
	// Tag is another one for everything else. Ends is when the address that led here does.
	Tag     string
	Ends    Time
	Content io.ReadSeekCloser
}

// FileUse is what is taken up already, in bytes.
type FileUse struct {
	// Site is all that a site's people have sent, Owner what one of them has within a day.
	Site, Owner int64
}

// CheckFiles cleans what a line brings along, at most limit files (0 or less: any number).
func CheckFiles(files []SendFile, limit int) ([]SendFile, error) {
	if limit > 0 && len(files) > limit {
		return nil, Errorf(TooLong, "At most %d files in one message: send the others with the next one.", limit)
	}
	clean := make([]SendFile, 0, len(files))
	seen := make(map[string]bool, len(files))
	for _, f := range files {
		f.ID = strings.ToLower(f.ID)
		if !ValidKey(f.ID) || seen[f.ID] {
			return nil, Errorf(BadRequest, "attachments are a list of {\"id\"}: each of an upload, and each once.")
		}
		seen[f.ID] = true
		f.Alt = strings.Join(strings.Fields(CleanText(f.Alt)), " ")
		if utf8.RuneCountInString(f.Alt) > MaxAlt {
			return nil, Errorf(TooLong, "At most %d characters to say what a picture shows.", MaxAlt)
		}
		clean = append(clean, f)
	}
	return clean, nil
}
