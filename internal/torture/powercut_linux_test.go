//go:build powercut

package torture

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"

	"dragoman/internal/process"
)

var powerCuts = flag.Int("power-cuts", 200, "how often the power is cut")

// TestPowerCut: the machine loses its power in the middle of sending, and with it whatever the disk was not told to keep; every other time some blocks of that
// were kept and others not. What was acknowledged is there, as after a kill. It needs /dev/fuse and the right to mount, so it is in `make torture` alone.
func TestPowerCut(t *testing.T) {
	d := newForgetfulDisk(t)
	p, site := onDisk(t, d)
	n := 0
	r := talkThrough(t, p, site, outages{times: *powerCuts, down: func() error {
		n++
		return d.cut(n%2 == 0)
	}})
	for _, problem := range r.problems {
		t.Error(problem)
	}
	if d.forgotten == 0 || d.kept == 0 {
		t.Errorf("%d blocks were forgotten and %d kept that had not been synced: the test has shown nothing", d.forgotten, d.kept)
	}
	report(t, fmt.Sprintf("The power cut under a server with SQLite, %d times; %d blocks of 4 KiB forgotten, %d torn from what was written with them", *powerCuts, d.forgotten, d.kept),
		r.String(), "0")
}

// TestPowerCutNotices: a disk that says it has synced and has not loses lines that were acknowledged, and the check sees it.
func TestPowerCutNotices(t *testing.T) {
	d := newForgetfulDisk(t)
	p, site := onDisk(t, d)
	r := talkThrough(t, p, site, outages{times: 1, talking: func() { d.lies.Store(true) }, down: func() error {
		d.lies.Store(false)
		return d.cut(false)
	}})
	if len(r.problems) == 0 {
		t.Errorf("the disk has lied, and of %d lines all are there: the check is blind", r.lines)
	}
}

// onDisk is a program with its data on a disk.
func onDisk(t *testing.T, d *forgetfulDisk) (*process.Program, string) {
	t.Helper()
	p := &process.Program{Binary: built, Data: filepath.Join(d.mounted, "data")}
	site, err := p.AddSite(t.Context(), "Alma & Sol", "es", shopOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return p, site
}
