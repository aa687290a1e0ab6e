package edgetest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"testing"
	"time"
)

// Claims are those of a signed identity that is good for shop, changed by what is given; nil takes one away.
func Claims(change map[string]any) map[string]any {
	all := map[string]any{"sub": "c-1", "aud": "shop", "exp": time.Now().Add(time.Hour / 2).Unix()}
	maps.Copy(all, change)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// Sign makes a signed identity as a shop's back end does. header and claims are whatever has a JSON form, or the bytes themselves.
func Sign(tb testing.TB, secret string, header, claims any) string {
	tb.Helper()
	signed := part(tb, header) + "." + part(tb, claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// SignFor signs good claims for shop, changed by what is given.
func SignFor(tb testing.TB, change map[string]any) string {
	tb.Helper()
	return Sign(tb, ShopSecret, map[string]any{"alg": "HS256", "typ": "JWT"}, Claims(change))
}

func part(tb testing.TB, v any) string {
	tb.Helper()
	b, ok := v.([]byte)
	if !ok {
		var err error
		if b, err = json.Marshal(v); err != nil {
			tb.Fatal(err)
		}
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
