// On a phone the panel is the screen. Two habits of phones close it: the gesture back, and a finger that draws the header down.
import { effect } from '@preact/signals'
import type { App } from './app'

/** What is pushed to the history of this frame, and of nothing else, while the panel is open. */
const entry = 'dragoman.open'

/** Begins, once the panel is a phone's screen. */
export default function habits(app: App): void {
  closeOnBack(app)
  const draw = new Draw(app)
  for (const [type, f] of Object.entries({
    touchstart: draw.start,
    touchmove: draw.move,
    touchend: draw.end,
    touchcancel: draw.end,
  }))
    addEventListener(type, f as (e: Event) => void, { passive: true })
}

/** The gesture back closes the panel instead of leaving the shop. Whatever else closes it takes the entry away again. */
function closeOnBack(app: App): void {
  let pushed = 0
  effect(() => {
    if (app.open.value && app.phone.value && !pushed) {
      history.pushState(entry, '')
      pushed = history.length
    } else if (!app.open.value && pushed) {
      // The page may have gone somewhere itself since: then back would be its step, not ours.
      if (history.state === entry && history.length === pushed) history.back()
      pushed = 0
    }
  })
  addEventListener('popstate', () => {
    if (pushed && history.state !== entry) app.close()
  })
}

/** From here on a finger means it, in px. */
const enough = 72

/** Follows a finger that draws the header down: the screen comes with it, and closes where it is drawn far enough. */
class Draw {
  readonly #app: App
  #from: { x: number; y: number } | undefined
  #by = 0

  constructor(app: App) {
    this.#app = app
  }

  readonly start = (e: TouchEvent): void => {
    const at = e.touches[0]
    this.#by = 0
    const head = (e.target as Element).closest?.('.head')
    this.#from =
      head && this.#app.phone.value && at && e.touches.length === 1 ? { x: at.screenX, y: at.screenY } : undefined
  }

  readonly move = (e: TouchEvent): void => {
    const at = e.touches[0]
    if (!this.#from || !at) return
    const down = at.screenY - this.#from.y
    const aside = Math.abs(at.screenX - this.#from.x)
    this.#by = down > aside ? down : 0
    this.#show(this.#by)
  }

  readonly end = (e: TouchEvent): void => {
    if (!this.#from) return
    this.#from = undefined
    this.#show(0)
    if (e.type === 'touchend' && this.#by > enough) this.#app.close()
  }

  #show(by: number): void {
    const screen = document.querySelector('main')
    if (screen) screen.style.translate = by ? `0 ${by}px` : ''
  }
}
