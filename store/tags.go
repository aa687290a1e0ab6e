package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"dragoman/chat"
)

const (
	lockTags  = `SELECT c.site, c.head, c.tags FROM conversations c WHERE c.id = $1 {lock}`
	storeTags = `UPDATE conversations SET head = $2, rev = $2, tags = $3 WHERE id = $1`

	// useTag counts one use more, and answers how the tag is spelt: as whoever used it first has.
	useTag   = `INSERT INTO tags (site, key, name, uses) VALUES ($1, $2, $3, 1) ON CONFLICT (site, key) DO UPDATE SET uses = tags.uses + 1 RETURNING name, uses`
	leaveTag = `UPDATE tags SET uses = uses - 1 WHERE site = $1 AND key = $2`
	// dropTag forgets a tag that nothing has any more: the next to use it may spell it otherwise.
	dropTag  = `DELETE FROM tags WHERE site = $1 AND key = $2 AND uses <= 0`
	countTag = `SELECT COUNT(*) FROM tags WHERE site = $1`
	siteTags = `SELECT name, uses FROM tags WHERE site = $1 ORDER BY uses DESC, key`

	addTagged  = `INSERT INTO tagged (site, tag, conversation) VALUES ($1, $2, $3)`
	dropTagged = `DELETE FROM tagged WHERE site = $1 AND tag = $2 AND conversation = $3`
)

// Tags returns the tags of a site, the most used first.
func (s *Store) Tags(ctx context.Context, site string) ([]chat.TagUse, error) {
	return read(ctx, s, func(t tx) ([]chat.TagUse, error) {
		all := []chat.TagUse{}
		err := each(t, func(r scanner) error {
			var u chat.TagUse
			err := r.Scan(&u.Name, &u.Uses)
			all = append(all, u)
			return err
		}, siteTags, site)
		return all, err
	})
}

// Tag puts tags on a conversation and takes others off: see the hub's Store.
func (s *Store) Tag(ctx context.Context, conversation string, add, remove []string) (chat.Changed, error) {
	return write(ctx, s, func(t tx) (chat.Changed, error) {
		var site, column string
		changed := chat.Changed{Conversation: conversation}
		err := t.row(lockTags, conversation).Scan(&site, &changed.Head, &column)
		if errors.Is(err, sql.ErrNoRows) {
			err = noConversation()
		}
		if err != nil {
			return changed, err
		}
		changed.Site = site
		tags := &tagging{t: t, site: site, conversation: conversation, names: readColumn[[]string](s, "tags", column)}
		if did, err := tags.change(add, remove); err != nil || !did {
			return changed, err
		}
		changed.Head++
		if _, err := t.exec(storeTags, conversation, changed.Head, asJSON(tags.names)); err != nil {
			return changed, err
		}
		changed.Row, err = s.conversation(t, conversation)
		return changed, err
	})
}

// tagging is a conversation while its tags are changed.
type tagging struct {
	t                  tx
	site, conversation string
	names              []string
}

// change puts tags on and takes them off, in the order of their keys: everybody who holds several of a site's tags takes them in that order. What is in both lists goes.
func (g *tagging) change(add, remove []string) (did bool, err error) {
	type step struct {
		key, name string
		on        bool
	}
	var steps []step
	leaving := map[string]bool{}
	for _, name := range remove {
		leaving[chat.TagKey(name)] = true
		steps = append(steps, step{chat.TagKey(name), name, false})
	}
	for _, name := range add {
		if key := chat.TagKey(name); !leaving[key] {
			steps = append(steps, step{key, name, true})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return strings.Compare(a.key, b.key) })
	for _, s := range steps {
		at := slices.IndexFunc(g.names, func(n string) bool { return chat.TagKey(n) == s.key })
		if s.on == (at >= 0) {
			continue
		}
		if did = true; s.on {
			err = g.add(s.key, s.name)
		} else {
			g.names = slices.Delete(g.names, at, at+1)
			err = g.remove(s.key)
		}
		if err != nil {
			return false, err
		}
	}
	if len(g.names) > chat.MaxTags {
		return false, chat.Errorf(chat.Conflict, "A conversation has at most %d tags: take one off first.", chat.MaxTags)
	}
	return did, nil
}

func (g *tagging) add(key, name string) error {
	var uses, tags int64
	if err := g.t.row(useTag, g.site, key, name).Scan(&name, &uses); err != nil {
		return err
	}
	if uses == 1 {
		if err := g.t.row(countTag, g.site).Scan(&tags); err != nil {
			return err
		}
		if tags > chat.MaxSiteTags {
			return chat.Errorf(chat.Conflict, "This site has %d different tags already: use one of those.", chat.MaxSiteTags)
		}
	}
	g.names = append(g.names, name)
	_, err := g.t.exec(addTagged, g.site, key, g.conversation)
	return err
}

func (g *tagging) remove(key string) error {
	for _, query := range []string{leaveTag, dropTag} {
		if _, err := g.t.exec(query, g.site, key); err != nil {
			return err
		}
	}
	_, err := g.t.exec(dropTagged, g.site, key, g.conversation)
	return err
}
