package storetest_test

import (
	"testing"

	"dragoman/chat"
	"dragoman/store"
	"dragoman/store/storetest"

	"golang.org/x/text/language"
)

// Each store is empty and its own, although all are copies of one: what is written into one is not in the other, and a place in one is none in
// the other.
func TestEach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		epochs := map[string]bool{}
		for _, other := range []*store.Store{s, storetest.SQLite(t), storetest.Postgres(t)} {
			if sites, err := other.Sites(t.Context()); err != nil || len(sites) > 0 {
				t.Fatalf("%s: %v, %v", other.Describe(), sites, err)
			}
			epoch, err := other.Epoch(t.Context())
			if err != nil || epoch == "" {
				t.Fatalf("%s has the epoch %q: %v", other.Describe(), epoch, err)
			}
			epochs[epoch] = true
			if err := other.AddSite(t.Context(), chat.Site{Key: "shop", Name: "Shop", Language: language.English}); err != nil {
				t.Fatal(err)
			}
		}
		if len(epochs) != 3 {
			t.Errorf("three stores have the epochs %v", epochs)
		}
	})
}
