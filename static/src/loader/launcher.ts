import type { Labels } from './site'
import { css } from './style'

export interface LauncherOptions {
  labels: Labels
  language: string
  color: string | undefined
  position: string | undefined
  z: number | undefined
  /** Somebody points at the button, or has the focus on it: what it opens is fetched now. */
  onIntent(): void
  onToggle(): void
  onEscape(): void
}

const svg = 'http://www.w3.org/2000/svg'

// The same grid and stroke as the icons of the frame; here they are built by hand, as nothing may be parsed from a string under Trusted Types.
const bubble =
  'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 3.7c-.4.3-.9 0-.9-.5V16A1.5 1.5 0 0 1 4 14.5zM8.5 10h.01M12 10h.01M15.5 10h.01'
const chevron = 'M6 9.5l6 6 6-6'

/** The button in its closed shadow root, and the box that the panel stands in. */
export class Launcher {
  readonly #options: LauncherOptions
  readonly #host = document.createElement('dragoman-chat')
  readonly #root = this.#host.attachShadow({ mode: 'closed' })
  readonly #box = document.createElement('div')
  readonly #button = document.createElement('button')
  readonly #badge = document.createElement('span')
  #observer: MutationObserver | undefined
  #open = false
  #unread = 0

  constructor(options: LauncherOptions) {
    this.#options = options
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css(options.color, options.z))
    this.#root.adoptedStyleSheets = [sheet]

    this.#box.className = options.position === 'start' ? 'box start' : 'box'
    this.#button.type = 'button'
    this.#button.lang = options.language
    this.#button.append(icon(bubble, 'chat'), icon(chevron, 'close'), this.#badge)
    this.#badge.className = 'badge'
    this.#badge.ariaHidden = 'true'
    this.#badge.hidden = true
    this.#box.append(this.#button)
    this.#root.append(this.#box)
    this.#name()

    for (const type of ['pointerenter', 'focus', 'touchstart'])
      this.#button.addEventListener(type, () => options.onIntent(), { passive: true })
    this.#button.addEventListener('click', () => options.onToggle())
    this.#box.addEventListener('keydown', (e) => e.key === 'Escape' && this.#open && options.onEscape())
  }

  /** Where the panel goes: before the button in the order of focus. */
  get box(): HTMLElement {
    return this.#box
  }

  get host(): HTMLElement {
    return this.#host
  }

  mount(): void {
    this.#attach()
    // Pages that replace their body on navigation take the button with it: it comes back to the new one.
    this.#observer = new MutationObserver(() => this.#host.isConnected || this.#attach())
    this.#observer.observe(document.documentElement, { childList: true })
    this.#watchBody()
  }

  show(on: boolean): void {
    this.#box.classList.toggle('hidden', !on)
  }

  setOpen(open: boolean): void {
    this.#open = open
    this.#box.classList.toggle('open', open)
    this.#name()
  }

  setUnread(n: number): void {
    this.#unread = n
    this.#badge.hidden = n === 0
    this.#badge.textContent = n > 9 ? '9+' : String(n)
    this.#name()
  }

  focus(): void {
    this.#button.focus({ preventScroll: true })
  }

  destroy(): void {
    this.#observer?.disconnect()
    this.#host.remove()
  }

  #attach(): void {
    this.#box.dir = getComputedStyle(document.documentElement).direction
    document.body?.append(this.#host)
    if (this.#observer) this.#watchBody()
  }

  #watchBody(): void {
    if (document.body) this.#observer?.observe(document.body, { childList: true })
  }

  #name(): void {
    const { open, close, unread } = this.#options.labels
    const count = this.#unread > 0 ? ` (${unread.replace('{n}', String(this.#unread))})` : ''
    this.#button.ariaLabel = this.#open ? close : open + count
    this.#button.ariaExpanded = String(this.#open)
  }
}

function icon(d: string, name: string): SVGElement {
  const el = document.createElementNS(svg, 'svg')
  el.setAttribute('viewBox', '0 0 24 24')
  el.setAttribute('class', name)
  el.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(svg, 'path')
  path.setAttribute('d', d)
  el.append(path)
  return el
}
