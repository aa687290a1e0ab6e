package files

import (
	"io"
	"strconv"

	"dragoman/chat"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// How long files may be, in bytes.
const (
	MaxTMX = 64 << 20
	MaxCSV = 4 << 20
)

// limited reads at most left bytes, and says so when there are more.
type limited struct {
	from        io.Reader
	left, limit int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left < 0 {
		return 0, chat.Errorf(chat.TooLong, "The file is too long: it may have %d MiB. Cut it into several.", l.limit>>20).Because(chat.Refused{Reason: chat.RefusedSize, Limit: int(l.limit >> 20)})
	}
	n, err := l.from.Read(b[:min(int64(len(b)), l.left+1)])
	l.left -= int64(n)
	return n, err
}

// decoded reads a file of at most limit bytes. One in UTF-16 says so with its first bytes, and becomes UTF-8; so do some in UTF-8, which lose them.
func decoded(r io.Reader, limit int64) io.Reader {
	return transform.NewReader(&limited{r, limit, limit}, unicode.BOMOverride(transform.Nop))
}

func notUTF8() error {
	return chat.Errorf(chat.BadRequest, "The file is neither in UTF-8 nor in UTF-16: save it as UTF-8 and try again.").Because(chat.Refused{Reason: chat.RefusedEncoding})
}

// badFrom is for a file that is not what it should be from a line on.
func badFrom(line int) chat.Refused {
	return chat.Refused{Reason: chat.RefusedFormat, Value: strconv.Itoa(line)}
}
