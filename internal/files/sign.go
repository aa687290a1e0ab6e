package files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"dragoman/chat"
)

// Prefix is where files are found.
const Prefix = "/widget/v1/file/"

// An address is Prefix, the file's id, and a name that says no more than the type (image.jpg, small.png, document.pdf, text.txt), since addresses
// end up in logs and histories; then the day on which it ends, and a signature over all of that with the installation's key. Days begin at
// midnight UTC and an address ends with the day after the one on which it was made: so it is good for one to two days, and all that is made of one file on one day is the same,
// which a browser has in its cache. Whoever has it can read the file: it is as good as the message that it stands in.
type signer struct {
	key []byte
	now func() time.Time
}

const day = 24 * time.Hour

// signatureBytes is how much of the HMAC is used: nobody guesses 144 bits.
const signatureBytes = 18

// sign fills in URL, and Thumb if there is a small picture.
func (s signer) sign(a *chat.Attachment) {
	ends := strconv.FormatInt(s.now().Unix()/int64(day/time.Second)+2, 10)
	a.URL = s.address(a.ID, fullName(a.Type), ends)
	if a.Thumb != "" {
		a.Thumb = s.address(a.ID, smallName(a.Thumb), ends)
	}
}

func (s signer) address(id, name, ends string) string {
	return Prefix + id + "/" + name + "?e=" + ends + "&s=" + s.signature(id, name, ends)
}

func (s signer) signature(id, name, ends string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(id + "/" + name + "?" + ends))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:signatureBytes])
}

// check returns until when an address is good. Only what was signed can be found to have ended.
func (s signer) check(id, name, ends, signature string) (chat.Time, error) {
	if !hmac.Equal([]byte(signature), []byte(s.signature(id, name, ends))) {
		return 0, chat.Errorf(chat.NotFound, "There is no such file.")
	}
	days, err := strconv.ParseInt(ends, 10, 32)
	if err != nil {
		return 0, chat.Errorf(chat.NotFound, "There is no such file.")
	}
	until := time.Unix(days*int64(day/time.Second), 0)
	if !s.now().Before(until) {
		return 0, errEnded()
	}
	return chat.TimeOf(until), nil
}

func errEnded() error {
	return chat.Errorf(chat.Gone, "This address has ended. Open the conversation again and take the file from there.")
}

// smallStem begins the names of small pictures in addresses.
const smallStem = "small."

func smallName(ending string) string { return smallStem + ending }
func isSmall(name string) bool       { return strings.HasPrefix(name, smallStem) }

// fullName is the name in an address of a file of this type.
func fullName(mediaType string) string {
	switch mediaType {
	case typePDF:
		return "document.pdf"
	case typeText:
		return "text.txt"
	}
	return "image." + endingOf(mediaType)
}
