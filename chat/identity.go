package chat

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Limits of what is known of a visitor. Characters are code points.
const (
	// MaxSubject is the longest sub of a signed identity, in bytes.
	MaxSubject = 255
	// MaxEmail is the longest mail address, in bytes (RFC 5321).
	MaxEmail = 254
	// MaxAttributes is how many attributes a visitor has at most, MaxAttributeName and MaxAttributeValue how long they are in characters, and
	// MaxAttributesBytes what all of them together hold.
	MaxAttributes      = 50
	MaxAttributeName   = 64
	MaxAttributeValue  = 500
	MaxAttributesBytes = 8 << 10
	// MaxPageURL, in bytes, and MaxPageTitle, in characters, bound what is kept of the page that a visitor is on.
	MaxPageURL   = 2000
	MaxPageTitle = 200
	// MaxCartItems is how many things are kept of a basket, MaxItemName how long their names are in characters, and MaxCartBytes what all of the names
	// together hold.
	MaxCartItems = 50
	MaxItemName  = 200
	MaxCartBytes = 16 << 10
	// MaxQuantity and MaxAmount bound the numbers in a basket. MaxAmount is in the currency's main unit; a float64 still tells its hundredths apart.
	MaxQuantity = 1_000_000
	MaxAmount   = 1_000_000_000_000
	// VisitorTokens is how many tokens one person has at most, one for each browser; the one that was not used for longest goes.
	VisitorTokens = 50
)

// Item is one line of a basket.
type Item struct {
	Name string `json:"name"`
	// Quantity is at least 1; left out: 1.
	Quantity int `json:"quantity,omitempty"`
	// Price is that of one, in the currency's main unit.
	Price float64 `json:"price,omitempty"`
}

// Cart is a visitor's basket as the shop's page says it.
type Cart struct {
	// Items is never null; none means that the basket is empty.
	Items []Item `json:"items"`
	// Currency is a code of ISO 4217, such as EUR; Total is in its main unit.
	Currency string  `json:"currency,omitempty"`
	Total    float64 `json:"total,omitempty"`
}

// Check cleans a basket and holds it against the limits.
func (c *Cart) Check() error {
	if len(c.Items) > MaxCartItems {
		return Errorf(TooLong, "A basket has at most %d items here.", MaxCartItems)
	}
	if c.Currency != "" && !isCurrency(c.Currency) {
		return Errorf(BadRequest, "The currency %q is none: use a code of three capital letters, such as EUR.", c.Currency)
	}
	if c.Total < 0 || c.Total > MaxAmount {
		return Errorf(BadRequest, "The total of a basket is a number from 0 to %d.", MaxAmount)
	}
	if c.Items == nil {
		c.Items = []Item{}
	}
	bytes := 0
	for i := range c.Items {
		if err := c.Items[i].check(); err != nil {
			return err
		}
		bytes += len(c.Items[i].Name)
	}
	if bytes > MaxCartBytes {
		return Errorf(TooLong, "The names in a basket hold at most %d bytes together: shorten them, or leave items out.", MaxCartBytes)
	}
	return nil
}

func (i *Item) check() error {
	i.Name = oneLine(i.Name)
	switch {
	case i.Name == "":
		return Errorf(BadRequest, "Each item of a basket needs a name.")
	case utf8.RuneCountInString(i.Name) > MaxItemName:
		return Errorf(TooLong, "The name of an item has at most %d characters.", MaxItemName)
	case i.Quantity < 0 || i.Quantity > MaxQuantity:
		return Errorf(BadRequest, "The quantity of an item is a whole number from 1 to %d.", MaxQuantity)
	case i.Price < 0 || i.Price > MaxAmount:
		return Errorf(BadRequest, "The price of an item is a number from 0 to %d.", MaxAmount)
	}
	return nil
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// CheckAttributes cleans attributes and holds them against the limits. A name or value that is empty after that takes no room: it goes.
func CheckAttributes(all map[string]string) (map[string]string, error) {
	clean, bytes := make(map[string]string, len(all)), 0
	for name, value := range all {
		name, value = oneLine(name), CleanText(value)
		if name == "" || value == "" {
			continue
		}
		if utf8.RuneCountInString(name) > MaxAttributeName {
			return nil, Errorf(TooLong, "The name of an attribute has at most %d characters.", MaxAttributeName)
		}
		if utf8.RuneCountInString(value) > MaxAttributeValue {
			return nil, Errorf(TooLong, "The attribute %q has more than %d characters.", name, MaxAttributeValue)
		}
		clean[name] = value
		bytes += len(name) + len(value)
	}
	if len(clean) > MaxAttributes {
		return nil, Errorf(TooLong, "A visitor has at most %d attributes.", MaxAttributes)
	}
	if bytes > MaxAttributesBytes {
		return nil, Errorf(TooLong, "The attributes of a visitor hold at most %d bytes together.", MaxAttributesBytes)
	}
	return clean, nil
}

// CleanEmail returns a mail address as it is kept: nothing if it can be none. Whether mail arrives there nobody has tried.
func CleanEmail(s string) string {
	s = oneLine(s)
	at := strings.LastIndexByte(s, '@')
	if len(s) > MaxEmail || at <= 0 || at == len(s)-1 || strings.ContainsAny(s, " \"<>(),:;[]\\") {
		return ""
	}
	return s
}

// Hearsay is what a page says of the visitor who looks at it, unsigned. What is nil stays as it was.
type Hearsay struct {
	// Name and Email are those of somebody who is not verified; of one who is they change nothing. Empty ones are taken back.
	Name, Email *string
	// Attributes change those that they name; an empty value takes one away.
	Attributes map[string]string
	Cart       *Cart
	Page       *Page
	// TimeZone is empty if nobody says it.
	TimeZone string
}

// Profile is what is said of a visitor by whoever has signed for him.
type Profile struct {
	Name, Email string
	// Locale is und if it is not said.
	Locale     language.Tag
	Attributes map[string]string
}

// Apply changes attributes as a page says. The result is checked as a whole.
func (s Hearsay) Apply(attributes map[string]string) (map[string]string, error) {
	next := make(map[string]string, len(attributes)+len(s.Attributes))
	maps.Copy(next, attributes)
	for name, value := range s.Attributes {
		next[oneLine(name)] = value
	}
	return CheckAttributes(next)
}

// Identify is somebody whom the shop has signed for, at the door.
type Identify struct {
	// Subject names the person within New.Site.
	Subject string
	Profile
	// Old is the hash of the token that he brings; nil: none.
	Old *[32]byte
	// New is what a visitor is made of who is not known yet. Its token's hash is the new token's, wherever one is needed.
	New NewVisitor
}

// Identified is who somebody turned out to be.
type Identified struct {
	Visitor Visitor
	// Kept is true if the old token is his and goes on; otherwise the new one is his.
	Kept bool
	// Was is the id of the unverified visitor who has become this one, and whose conversations are his now; empty: none.
	Was string
	// Ended is true if the old token has ended with this, Holder the id of the visitor that it was for.
	Ended  bool
	Holder string
	// Moved are the conversations that were somebody else's before; Changed are those among them and besides whose rows have changed.
	Moved   []string
	Changed []Changed
	// Touched are unresolved conversations whose visitor is another in name or facts; their own rows stayed as they were.
	Touched []Touched
}

// Touched is a conversation whose visitor has changed, which takes no rev.
type Touched struct {
	Conversation, Site string
	Head               int64
}

// EndedToken is a token that goes no further: its hash, and the visitor that it was for.
type EndedToken struct {
	Visitor string
	Hash    [32]byte
}

// IdentityLeeway is by how much the clocks of a shop and of this server may differ; IdentityLife how far ahead the end of a signed identity may lie.
const (
	IdentityLeeway = time.Minute
	IdentityLife   = time.Hour
)

// SetAttributes puts together what a page has said of a visitor and what his shop has signed, which counts for more.
func (v *Visitor) SetAttributes(said, signed map[string]string) {
	v.Attributes = make(map[string]string, len(said)+len(signed))
	maps.Copy(v.Attributes, said)
	maps.Copy(v.Attributes, signed)
	v.Signed = slices.Sorted(maps.Keys(signed))
}
