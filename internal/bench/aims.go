//go:build linux

package main

import "fmt"

// aims are what issue 3 asks of the figures, and what a run has reached.
type aims struct{ rows [][]string }

// atMost notes a figure that should be small; aim is what is hoped for, 0 for nothing beyond what is asked.
func (a *aims) atMost(what, format string, reached, asked, aim float64) {
	a.note(what, format, "at most ", reached, asked, aim, func(bound float64) bool { return reached <= bound })
}

// atLeast notes a figure that should be large.
func (a *aims) atLeast(what, format string, reached, asked, aim float64) {
	a.note(what, format, "at least ", reached, asked, aim, func(bound float64) bool { return reached >= bound })
}

func (a *aims) note(what, format, word string, reached, asked, aim float64, within func(float64) bool) {
	verdict, hoped := "**missed**", ""
	if within(asked) {
		verdict = "reached"
	}
	if aim > 0 {
		hoped = fmt.Sprintf(format, aim)
		if within(aim) {
			verdict = "aim reached"
		}
	}
	a.rows = append(a.rows, []string{what, word + fmt.Sprintf(format, asked), hoped, fmt.Sprintf(format, reached), verdict})
}

// failed notes a figure that could not be measured.
func (a *aims) failed(what string, why error) {
	a.rows = append(a.rows, []string{what, "", "", why.Error(), "**missed**"})
}

// print writes them down, if there are any.
func (a *aims) print() {
	if len(a.rows) > 0 {
		table("What was asked, and what this run reached (medians)", append([][]string{{"", "asked", "aim", "reached", ""}}, a.rows...)...)
	}
}
