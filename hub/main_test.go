package hub

import (
	"os"
	"testing"

	"dragoman/store/storetest"

	"go.uber.org/goleak"
)

// run is what goleak calls: the tests, and then the end of the database that they have started.
type run func() int

func (r run) Run() int { return r() }

func TestMain(m *testing.M) {
	if address := os.Getenv(idleAddress); address != "" {
		idleClients(address, os.Getenv(idleTokens), os.Getenv(idleCalls))
		return
	}
	goleak.VerifyTestMain(run(func() int { return storetest.Main(m) }))
}
