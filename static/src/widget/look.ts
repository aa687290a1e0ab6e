import { inkOn, lighten, mix, until } from '../shared/color'

/** Puts a shop's own colour in place of the accent, changed as far as it must be to stay readable on white and on dark. */
export function paint(color: string): void {
  const light = {
    accent: color,
    'accent-strong': mix(color, '#000000', 0.12),
    'accent-ink': inkOn(color),
    'accent-soft': mix(color, '#ffffff', 0.88),
    own: color,
    'own-ink': inkOn(color),
    'accent-text': until(color, '#000000', mix(color, '#ffffff', 0.88), 4.6),
  }
  const bright = lighten(color)
  const own = mix(color, '#151a19', 0.3)
  const soft = mix(color, '#151a19', 0.75)
  const dark = {
    accent: bright,
    'accent-strong': mix(bright, '#ffffff', 0.15),
    'accent-ink': inkOn(bright),
    'accent-soft': soft,
    own,
    'own-ink': inkOn(own),
    'accent-text': until(bright, '#ffffff', soft, 4.6),
  }
  const style = document.documentElement.style
  const night = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    for (const [name, value] of Object.entries(night.matches ? dark : light)) style.setProperty(`--${name}`, value)
  }
  night.addEventListener('change', apply)
  apply()
}
