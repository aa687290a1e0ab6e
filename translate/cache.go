package translate

import (
	"strings"
	"time"

	"github.com/maypok86/otter/v2"
)

// key is that of the cache: numbers and links stand in it as marks, so all order numbers share an entry. The site is part of it: no shop
// can find out by the clock what another shop's customers write.
type key struct {
	engine, config, site, from, to, text, kinds string
	// What else the answer depends on, for engines that make use of it.
	formality, context, terms string
	quick                     bool // Caps.Quick; it follows from engine
}

func (k key) size() uint32 {
	return uint32(len(k.engine) + len(k.config) + len(k.site) + len(k.from) + len(k.to) + len(k.text) + len(k.kinds) +
		len(k.formality) + len(k.context) + len(k.terms))
}

// flight is the key of single flight.
func (k key) flight() string {
	return strings.Join([]string{k.engine, k.config, k.site, k.from, k.to, k.kinds, k.formality, k.context, k.terms, k.text}, "\x00")
}

// entryOverhead is what an entry of the cache costs beside its texts, about.
const entryOverhead = 160

// cache holds verified translations, with marks, bounded in bytes. A nil *cache holds nothing.
type cache struct {
	texts *otter.Cache[key, string]
}

func newCache(bytes int64, ttl time.Duration) *cache {
	if bytes < 0 {
		return nil
	}
	return &cache{otter.Must(&otter.Options[key, string]{
		MaximumWeight:    uint64(bytes),
		Weigher:          func(k key, v string) uint32 { return k.size() + uint32(len(v)) + entryOverhead },
		ExpiryCalculator: otter.ExpiryAccessing[key, string](ttl),
	})}
}

func (c *cache) get(k key) (string, bool) {
	if c == nil {
		return "", false
	}
	return c.texts.GetIfPresent(k)
}

func (c *cache) set(k key, text string) {
	if c != nil {
		c.texts.Set(k, text)
	}
}

func (c *cache) close() {
	if c != nil {
		c.texts.StopAllGoroutines()
	}
}
