// Contrast, as WCAG 2 counts it. A shop may choose any colour; what stands on it must be readable all the same.

type RGB = [number, number, number]

export function parseColor(hex: string): RGB {
  const n = Number.parseInt(hex.slice(1), 16)
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255]
}

function toHex(rgb: RGB): string {
  return `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`
}

export function luminance(hex: string): number {
  const [r, g, b] = parseColor(hex).map((c) => {
    const s = c / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  }) as RGB
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (hi + 0.05) / (lo + 0.05)
}

/** Mixes `part` (0 to 1) of b into a. */
export function mix(a: string, b: string, part: number): string {
  const to = parseColor(b)
  return toHex(parseColor(a).map((c, i) => c + (to[i]! - c) * part) as RGB)
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
