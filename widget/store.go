package widget

import (
	"context"
	"time"

	"dragoman/chat"
)

// TokenHash is the SHA-256 of a visitor's token; the token itself is stored nowhere.
type TokenHash = [32]byte

// NewVisitor is a visitor who has just begun.
type NewVisitor = chat.NewVisitor

// Store is what this edge needs of a database, beside the hub.
type Store interface {
	// Site returns the site with this key, or chat.NotFound.
	Site(ctx context.Context, key string) (chat.Site, error)
	// Sites returns all sites that are not closed.
	Sites(ctx context.Context) ([]chat.Site, error)
	// SettingsRev rises with every change of the sites and the agents.
	SettingsRev(ctx context.Context) (int64, error)
	// FirstReplies returns how long visitors of a site have waited for the first answer of a person, where it was given within the last time.
	FirstReplies(ctx context.Context, site string, within time.Duration) ([]time.Duration, error)
	// VisitorConversations returns a visitor's conversations, newest first, at most limit.
	VisitorConversations(ctx context.Context, visitor string, limit int) ([]chat.Conversation, error)
	// VisitorFollows returns the same conversations with what is needed to follow them. Every hello asks.
	VisitorFollows(ctx context.Context, visitor string, limit int) ([]chat.Followed, error)
	// AddVisitor makes a visitor.
	AddVisitor(ctx context.Context, v NewVisitor) (chat.Visitor, error)
	// VisitorByToken returns the visitor of this site with this token, or chat.BadToken. It slides the token's end (180 days without use).
	VisitorByToken(ctx context.Context, site string, token TokenHash) (chat.Visitor, error)
}
