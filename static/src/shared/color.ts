// Contrast, as WCAG 2 counts it. A shop may choose any colour; what stands on it must be readable all the same.

type RGB = [number, number, number]

export function parseColor(hex: string): RGB {
  const n = Number.parseInt(hex.slice(1), 16)
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255]
}

function toHex([r, g, b]: RGB): string {
  return `#${((1 << 24) | (Math.round(r) << 16) | (Math.round(g) << 8) | Math.round(b)).toString(16).slice(1)}`
}

function linear(channel: number): number {
  const s = channel / 255
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
}

export function luminance(hex: string): number {
  const [r, g, b] = parseColor(hex)
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

export function contrast(a: string, b: string): number {
  const x = luminance(a)
  const y = luminance(b)
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

/** Mixes `part` (0 to 1) of b into a. */
export function mix(a: string, b: string, part: number): string {
  const [r, g, v] = parseColor(a)
  const to = parseColor(b)
  return toHex([r + (to[0] - r) * part, g + (to[1] - g) * part, v + (to[2] - v) * part])
}

/** White or black: one of the two always has 4.5:1. */
export function inkOn(color: string): string {
  return contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000'
}

/** Moves a colour towards another until it has the contrast with a ground. */
export function until(color: string, towards: string, ground: string, ratio: number): string {
  let c = color
  for (let i = 1; contrast(c, ground) < ratio && i <= 20; i++) c = mix(color, towards, i / 20)
  return c
}

/** The colour for a dark page: as light as text has to be there. */
export function lighten(color: string): string {
  return until(color, '#ffffff', '#151a19', 5)
}
