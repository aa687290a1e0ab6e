package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"dragoman/internal/browsertest"
	"dragoman/internal/client"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// codeNow is the code that an authenticator app shows for a secret.
func codeNow(t *testing.T, secret string) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatalf("the secret %q: %v", secret, err)
	}
	mac := hmac.New(sha1.New, key)
	_ = binary.Write(mac, binary.BigEndian, time.Now().Unix()/30)
	sum := mac.Sum(nil)
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[sum[len(sum)-1]&15:])&0x7fffffff%1_000_000)
}

// TestStoryOfAProfile: an agent switches on the second step of her login by keys, which signs her out elsewhere, signs in with it, and signs out another browser.
func TestStoryOfAProfile(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--demo")
	server := s.under("chat")
	browser := browsertest.Start(t, "en-US,en")
	console := browser.Tab(browsertest.Desktop)
	console.Open(server + "/agent/")
	password := demoPassword(t, s, "emma@demo.localhost")
	login(t, console, s, "emma@demo.localhost")
	if _, err := client.Login(t.Context(), s.Public, "emma@demo.localhost", password); err != nil {
		t.Fatal(err)
	}

	// By the palette; the address is its own.
	console.Press("k", chromedp.ModifierCtrl)
	console.Wait("document.querySelector('dialog.palette[open]')")
	console.Type("profile")
	console.Press(kb.Enter)
	console.WaitText("Where you are signed in")
	console.WaitText("This browser")
	console.WaitText("Chrome, Linux")
	console.Wait("location.pathname === '/agent/profile' && document.querySelectorAll('.profile-sessions li').length === 2")
	console.Axe("the profile")

	// A wrong password stands at its field, and that has the focus.
	console.Do("document.querySelector('#old').focus()")
	console.Type("wrong horse battery")
	console.Press(kb.Tab)
	console.Type("short")
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#old-error') && document.activeElement.id === 'old'")
	console.Type(password)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#new-error')?.textContent.includes('12 to 128') && document.activeElement.id === 'new'")

	console.Do("[...document.querySelectorAll('.profile button')].find(b => b.textContent === 'Set up').click()")
	console.Wait("document.querySelector('.profile-code svg path')?.getAttribute('d').length > 1000")
	secret := browsertest.Eval[string](console, "document.querySelector('.profile-code code').textContent.replaceAll(' ', '')")
	console.Wait("![...document.querySelectorAll('.profile-code *')].some(e => e.ariaLabel?.includes('otpauth') || e.textContent.includes('otpauth'))")
	console.Axe("a second step is set up")
	look(console, "the second step", "console-second-step.png")
	console.Do("document.querySelector('#code').focus()")
	console.Type("000000")
	console.Press(kb.Tab)
	console.Type(password)
	console.Press(kb.Enter)
	console.Wait("document.querySelector('#code-error') && document.activeElement.id === 'code'")
	console.Type(codeNow(t, secret))
	console.Press(kb.Enter)
	console.Wait("document.querySelectorAll('.profile-recovery code').length === 10")
	recovery := browsertest.Eval[string](console, "document.querySelector('.profile-recovery code').textContent")
	console.Axe("recovery codes")
	console.Do("[...document.querySelectorAll('.profile button')].find(b => b.textContent === 'I have kept them').click()")
	console.WaitText("Recovery codes left: 10")
	// The login elsewhere had been asked for no code.
	console.Wait("document.querySelectorAll('.profile-sessions li').length === 1")

	// Another browser: the code is asked for after the password, and a recovery code is one.
	phone := browsertest.Start(t, "en-US,en").Tab(browsertest.Phone.InDark())
	phone.Open(server + "/agent/")
	phone.Click("#email")
	phone.Type("emma@demo.localhost")
	phone.Click("#password")
	phone.Type(password)
	phone.Press(kb.Enter)
	phone.Wait("document.activeElement.id === 'code' && !document.querySelector('#code-error')")
	phone.Axe("the code is asked for")
	look(phone, "the code is asked for", "console-code.png")
	phone.Type("123456")
	phone.Press(kb.Enter)
	phone.Wait("document.querySelector('#code-error')")
	phone.Type(strings.ToUpper(recovery))
	phone.Press(kb.Enter)
	phone.Wait("document.querySelector('.app')")
	phone.Open(server + "/agent/profile")
	phone.WaitText("Recovery codes left: 9")
	phone.Wait("document.querySelectorAll('.profile-sessions li').length === 2")
	phone.Fits("the profile on a phone")
	look(phone, "the profile on a phone", "console-profile-phone.png")

	// Signed out from here, the other console sees the login.
	phone.Do("document.querySelector('.profile-sessions button').click()")
	phone.Wait("document.querySelectorAll('.profile-sessions li').length === 1")
	console.Wait("document.querySelector('.login')")
}
