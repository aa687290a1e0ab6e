/** On a phone the panel is the screen: the page behind it neither scrolls nor takes the focus, and the keyboard takes its share of the height. */
export class Phone {
  readonly #host: HTMLElement
  readonly #small = matchMedia('(max-width: 599px)')
  #panel: HTMLElement | undefined
  #restore: Array<() => void> = []

  constructor(host: HTMLElement) {
    this.#host = host
  }

  open(panel: HTMLElement): void {
    this.#panel = panel
    this.#small.addEventListener('change', this.#apply)
    visualViewport?.addEventListener('resize', this.#fit)
    visualViewport?.addEventListener('scroll', this.#fit)
    this.#apply()
  }

  close(): void {
    this.#small.removeEventListener('change', this.#apply)
    visualViewport?.removeEventListener('resize', this.#fit)
    visualViewport?.removeEventListener('scroll', this.#fit)
    this.#panel = undefined
    this.#release()
  }

  #apply = (): void => {
    this.#release()
    if (!this.#panel || !this.#small.matches) return
    const root = document.documentElement.style
    const before = [root.getPropertyValue('overflow'), root.getPropertyPriority('overflow')] as const
    root.setProperty('overflow', 'hidden', 'important')
    this.#restore.push(() => root.setProperty('overflow', ...before))
    for (const el of document.body.children) {
      if (el === this.#host || !(el instanceof HTMLElement) || el.inert) continue
      el.inert = true
      this.#restore.push(() => {
        el.inert = false
      })
    }
    this.#fit()
  }

  #release(): void {
    const restore = this.#restore
    this.#restore = []
    for (const f of restore) f()
  }

  // iOS moves the layout under the keyboard instead of making it smaller, so the panel follows what is really seen.
  #fit = (): void => {
    const v = visualViewport
    if (!v || !this.#panel || !this.#small.matches) return
    this.#panel.style.setProperty('--top', `${v.offsetTop}px`)
    this.#panel.style.setProperty('--height', `${v.height}px`)
  }
}
