package hub

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(idleAddress); address != "" {
		idleClients(address, os.Getenv(idleTokens))
		return
	}
	goleak.VerifyTestMain(m)
}
