// A face for people of whom there is no picture.

/** How many colours there are in faces.css; each carries white at 4.5:1 or more. */
export const tints = 6

/** The same person has the same colour, everywhere and always. */
export function tint(name: string): number {
  let n = 0
  for (const c of name) n = (n * 31 + c.codePointAt(0)!) % 997
  return n % tints
}

/** The first letters of the first two words. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean).slice(0, 2)
  return words.map((w) => [...w][0]!.toUpperCase()).join('')
}
