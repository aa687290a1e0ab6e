package hub

import (
	"context"
	"slices"
	"time"

	"dragoman/chat"
)

func (st *memStore) Tag(_ context.Context, conversation string, add, remove []string) (chat.Changed, error) {
	if err := st.begin(); err != nil {
		return chat.Changed{}, err
	}
	defer st.mu.Unlock()
	c := st.conversations[conversation]
	if c == nil {
		return chat.Changed{}, chat.Errorf(chat.NotFound, "There is no such conversation.")
	}
	tags := slices.DeleteFunc(slices.Clone(c.row.Tags), func(tag string) bool { return slices.Contains(remove, tag) })
	for _, tag := range add {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	changed := chat.Changed{Conversation: conversation, Site: c.row.Site, Head: c.row.Head}
	if !slices.Equal(tags, c.row.Tags) {
		c.row.Head++
		c.row.Rev, c.row.Tags = c.row.Head, tags
		changed.Head, changed.Row = c.row.Head, c.snapshot()
	}
	return changed, nil
}

func (st *memStore) Tags(_ context.Context, site string) ([]chat.TagUse, error) {
	if err := st.begin(); err != nil {
		return nil, err
	}
	defer st.mu.Unlock()
	all := []chat.TagUse{}
	for _, c := range st.conversations {
		for _, tag := range c.row.Tags {
			at := slices.IndexFunc(all, func(u chat.TagUse) bool { return u.Name == tag })
			if at < 0 {
				at, all = len(all), append(all, chat.TagUse{Name: tag})
			}
			all[at].Uses++
		}
	}
	return all, nil
}

func (st *memStore) Remark(_ context.Context, conversation string) (chat.RemarkOK, error) {
	if err := st.begin(); err != nil {
		return chat.RemarkOK{}, err
	}
	defer st.mu.Unlock()
	return st.remarks[st.conversations[conversation].row.Visitor.ID], nil
}

func (st *memStore) SetRemark(_ context.Context, conversation, by, text string, rev int64) (chat.Remembered, error) {
	if err := st.begin(); err != nil {
		return chat.Remembered{}, err
	}
	defer st.mu.Unlock()
	visitor := st.conversations[conversation].row.Visitor.ID
	was := st.remarks[visitor]
	if was.Text == text {
		return chat.Remembered{RemarkOK: was}, nil
	}
	if was.Rev != rev {
		return chat.Remembered{}, chat.Errorf(chat.Conflict, "Somebody has changed this text meanwhile.")
	}
	r := chat.Remembered{RemarkOK: chat.RemarkOK{Text: text, Rev: rev + 1, By: st.agents[by].Name, At: chat.TimeOf(time.Now())}}
	st.remarks[visitor] = r.RemarkOK
	for id, c := range st.conversations {
		if c.row.Visitor.ID == visitor {
			c.row.Visitor.Remark = r.Rev
			r.Touched = append(r.Touched, chat.Touched{Conversation: id, Site: c.row.Site, Head: c.row.Head})
		}
	}
	return r, nil
}

func (st *memStore) Earlier(_ context.Context, conversation, _ string, _ int) ([]chat.Conversation, string, error) {
	if err := st.begin(); err != nil {
		return nil, "", err
	}
	defer st.mu.Unlock()
	var page []chat.Conversation
	visitor := st.conversations[conversation].row.Visitor.ID
	for id, c := range st.conversations {
		if c.row.Visitor.ID == visitor && id != conversation {
			page = append(page, *c.snapshot())
		}
	}
	return page, "", nil
}
