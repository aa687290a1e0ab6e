package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"dragoman/chat"
	"dragoman/internal/client"
)

// player is a shopper at work.
type player struct {
	options
	shopper
	chance *rand.Rand

	token string
	// conversation is empty until the first line; seq is that of the last line sent.
	conversation string
	seq          int64
}

// play goes through a shopper's steps. Who leaves has no socket until he comes back.
func (p *player) play(ctx context.Context) error {
	if err := p.arrive(ctx); err != nil {
		return err
	}
	for i := 0; i < len(p.steps); i++ {
		if p.steps[i].leaves > 0 {
			p.say(p.name, "leaves")
			if err := p.pause(ctx, p.steps[i].leaves); err != nil {
				return err
			}
		}
		next := i + 1
		for next < len(p.steps) && p.steps[next].leaves == 0 {
			next++
		}
		if err := p.visit(ctx, p.steps[i:next]); err != nil {
			return err
		}
		i = next - 1
	}
	return nil
}

// arrive begins a session, as the widget does when it is opened.
func (p *player) arrive(ctx context.Context) error {
	q := chat.SessionRequest{Site: p.site, Languages: p.languages, TimeZone: p.zone, Page: p.on(p.from)}
	if p.signed && p.secret != "" {
		q.Identity = p.identity()
	}
	ok, err := client.NewSession(ctx, p.server, "", q)
	p.token = ok.Token
	return err
}

// visit is the time from opening the chat to leaving it.
func (p *player) visit(ctx context.Context, steps []step) error {
	ctx, leave := context.WithCancel(ctx)
	c := client.New(client.Options{Server: p.server, Site: p.site, Token: p.token, Languages: p.languages})
	var running sync.WaitGroup
	var verdict error
	running.Go(func() { verdict = c.Run(ctx); leave() })
	err := p.introduce(ctx, c)
	for i := 0; err == nil && i < len(steps); i++ {
		err = p.take(ctx, c, steps[i])
	}
	leave()
	running.Wait()
	return errors.Join(verdict, err)
}

// introduce tells what the shop's page knows: a name, unsigned, and the basket.
func (p *player) introduce(ctx context.Context, c *client.Client) error {
	about := chat.About{Attributes: map[string]string{"order": p.order}, Cart: p.cart}
	if !p.signed || p.secret == "" {
		about.Name = &p.name
	}
	return c.Call(ctx, chat.CallAbout, about, nil)
}

// take does one step.
func (p *player) take(ctx context.Context, c *client.Client, s step) error {
	if s.answer {
		p.await(ctx, c)
	}
	if err := p.pause(ctx, s.after); err != nil {
		return err
	}
	switch {
	case s.page.path != "":
		p.say(p.name, "looks at "+s.page.title)
		return c.Call(ctx, chat.CallPage, p.on(s.page), nil)
	case s.rate > 0:
		p.say(p.name, fmt.Sprintf("gives %d of 5", s.rate))
		if err := c.Call(ctx, chat.CallState, chat.SetState{Conversation: p.conversation, State: chat.StateResolved}, nil); err != nil {
			return err
		}
		return c.Call(ctx, chat.CallRate, chat.Rate{Conversation: p.conversation, Score: s.rate}, nil)
	}
	return p.speak(ctx, c, s)
}

// speak writes a line, if need be in a tunnel: then it leaves when the tunnel ends.
func (p *player) speak(ctx context.Context, c *client.Client, s step) error {
	line := client.NewLine(p.conversation, s.said)
	if s.file != "" {
		file, err := client.Upload(ctx, p.server, "", p.token, s.file, bytes.NewReader(content(s.file)))
		if err != nil {
			return err
		}
		line.Send.Attachments = []chat.SendFile{{ID: file.ID}}
	}
	if p.conversation != "" {
		if err := c.Call(ctx, chat.CallTyping, chat.Typing{Conversation: p.conversation, On: true}, nil); err != nil {
			return err
		}
		if err := p.pause(ctx, time.Duration(len(s.said))*60*time.Millisecond); err != nil {
			return err
		}
	}
	if s.tunnel > 0 {
		p.say(p.name, "drives into a tunnel")
		c.GoOffline()
	}
	c.Send(line)
	if s.tunnel > 0 {
		if err := p.pause(ctx, s.tunnel); err != nil {
			return err
		}
		c.GoOnline()
	}
	ok, err := line.Wait(ctx)
	p.conversation, p.seq = ok.Conversation, ok.Message.Seq
	p.say(p.name, strings.TrimSpace(s.said+" "+s.file))
	return err
}

// await waits for an answer to the last line, and reads it; who has waited long enough writes on without.
func (p *player) await(ctx context.Context, c *client.Client) {
	waiting, enough := context.WithTimeout(ctx, p.patience)
	defer enough()
	answered := int64(0)
	_ = c.Wait(waiting, func() bool {
		for _, m := range c.Room(p.conversation).Messages {
			if m.Seq > p.seq && m.Author.Kind == chat.KindAgent && m.Kind == chat.MessageLine {
				answered = m.Seq
			}
		}
		return answered > 0
	})
	if answered > 0 { // a mark that is lost is made with the next one
		_ = c.Call(waiting, chat.CallRead, chat.Read{Conversation: p.conversation, Seq: answered}, nil)
	}
}

// pause lets a time go by at the pace of the play, as much as half longer or shorter.
func (p *player) pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(time.Duration(float64(d) * p.pace * (0.5 + p.chance.Float64()))):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// identity signs who the shopper is, as the shop's back end does (docs/identity.md).
func (p *player) identity() string {
	claims, err := json.Marshal(map[string]any{
		"sub": "customer-" + p.order, "aud": p.site, "exp": time.Now().Add(10 * time.Minute).Unix(), "name": p.name, "email": p.email, "plan": "gold",
	})
	if err != nil {
		panic(err) // texts and a number always have a JSON form
	}
	part := base64.RawURLEncoding.EncodeToString
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(claims)
	mac := hmac.New(sha256.New, []byte(p.secret))
	mac.Write([]byte(signed))
	return signed + "." + part(mac.Sum(nil))
}

// content is what is in a file that is sent: a picture of a cup with a crack, or a line of text.
func content(name string) []byte {
	if strings.HasSuffix(name, ".txt") {
		return []byte("Alma & Sol, Valencia\nBestellung / pedido / order: 4712\n")
	}
	const width, height = 640, 480
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for x := range width {
		for y := range height {
			shade := color.RGBA{0xe8, 0xdc, 0xc8, 0xff} // the table
			if inside := x > 180 && x < 460 && y > 120 && y < 400; inside {
				shade = color.RGBA{uint8(60 + x/8), 0x7a, 0x8c, 0xff}
				if crack := 300 + (y/17)%3*14; x > crack && x < crack+6 {
					shade = color.RGBA{0x20, 0x18, 0x14, 0xff}
				}
			}
			picture.SetRGBA(x, y, shade)
		}
	}
	var file bytes.Buffer
	_ = png.Encode(&file, picture) // a buffer takes everything
	return file.Bytes()
}
