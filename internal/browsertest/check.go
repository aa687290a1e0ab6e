package browsertest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Watch makes the tab count, from the next page on, layout shift and breaches of the content policy. Call it before Open.
func (t *Tab) Watch() {
	t.tb.Helper()
	t.Script(watching)
}

const watching = `window.__shift = 0; window.__breaches = [];
new PerformanceObserver(l => { for (const e of l.getEntries()) window.__shift += e.value }).observe({type: 'layout-shift', buffered: true});
document.addEventListener('securitypolicyviolation', e => window.__breaches.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sourceFile));`

// Shift is the page's cumulative layout shift so far, user input not excluded.
func (t *Tab) Shift() float64 { t.tb.Helper(); return Eval[float64](t, "window.__shift") }

// Breaches are the breaches of the page's content policy so far.
func (t *Tab) Breaches() []string { t.tb.Helper(); return Eval[[]string](t, "window.__breaches") }

// Guard makes the tab, from the next page on, notice scripts that nobody meant to run: whatever calls __xss, a dialog, or a window that is opened.
// Call it before Open, beside Watch.
func (t *Tab) Guard() {
	t.tb.Helper()
	t.Script(guarding)
}

const guarding = `window.__ran = []; for (const name of ['__xss', 'alert', 'confirm', 'prompt', 'open']) window[name] = (...args) => { window.__ran.push(name + ' ' + args + ' ' + new Error().stack) };`

// GuardNow is Watch and Guard for the page that is there already: the frame of another site, which no script can be put into before it has loaded.
func (t *Tab) GuardNow() { t.tb.Helper(); t.Do("(() => {" + watching + guarding + "})()") }

// Ran are the scripts that Guard has noticed.
func (t *Tab) Ran() []string { t.tb.Helper(); return Eval[[]string](t, "window.__ran") }

// Axe runs the accessibility rules of WCAG 2.0 to 2.2 (A, AA) and best practices over the page or frame, and reports each
// violation as an error of the test. No violation does not mean usable: look at a screenshot too.
func (t *Tab) Axe(state string) {
	t.tb.Helper()
	t.axe(state, `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`)
}

// Contrast is Axe with nothing but the rule for colours, for a state that Axe has seen in others: it takes a fraction of the time.
func (t *Tab) Contrast(state string) {
	t.tb.Helper()
	t.axe(state, `{type: 'rule', values: ['color-contrast']}`)
}

// axe runs the rules that only says, as axe-core's runOnly.
func (t *Tab) axe(state, only string) {
	t.tb.Helper()
	t.settle()
	if !Eval[bool](t, "'axe' in window") {
		source, err := os.ReadFile(axePath())
		t.must(err, "read axe-core (npm ci brings it; run scripts/setup test)")
		// Debugger evaluation is not bound by the page's content policy, so nothing has to be loosened for the test.
		t.Do("(()=>{" + string(source) + "})()")
	}
	// A menu that is open lies over other things; who wants those closes it. So a target that it covers in part is no target that is too small.
	// What begins to fade while the rules run, because a change of size or colours comes in pieces, has colours that nobody is meant to read: then they run again.
	found := Eval[[]string](t, `(async only => {
		const kinds = ['transitionrun', 'animationstart'], fades = a => a.playState === 'running' && a.effect.getComputedTiming().endTime !== Infinity
		let moved, violations
		const note = () => { moved = true }
		for (const kind of kinds) addEventListener(kind, note, true)
		for (let runs = 0; runs < 9; runs++) {
			document.getAnimations().filter(fades).forEach(a => a.finish())
			moved = false
			violations = (await axe.run(document, {resultTypes: ['violations'], rules: only.type === 'tag' ? {'label-content-name-mismatch': {enabled: true}} : {}, runOnly: only})).violations
			if (!violations.length || !moved && !document.getAnimations().some(fades)) break
		}
		for (const kind of kinds) removeEventListener(kind, note, true)
		const underMenu = n => {
			const b = document.querySelector(n.target.at(-1)).getBoundingClientRect()
			return [[b.left, b.top], [b.right, b.top], [b.left, b.bottom], [b.right, b.bottom]]
				.some(([x, y]) => document.elementFromPoint(x, y)?.closest('.menu'))
		}
		return violations.map(v => v.id === 'target-size' ? {...v, nodes: v.nodes.filter(n => !underMenu(n))} : v).filter(v => v.nodes.length).map(v =>
			v.id + ' (' + v.impact + '): ' + v.help + ' | ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + ' -> ' + n.failureSummary).join(' || '))
	})(`+only+`)`)
	for _, v := range found {
		t.tb.Errorf("%s: axe: %s", state, v)
	}
}

// Fits checks the geometry of what shows: nothing is wider than the window, and everything that can be clicked lies in it and is at least
// 24 pixels wide and high (WCAG 2.5.8), links in a text excepted. What lies in a box that scrolls sideways may be out of sight; instead the box lies in the window,
// something in it can have the focus, so that keys scroll it, and it says on which side there is more (data-beyond, which the page draws).
func (t *Tab) Fits(state string) {
	t.tb.Helper()
	t.settle()
	for _, v := range Eval[[]string](t, `(() => {
		const bad = [], wide = document.documentElement.scrollWidth
		if (wide > innerWidth) bad.push('the page is ' + wide + ' px wide in a window of ' + innerWidth)
		const sideways = new Set()
		const scrolled = el => {
			for (let box = el.parentElement; box && box !== document.body; box = box.parentElement)
				if (box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX)) return box
		}
		for (const el of document.querySelectorAll('a, button, summary, textarea, input:not([type=radio], [type=checkbox]), [role=option], [role=tab]')) {
			const r = el.getBoundingClientRect()
			const unseen = !el.checkVisibility({opacityProperty: true, visibilityProperty: true}) || r.width <= 1 || r.bottom <= 0 || r.top >= innerHeight
			if (unseen || getComputedStyle(el).display === 'inline') continue
			const what = ' ' + el.outerHTML.slice(0, 120) + ' at ' + [r.left, r.top, r.width, r.height].map(Math.round)
			const box = scrolled(el)
			if (box) sideways.add(box)
			else if (r.left < -.5 || r.right > innerWidth + .5) bad.push('not in the window:' + what)
			if (r.width < 23.5 || r.height < 23.5) bad.push('too small to hit:' + what)
		}
		for (const box of sideways) {
			const r = box.getBoundingClientRect(), what = ' the box that scrolls sideways, ' + box.outerHTML.slice(0, 80)
			if (r.left < -.5 || r.right > innerWidth + .5) bad.push('not in the window:' + what)
			if (!box.closest('[data-beyond]')?.dataset.beyond) bad.push('does not say that there is more:' + what)
			if (box.tabIndex < 0 && ![...box.querySelectorAll('*')].some(e => e.tabIndex >= 0)) bad.push('no key scrolls it:' + what)
		}
		return bad
	})()`) {
		t.tb.Errorf("%s: %s", state, v)
	}
}

// Whole checks that every text that shows is there to its end: nothing has less room than what is in it, not even one that would be scrolled or ends
// in dots; a field has room for its placeholder. What reaches out by 2 pixels is the ground of
// a link. The names of sites and files may be cut, so except says what is left out.
func (t *Tab) Whole(state, except string) {
	t.tb.Helper()
	t.settle()
	for _, v := range t.cut(except) {
		t.tb.Errorf("%s: %s", state, v)
	}
}

// cut tells which texts have less room than they need.
func (t *Tab) cut(except string) []string {
	t.tb.Helper()
	return Eval[[]string](t, `(() => {
		const bad = [], pen = document.createElement('canvas').getContext('2d')
		for (const el of document.querySelectorAll('body *:not(svg, svg *, script)')) {
			const style = getComputedStyle(el), r = el.getBoundingClientRect()
			const unseen = !el.checkVisibility({opacityProperty: true, visibilityProperty: true}) || el.clientWidth <= 1 || r.bottom <= 0 || r.top >= innerHeight
			if (unseen || style.display === 'inline' || el.matches(`+quote(except)+`)) continue
			const what = ' ' + el.tagName + '.' + el.className + ' ' + JSON.stringify((el.placeholder || el.innerText || '').slice(0, 80))
			if (el.scrollWidth > el.clientWidth + 2) bad.push(el.scrollWidth + ' px wide in ' + el.clientWidth + ':' + what)
			if (/hidden|clip/.test(style.overflowY) && el.scrollHeight > el.clientHeight + 1) bad.push(el.scrollHeight + ' px high in ' + el.clientHeight + ':' + what)
			if (!el.placeholder || style.fieldSizing === 'content') continue // such a field grows with its placeholder
			pen.font = style.font
			const wide = pen.measureText(el.placeholder).width, room = el.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd)
			if (wide > room + 1) bad.push('a placeholder of ' + Math.round(wide) + ' px in ' + Math.round(room) + ':' + what)
		}
		return bad
	})()`)
}

// Spaced checks that nothing is cut off when a person sets lines, paragraphs, words and letters as far apart as WCAG 1.4.12 says.
func (t *Tab) Spaced(state, except string) {
	t.tb.Helper()
	t.Do(`(() => {
		const s = new CSSStyleSheet()
		s.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }')
		window.__spacing = s
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, s]
	})()`)
	t.Whole(state, except)
	t.Fits(state)
	t.Do("document.adoptedStyleSheets = document.adoptedStyleSheets.filter(s => s !== window.__spacing)")
}

func axePath() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(strings.TrimSuffix(filepath.Dir(file), filepath.Join("internal", "browsertest")), "node_modules", "axe-core", "axe.min.js")
}
