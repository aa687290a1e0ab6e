import type { Greet } from './boot'
import { tagFor } from './pick'

// The shop's own word beside the launcher, for sites that have one. It is drawn when the page has been open for a while, moves neither the page nor the
// focus, and once somebody has dismissed it or opened the chat it never comes again.
const sheet = `
.hi{display:flex;max-width:min(300px,calc(100vw - 40px));
inset-block-end:calc(88px + env(safe-area-inset-bottom,0px));
border-radius:16px;background:#fff;color:#1b2422;box-shadow:0 0 0 1px rgb(0 0 0/6%),0 6px 28px rgb(16 32 28/20%);animation:hi .18s}
@keyframes hi{0%{opacity:0;transform:translateY(6px)}}
.box .hi button{position:static;width:auto;height:auto;min-height:48px;border-radius:16px;border:0;background:none;color:inherit;box-shadow:none;
font-size:15px;overflow-wrap:anywhere;padding-block:12px;padding-inline:16px 0}
.box .hi button+button{flex:none;width:44px;padding:0;font-size:20px;text-align:center}
.box .hi button::after{content:none}
.box .hi button:hover{text-decoration:underline}
.box .hi button:focus-visible{outline-offset:-3px}
.open .hi{display:none}
@media(max-width:359px){.hi{display:none}}
@media(prefers-color-scheme:dark){.hi{background:#222a29;color:#e8eeec;box-shadow:0 0 0 1px rgb(255 255 255/10%),0 8px 32px rgb(0 0 0/50%)}}
@media(prefers-reduced-motion:reduce){.hi{animation:none}}
@media(forced-colors:active){.hi{border:1px solid CanvasText}}
`

export const bubble: Greet = (site, wishes, launcher, notebook, panel, on) => {
  const silent = () => notebook.read().quiet || notebook.read().live
  let box: HTMLElement | undefined
  const end = () => {
    box?.remove()
    notebook.write({ quiet: true })
  }
  // Whoever has opened the chat needs no word of it any more.
  on('open', end)
  const says = site.bubble
  const language = says && tagFor(says.texts, wishes)
  if (!language || silent()) return
  setTimeout(() => {
    if (silent() || !launcher.host.isConnected) return
    const css = new CSSStyleSheet()
    css.replaceSync(sheet)
    const root = launcher.box.getRootNode() as ShadowRoot
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, css]
    box = document.createElement('div')
    box.className = 'hi'
    box.lang = language
    const button = (text: string, act: () => void) => {
      const b = document.createElement('button')
      b.type = 'button'
      b.dir = 'auto'
      b.textContent = text
      b.addEventListener('click', act)
      box!.append(b)
      return b
    }
    button(says.texts[language]![0], panel.open)
    button('×', () => {
      end()
      launcher.focus()
    }).ariaLabel = says.texts[language]![1]
    launcher.box.prepend(box)
  }, says.after * 1000)
}
