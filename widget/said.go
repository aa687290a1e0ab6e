package widget

import (
	"context"

	"dragoman/chat"
	"dragoman/hub"
	"dragoman/internal/web"
)

// about takes what the page says of the visitor. Nothing of it is proved, so it opens nothing.
func (e *Edge) about(ctx context.Context, s *hub.Session, frame []byte) (any, error) {
	var c chat.About
	if err := web.Fields(frame, &c); err != nil {
		return nil, err
	}
	said := chat.Hearsay{Attributes: c.Attributes, Cart: c.Cart}
	if c.Name != nil {
		name := chat.CleanName(*c.Name)
		said.Name = &name
	}
	if c.Email != nil {
		email := chat.CleanEmail(*c.Email)
		if email == "" && *c.Email != "" {
			return nil, chat.Errorf(chat.BadRequest, "This is no mail address.")
		}
		said.Email = &email
	}
	if c.Cart != nil {
		if err := c.Cart.Check(); err != nil {
			return nil, err
		}
	}
	return hub.Empty{}, e.hub.Hear(ctx, s.Participant().ID, said)
}

// moved takes where the visitor is now.
func (e *Edge) moved(ctx context.Context, s *hub.Session, frame []byte) (any, error) {
	var c chat.Page
	if err := web.Fields(frame, &c); err != nil {
		return nil, err
	}
	page := cleanPage(&c)
	if page == nil {
		return nil, chat.Errorf(chat.BadRequest, "url must be the address of a page, http or https, of at most %d bytes.", chat.MaxPageURL)
	}
	return hub.Empty{}, e.hub.Hear(ctx, s.Participant().ID, chat.Hearsay{Page: page})
}
