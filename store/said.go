package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"maps"
	"reflect"

	"dragoman/chat"
)

const visitorByID = `SELECT` + visitorColumns + `FROM visitors v WHERE v.id = $1 AND v.merged_into = '' {lock}`

// Hear remembers what a page says of its visitor, and returns him, and those of his conversations whose rows show it: none if nothing has changed.
// Of somebody who is verified only his shop says name and address.
func (s *Store) Hear(ctx context.Context, visitor string, said chat.Hearsay) (chat.Visitor, []chat.Touched, error) {
	type result struct {
		chat.Visitor
		touched []chat.Touched
	}
	r, err := write(ctx, s, func(t tx) (r result, err error) {
		var v visitorScan
		err = t.row(visitorByID, visitor).Scan(v.fields()...)
		if errors.Is(err, sql.ErrNoRows) {
			return r, missing(t, visitor, chat.Errorf(chat.NotFound, "There is no such visitor."))
		}
		if err != nil {
			return r, err
		}
		h := &holder{Visitor: v.visitor(s), said: v.said(s)}
		before := h.Visitor
		signed := signedOf(&h.Visitor)
		if err := h.hear(said, signed); err != nil {
			return r, err
		}
		if r.Visitor = h.Visitor; reflect.DeepEqual(before, h.Visitor) {
			return r, nil
		}
		if err := s.describe(t, h, signed); err != nil {
			return r, err
		}
		r.touched, err = touched(t, visitor)
		return r, err
	})
	return r.Visitor, r.touched, err
}

// signedOf returns the attributes that the shop has signed.
func signedOf(v *chat.Visitor) map[string]string {
	signed := make(map[string]string, len(v.Signed))
	for _, name := range v.Signed {
		signed[name] = v.Attributes[name]
	}
	return signed
}

// hear changes what is known of a visitor by what his page says.
func (h *holder) hear(said chat.Hearsay, signed map[string]string) error {
	if !h.Verified && said.Name != nil {
		h.Name = cmp.Or(*said.Name, neutralName(h.ID))
	}
	if !h.Verified && said.Email != nil {
		h.Email = *said.Email
	}
	if said.Page != nil {
		h.Page = said.Page
	}
	if said.Cart != nil {
		if h.Cart = said.Cart; len(said.Cart.Items) == 0 {
			h.Cart = nil
		}
	}
	h.TimeZone = cmp.Or(said.TimeZone, h.TimeZone)
	next, err := said.Apply(h.said)
	if err != nil {
		return err
	}
	if !maps.Equal(next, h.said) {
		h.said = next
		h.SetAttributes(next, signed)
	}
	return nil
}
