package widget_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
	"dragoman/internal/edgetest"
	"dragoman/widget"
)

// signed asks for a session with a signed identity, and a token if it is not empty.
func signed(t *testing.T, s *edgetest.Server, identity, token string) answer {
	t.Helper()
	b, err := json.Marshal(chat.SessionRequest{Site: "shop", Identity: identity, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, s, "-", string(b))
}

// Every identity that is not good is refused in words that say what to do, and nobody begins as a stranger instead. What would help to guess the secret, or
// tells whom the site knows, is not said.
func TestBadIdentities(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	hs256 := map[string]any{"alg": "HS256", "typ": "JWT"}
	good := edgetest.SignFor(t, nil)
	parts := strings.Split(good, ".")
	now := time.Now()
	claim := func(change map[string]any) string { return edgetest.SignFor(t, change) }
	header := func(header any) string { return edgetest.Sign(t, edgetest.ShopSecret, header, edgetest.Claims(nil)) }
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	// RS256 with a key of the caller's, and HS256 under a header that says RS256: the same refusal, before any signature is looked at.
	asymmetric := strings.Split(header(map[string]any{"alg": "RS256", "jwk": map[string]any{"n": "x"}}), ".")
	digest := sha256.Sum256([]byte(asymmetric[0] + "." + asymmetric[1]))
	rsaSignature, err := rsa.SignPKCS1v15(rand.Reader, key, 5, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	many := map[string]any{}
	for n := range chat.MaxAttributes + 1 {
		many[fmt.Sprint("n", n)] = n
	}
	for name, c := range map[string]struct{ token, says string }{
		"nothing of it":                {"x", "three parts"},
		"two parts":                    {parts[0] + "." + parts[1], "three parts"},
		"four parts":                   {good + ".x", "three parts"},
		"alg none":                     {strings.Join(strings.Split(header(map[string]any{"alg": "none"}), ".")[:2], ".") + ".", "HS256"},
		"alg None, signed":             {header(map[string]any{"alg": "None"}), "HS256"},
		"alg missing":                  {header(map[string]any{"typ": "JWT"}), "HS256"},
		"alg is a list":                {header(map[string]any{"alg": []string{"HS256"}}), "HS256"},
		"alg hs256":                    {header(map[string]any{"alg": "hs256"}), "HS256"},
		"alg HS512":                    {header(map[string]any{"alg": "HS512"}), "HS256"},
		"alg RS256, signed with ours":  {strings.Join(asymmetric, "."), "HS256"},
		"alg RS256":                    {asymmetric[0] + "." + asymmetric[1] + "." + base64.RawURLEncoding.EncodeToString(rsaSignature), "HS256"},
		"alg twice":                    {header([]byte(`{"alg":"none","alg":"HS256"}`)), "header cannot be read"},
		"header is no object":          {header([]byte(`"HS256"`)), "header cannot be read"},
		"header with something behind": {header([]byte(`{"alg":"HS256"}{}`)), "header cannot be read"},
		"header is not base64url":      {"e+y." + parts[1] + "." + parts[2], "header cannot be read"},
		"huge header":                  {header(map[string]any{"alg": "HS256", "x": strings.Repeat("x", 2<<10)}), "2048 bytes"},
		"crit":                         {header(map[string]any{"alg": "HS256", "crit": []string{"b64"}, "b64": false}), "crit"},
		"huge":                         {claim(map[string]any{"x": strings.Repeat("x", 16<<10)}), "16384 bytes"},
		"another secret":               {edgetest.Sign(t, strings.Repeat("x", 64), hs256, edgetest.Claims(nil)), "site show shop"},
		"no secret":                    {edgetest.Sign(t, "", hs256, edgetest.Claims(nil)), "site show shop"},
		"the other site's secret":      {edgetest.Sign(t, edgetest.OtherSecret, hs256, edgetest.Claims(nil)), "site show shop"},
		"no signature":                 {parts[0] + "." + parts[1] + ".", "site show shop"},
		"signature cut short":          {good[:len(good)-4], "signature"},
		"signature with padding":       {good + "=", "base64url"},
		"signature with a line break":  {good[:len(good)-2] + "\n" + good[len(good)-2:], "three parts"},
		"other claims, same signature": {parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"admin"}`)) + "." + parts[2], "site show shop"},
		"claims are no object":         {edgetest.Sign(t, edgetest.ShopSecret, hs256, []byte(`[]`)), "claims cannot be read"},
		"claims with a name twice":     {edgetest.Sign(t, edgetest.ShopSecret, hs256, []byte(`{"sub":"a","sub":"b"}`)), "claims cannot be read"},
		"claims are not UTF-8":         {edgetest.Sign(t, edgetest.ShopSecret, hs256, []byte("{\"sub\":\"\xff\"}")), "claims cannot be read"},
		"no sub":                       {claim(map[string]any{"sub": nil}), "sub is missing"},
		"Sub instead of sub":           {claim(map[string]any{"sub": nil, "Sub": "c-1"}), "sub is missing"},
		"empty sub":                    {claim(map[string]any{"sub": ""}), "sub is missing"},
		"sub is a number":              {claim(map[string]any{"sub": 7}), "sub, name, email and locale are texts"},
		"long sub":                     {claim(map[string]any{"sub": strings.Repeat("x", chat.MaxSubject+1)}), "255 bytes"},
		"sub with a zero":              {claim(map[string]any{"sub": "a\x00b"}), "zero"},
		"no aud":                       {claim(map[string]any{"aud": nil}), `aud must be the key of the site, "shop"`},
		"the other site's aud":         {claim(map[string]any{"aud": "other"}), `"shop"`},
		"two audiences":                {claim(map[string]any{"aud": []string{"shop", "other"}}), `"shop"`},
		"no exp":                       {claim(map[string]any{"exp": nil}), "exp is missing"},
		"exp is null":                  {edgetest.Sign(t, edgetest.ShopSecret, hs256, []byte(`{"sub":"a","aud":"shop","exp":null}`)), "exp is missing"},
		"exp is a text":                {claim(map[string]any{"exp": "soon"}), "exp, nbf and iat numbers"},
		"ended":                        {claim(map[string]any{"exp": now.Add(-2 * chat.IdentityLeeway).Unix()}), "has ended"},
		"ended long ago":               {claim(map[string]any{"exp": -1e300}), "has ended"},
		"too far ahead":                {claim(map[string]any{"exp": now.Add(2 * time.Hour).Unix()}), "more than an hour ahead"},
		"exp in milliseconds":          {claim(map[string]any{"exp": now.UnixMilli()}), "not in milliseconds"},
		"not yet":                      {claim(map[string]any{"nbf": now.Add(2 * chat.IdentityLeeway).Unix()}), "nbf lies in the future"},
		"made in the future":           {claim(map[string]any{"iat": now.Add(2 * chat.IdentityLeeway).Unix()}), "iat lies in the future"},
		"email is none":                {claim(map[string]any{"email": "ana"}), "email is no mail address"},
		"locale is none":               {claim(map[string]any{"locale": "Spanish, please"}), "locale is no language"},
		"an attribute is an object":    {claim(map[string]any{"cart": map[string]any{}}), `"cart" is a list or an object`},
		"a long attribute":             {claim(map[string]any{"x": strings.Repeat("x", chat.MaxAttributeValue+1)}), "500 characters"},
		"a long name of an attribute":  {claim(map[string]any{strings.Repeat("x", chat.MaxAttributeName+1): 1}), "64 characters"},
		"too many attributes":          {claim(many), "50 attributes"},
		"more than all attributes may be": {claim(map[string]any{"a": strings.Repeat("ж", 500), "b": strings.Repeat("ж", 500), "c": strings.Repeat("ж", 500), "d": strings.Repeat("ж", 500), "e": strings.Repeat("ж", 500),
			"f": strings.Repeat("ж", 500), "g": strings.Repeat("ж", 500), "h": strings.Repeat("ж", 500), "i": strings.Repeat("ж", 500)}), "8192 bytes"},
	} {
		a := signed(t, s, c.token, "")
		if a.status != 401 || a.Code != chat.BadIdentity || !strings.Contains(a.Detail, c.says) || a.Token != "" {
			t.Errorf("%s: %d %s %q, want 401 identity and %q", name, a.status, a.Code, a.Detail, c.says)
		}
		if strings.Contains(a.Detail, edgetest.ShopSecret) {
			t.Errorf("%s: the secret is in the answer", name)
		}
	}
	if s.Log.Has(good) || s.Log.Has(edgetest.ShopSecret) {
		t.Error("an identity or the secret is in the log")
	}
	// A site without a secret, or with one that is no secret, knows nobody.
	for _, secret := range []string{"", "short"} {
		site, err := s.Store.Site(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		site.IdentitySecret = secret
		if _, _, err := widget.Verify(edgetest.Sign(t, secret, hs256, edgetest.Claims(nil)), &site, now); chat.CodeOf(err) != chat.BadIdentity {
			t.Errorf("the secret %q: %v", secret, err)
		}
	}
}

func TestGoodIdentities(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	site := chat.Site{Key: "shop", IdentitySecret: edgetest.ShopSecret, OldIdentitySecret: edgetest.OtherSecret}
	verify := func(secret string, change map[string]any) (string, chat.Profile, error) {
		claims := map[string]any{"exp": now.Add(time.Hour).Unix()}
		maps.Copy(claims, change)
		return widget.Verify(edgetest.Sign(t, secret, map[string]any{"alg": "HS256", "kid": "2"}, edgetest.Claims(claims)), &site, now)
	}
	sub, p, err := verify(edgetest.ShopSecret, map[string]any{"sub": "c-7", "aud": []string{"shop"}, "name": " Ana\n García ", "email": "ana@example.com", "locale": "es_MX", "iss": "shop", "jti": "1", "iat": now.Unix(), "nbf": now.Unix(),
		"orders": json.Number("12345678901234567890"), "vip": true, "plan": "gold", "none": nil, "empty": "", "Sub": "other"})
	want := map[string]string{"orders": "12345678901234567890", "vip": "true", "plan": "gold", "Sub": "other"}
	if err != nil || sub != "c-7" || p.Name != "Ana García" || p.Email != "ana@example.com" || p.Locale.String() != "es-MX" || !maps.Equal(p.Attributes, want) {
		t.Fatalf("%q %+v %v", sub, p, err)
	}
	for name, change := range map[string]map[string]any{
		"a clock that is behind": {"exp": now.Add(-chat.IdentityLeeway + time.Second).Unix()},
		"one that is before":     {"iat": now.Add(chat.IdentityLeeway).Unix(), "nbf": now.Add(chat.IdentityLeeway).Unix(), "exp": now.Add(chat.IdentityLife + chat.IdentityLeeway).Unix()},
		"a fraction of a second": {"exp": float64(now.Unix()) + 12.75},
	} {
		for _, secret := range []string{edgetest.ShopSecret, edgetest.OtherSecret} { // during a rotation both are good
			if _, _, err := verify(secret, change); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	site.OldIdentitySecret = ""
	if _, _, err := verify(edgetest.OtherSecret, nil); chat.CodeOf(err) != chat.BadIdentity {
		t.Errorf("a secret that was dropped: %v", err)
	}
	if _, _, err := verify(edgetest.ShopSecret, map[string]any{"exp": now.Add(-chat.IdentityLeeway).Unix()}); chat.CodeOf(err) != chat.BadIdentity {
		t.Errorf("at the end of the leeway: %v", err)
	}
}

// The way of a shopper who signs in: his line, the agent's list, the sockets.
func TestSigningIn(t *testing.T) {
	s := edgetest.Start(t, edgetest.Options{})
	first := s.Visitor("shop", "es")
	tab := s.Join(first.Token)
	id := s.Say(tab, "", "hola").Conversation
	emma := s.Sit(s.Login(edgetest.Dora))
	rows := inboxOf(t, emma)
	if v := rows()[id].Visitor; v.Verified {
		t.Fatalf("verified before anybody has signed: %+v", v)
	}
	identity := edgetest.SignFor(t, map[string]any{"name": "Ana García", "email": "ana@example.com", "plan": "gold"})
	a := signed(t, s, identity, first.Token)
	if a.status != 200 || a.Token == first.Token || a.Visitor.ID != first.Visitor.ID || !a.Visitor.Verified || len(a.Conversations) != 1 || a.Visitor.Email != "" || len(a.Visitor.Attributes) != 0 {
		t.Fatalf("%d %s %+v", a.status, a.Detail, a.SessionOK)
	}
	if code := s.Ended(tab); code != 4002 {
		t.Errorf("the old token's socket ended with %d", code)
	}
	if code := hello(t, s, s.URL, first.Token); code != 4401 {
		t.Errorf("the old token says hello: %d", code)
	}
	edgetest.Until(t, "the list shows who it is", func() bool {
		v := rows()[id].Visitor
		return v.Verified && v.Name == "Ana García" && v.Email == "ana@example.com" && v.Attributes["plan"] == "gold" && slices.Equal(v.Signed, []string{"plan"})
	})

	// Another browser: a stranger writes, then signs in as the same person. Both tabs of the person follow what came along.
	phone := s.Visitor("shop", "es")
	there := s.Join(phone.Token)
	tab = s.Join(a.Token)
	moved := s.Say(there, "", "desde el teléfono").Conversation
	b := signed(t, s, identity, phone.Token)
	if b.status != 200 || b.Visitor.ID != a.Visitor.ID || b.Was != phone.Visitor.ID || len(b.Conversations) != 2 {
		t.Fatalf("%d %s %+v", b.status, b.Detail, b.SessionOK)
	}
	if code := s.Ended(there); code != 4002 {
		t.Errorf("the phone's socket ended with %d", code)
	}
	edgetest.Until(t, "the list shows whose conversation it is", func() bool {
		all := rows()
		return all[moved].Visitor.ID == a.Visitor.ID && all[id].State == chat.StateResolved
	})
	var history chat.HistoryOK
	if err := tab.Call(t.Context(), chat.CallHistory, chat.History{Conversation: moved}, &history); err != nil || len(history.Messages) != 1 || history.Messages[0].Author.ID != a.Visitor.ID {
		t.Errorf("the person's other tab reads %+v, %v", history.Messages, err)
	}
	if ok := s.Say(s.Join(b.Token), "", "y otra"); ok.Conversation != moved {
		t.Error("the next line goes elsewhere")
	}
}

// inboxOf follows an agent's list and returns it as it is.
func inboxOf(t *testing.T, c *client.Conn) func() map[string]chat.Conversation {
	t.Helper()
	var page chat.InboxOK
	if err := c.Call(t.Context(), chat.CallInbox, chat.Inbox{}, &page); err != nil {
		t.Fatal(err)
	}
	all := map[string]chat.Conversation{}
	return func() map[string]chat.Conversation {
		if err := c.Call(t.Context(), chat.CallInbox, chat.Inbox{}, &page); err != nil {
			t.Fatal(err)
		}
		for _, row := range page.Conversations {
			all[row.ID] = row
		}
		return all
	}
}

// FuzzIdentity: whatever comes is refused in words, and nothing is good that nobody has signed.
func FuzzIdentity(f *testing.F) {
	site := chat.Site{Key: "shop", IdentitySecret: edgetest.ShopSecret}
	good := edgetest.SignFor(f, nil)
	for _, seed := range []string{good, "", "..", strings.ToUpper(good), edgetest.Sign(f, edgetest.ShopSecret, []byte(`{"alg":"HS256"}`), []byte(`{"sub":"a","exp":1e999}`))} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		_, _, err := widget.Verify(token, &site, time.Now())
		if token != good && chat.CodeOf(err) != chat.BadIdentity {
			t.Errorf("%q: %v", token, err)
		}
		// As if it had been signed: the claims themselves must not trouble anybody.
		if header, claims, ok := strings.Cut(token, "."); ok {
			_, _, err = widget.Verify(edgetest.Sign(t, edgetest.ShopSecret, []byte(header), []byte(claims)), &site, time.Now())
			if code := chat.CodeOf(err); code != "" && code != chat.BadIdentity {
				t.Errorf("%q: %v", token, err)
			}
		}
	})
}

// A signature makes nobody exempt: who brings no token counts as a newcomer of his address, and who brings one does not.
func TestSignedNewcomersAreLimited(t *testing.T) {
	l := widget.DefaultLimits()
	l.VisitorsPerMinute, l.VisitorsBurst = 1, 1
	s := edgetest.Start(t, edgetest.Options{Widget: &l})
	first := signed(t, s, edgetest.SignFor(t, nil), "")
	if first.status != 200 {
		t.Fatalf("%d %+v", first.status, first.Problem)
	}
	if a := signed(t, s, edgetest.SignFor(t, map[string]any{"sub": "c-2"}), ""); a.status != 429 || a.RetryAfterS == 0 {
		t.Errorf("a second one: %d %+v, want 429", a.status, a.Problem)
	}
	if a := signed(t, s, edgetest.SignFor(t, nil), first.Token); a.status != 200 {
		t.Errorf("the first one again: %d %+v", a.status, a.Problem)
	}
}
