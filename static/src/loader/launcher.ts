import looks from './launcher.css'

/** What the button looks like, and where it stands. */
export interface Look {
  color: string | undefined
  position: string | undefined
  z: number
}

const svg = 'http://www.w3.org/2000/svg'

// The same grid and stroke as the icons of the frame; here they are built by hand, as nothing may be parsed from a string under Trusted Types.
const bubble =
  'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 3.7c-.4.3-.9 0-.9-.5V16A1.5 1.5 0 0 1 4 14.5zM8.5 10h.01M12 10h.01M15.5 10h.01'
const chevron = 'M6 9.5l6 6 6-6'

/** The button in its closed shadow root, and the box that the panel stands in. */
export interface Launcher {
  readonly host: HTMLElement
  /** Where the panel goes: before the button in the order of focus. */
  readonly box: HTMLElement
  /** It has a name, so nobody is read what is in it. */
  readonly button: HTMLElement
  mount(): void
  show(on: boolean): void
  setOpen(open: boolean): void
  setUnread(n: number): void
  /** What the button is called, closed and open. It says in which language: the page around it may be in another. */
  name(open: string, close: string, language: string): void
  destroy(): void
}

const make = <K extends keyof HTMLElementTagNameMap>(tag: K) => document.createElement(tag)

/**
 * label is what the button is called until the frame knows better, rules stand beside the launcher's own. A function and not a class: names of fields
 * are not shortened, those of variables are.
 */
export function launcherOf(look: Look, label: string, language: string, rules: string): Launcher {
  const host = make('dragoman-chat' as 'div')
  const root = host.attachShadow({ mode: 'closed' })
  const box = make('div')
  const button = make('button')
  const badge = make('span')
  let isOpen = false
  let names: readonly [open: string, close: string]

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(looks + rules)
  root.adoptedStyleSheets = [sheet]
  box.className = look.position === 'start' ? 'box start' : 'box'
  if (look.color) {
    box.classList.add('own')
    box.style.setProperty('--light', look.color)
  }
  box.style.setProperty('--z', `${look.z}`)
  button.append(icon(bubble, 'chat'), icon(chevron, 'close'), badge)
  badge.className = 'badge'
  badge.hidden = true
  box.append(button)
  root.append(box)

  // Pages that replace their body on navigation take the button with it: it comes back to the new one.
  const observer = new MutationObserver(() => host.isConnected || attach())
  const attach = () => {
    box.dir = getComputedStyle(document.documentElement).direction
    if (!document.body) return
    document.body.append(host)
    observer.observe(document.body, { childList: true })
  }

  const say = () => {
    button.ariaLabel = names[isOpen ? 1 : 0]
    button.ariaExpanded = `${isOpen}`
  }
  const name = (open: string, close: string, language: string) => {
    names = [open, close]
    button.lang = language
    say()
  }
  name(label, label, language)

  return {
    host,
    box,
    button,
    name,
    mount() {
      observer.observe(document.documentElement, { childList: true })
      attach()
    },
    show(on) {
      box.classList.toggle('hidden', !on)
    },
    setOpen(open) {
      isOpen = open
      box.classList.toggle('open', open)
      say()
    },
    setUnread(n) {
      badge.hidden = n === 0
      badge.textContent = n > 9 ? '9+' : `${n}`
    },
    destroy() {
      observer.disconnect()
      host.remove()
    },
  }
}

function icon(d: string, name: string): SVGElement {
  const el = document.createElementNS(svg, 'svg')
  el.setAttribute('viewBox', '0 0 24 24')
  el.setAttribute('class', name)
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', d)
  el.append(path)
  return el
}
