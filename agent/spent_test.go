package agent_test

import (
	"encoding/json"
	"testing"
	"time"

	"dragoman/chat"
	"dragoman/internal/edgetest"
)

func TestSpentOverHTTP(t *testing.T) {
	// Ten in the evening in New York: the day is counted in UTC.
	now := time.Date(2026, 11, 21, 22, 0, 0, 0, time.FixedZone("", -5*3600))
	s := edgetest.Start(t, edgetest.Options{AgentNow: func() time.Time { return now }})
	admin := as(t, s, edgetest.Dora)
	if got := admin.want(200, "", "GET", "shop/spent", ""); got.body != `{"today":"2026-11-22","budget":{},"spent":{"day":0,"month":0},"days":[]}` {
		t.Errorf("before: %s", got.body)
	}
	err := s.Store.AddSpent(t.Context(), []chat.Spent{
		{Site: "shop", Day: "2026-11-22", Engine: "deepl", Characters: 70}, {Site: "shop", Day: "2026-11-22", Engine: "openai", Characters: 10},
		{Site: "shop", Day: "2026-11-01", Engine: "deepl", Characters: 500}, {Site: "shop", Day: "2026-10-31", Engine: "deepl", Characters: 9000},
		{Site: "other", Day: "2026-11-22", Engine: "deepl", Characters: 123_456},
	})
	if err != nil {
		t.Fatal(err)
	}
	type page struct {
		State chat.BudgetState
		Spent chat.Spending
		Days  []chat.Spent
	}
	for _, c := range []struct {
		budget, query string
		days          int
		state         chat.BudgetState
	}{
		{`null`, "", 3, ""},
		{`{"day_characters":102}`, "", 3, ""},
		{`{"day_characters":100}`, "?since=2026-11-01", 3, chat.BudgetSoft},
		{`{"day_characters":80}`, "?since=2026-11-22", 2, chat.BudgetSpent},
		{`{"day_characters":0,"month_characters":580}`, "?since=2026-11-02", 2, chat.BudgetSpent},
		{`{"month_characters":9580}`, "?since=2026-10-31", 4, ""},
		{`{"month_characters":1160,"soft_percent":50}`, "?since=2025-11-22", 4, chat.BudgetSoft},
	} {
		admin.want(200, "", "PATCH", where, `{"budget":`+c.budget+`}`)
		got := parse[page](t, admin.want(200, "", "GET", "shop/spent"+c.query, ""))
		if len(got.Days) != c.days || got.State != c.state || got.Spent != (chat.Spending{Day: 80, Month: 580}) {
			b, _ := json.Marshal(got)
			t.Errorf("%s %s: %s", c.budget, c.query, b)
		}
		for i, d := range got.Days {
			if d.Site != "shop" || i > 0 && d.Day < got.Days[i-1].Day {
				t.Errorf("%s: %+v", c.query, got.Days)
			}
		}
	}
	for _, bad := range []string{"?since=yesterday", "?since=2026-11-31", "?since=2026-11-23", "?since=2025-11-20", "?until=2026-11-22", "?since=2026-11-01&since=2026-11-02"} {
		admin.want(400, chat.BadRequest, "GET", "shop/spent"+bad, "")
	}
}
