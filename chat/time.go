package chat

import (
	"fmt"
	"time"
)

// Time is a moment in milliseconds since 1970 UTC: what databases store, and RFC 3339 in UTC with
// exactly three decimals on the wire. The zero Time means "not set" and is left out where a field says omitempty.
type Time int64

const wireTime = "2006-01-02T15:04:05.000Z"

// TimeOf returns t cut to milliseconds.
func TimeOf(t time.Time) Time { return Time(t.UnixMilli()) }

// Time returns t as a time.Time in UTC.
func (t Time) Time() time.Time { return time.UnixMilli(int64(t)).UTC() }

// String returns t as it looks on the wire.
func (t Time) String() string { return t.Time().Format(wireTime) }

// MarshalJSON writes t as a string of RFC 3339 with milliseconds.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.append(make([]byte, 0, len(wireTime)+2)), nil
}

func (t Time) append(b []byte) []byte {
	return append(t.Time().AppendFormat(append(b, '"'), wireTime), '"')
}

// UnmarshalJSON accepts any RFC 3339 time.
func (t *Time) UnmarshalJSON(b []byte) error {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return fmt.Errorf("cannot read time: want a string of RFC 3339")
	}
	v, err := time.Parse(time.RFC3339Nano, string(b[1:len(b)-1]))
	if err != nil {
		return fmt.Errorf("cannot read time: %w", err)
	}
	*t = TimeOf(v)
	return nil
}
