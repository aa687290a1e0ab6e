/** On a phone the panel is the screen: the page behind it neither scrolls nor takes the focus, and the keyboard takes its share of the height. */
export interface Phone {
  open(panel: HTMLElement): void
  close(): void
  /** Where it matches, the panel takes the whole screen. */
  small: MediaQueryList
}

export function phoneOf(host: HTMLElement): Phone {
  const small = matchMedia('(max-width:599px),(max-height:449px) and (pointer:coarse)')
  const view = window.visualViewport
  let panel: HTMLElement | undefined
  let restore = () => {}

  // iOS moves the layout under the keyboard instead of making it smaller, so the panel follows what is really seen.
  const fit = () => {
    if (!view || !panel || !small.matches) return
    panel.style.setProperty('--top', `${view.offsetTop}px`)
    panel.style.setProperty('--height', `${view.height}px`)
  }

  const apply = () => {
    restore()
    restore = () => {}
    if (!panel || !small.matches) return
    const root = document.documentElement.style
    const before = [root.getPropertyValue('overflow'), root.getPropertyPriority('overflow')] as const
    const stilled: HTMLElement[] = []
    root.setProperty('overflow', 'hidden', 'important')
    for (const el of document.body.children as HTMLCollectionOf<HTMLElement>) {
      if (el === host || el.inert) continue
      el.inert = true
      stilled.push(el)
    }
    restore = () => {
      root.setProperty('overflow', ...before)
      for (const el of stilled) el.inert = false
    }
    fit()
  }

  // Adding twice is adding once, and removing what was not added is nothing.
  const listen = (how: 'addEventListener' | 'removeEventListener') => {
    small[how]('change', apply)
    view?.[how]('resize', fit)
    view?.[how]('scroll', fit)
  }

  return {
    open(of) {
      panel = of
      listen('addEventListener')
      apply()
    },
    close() {
      listen('removeEventListener')
      panel = undefined
      apply()
    },
    small,
  }
}
