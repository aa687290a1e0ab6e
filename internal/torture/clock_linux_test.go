package torture

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestClocks: the clocks of the nodes and of the database are a day apart. Order comes from the numbers that the database hands out, leases run by the database's
// clock, and nobody notices.
func TestClocks(t *testing.T) {
	besides(t)
	for _, apart := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		t.Run(apart.String(), func(t *testing.T) {
			w := newWorld(t, plan{nodes: 2, ahead: apart, manners: manners{pause: 10 * time.Millisecond, resends: .1, hangUps: .05, moods: true}})
			var there time.Time
			if err := w.postgres.In(w.database, func(ctx context.Context, c *pgx.Conn) error {
				return c.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&there)
			}); err != nil {
				t.Fatal(err)
			}
			if off := time.Until(there) - apart; off.Abs() > time.Minute {
				t.Fatalf("the database's clock is %s off", time.Until(there))
			}
			w.visitors(3, "alma")
			w.agents("alma-ana", "alma-ben")
			stop := w.talking()
			w.more(150)
			stop()
			report(t, fmt.Sprintf("The database's clock %s ahead of the nodes'", apart), w.sound(), "0 problems")
		})
	}
}
