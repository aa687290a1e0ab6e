import { nearest } from '../shared/tags'

/**
 * The first of the wishes that there is something for, as the tag that it has there. Plain loops, here and elsewhere in the loader: there are shops
 * whose scripts have replaced what arrays can do.
 */
export function tagFor(texts: object, wishes: readonly string[]): string | undefined {
  const tags = Object.keys(texts)
  for (const wish of wishes) {
    const tag = nearest(wish, tags, '')
    if (tag) return tag
  }
  return undefined
}

/** A label as it is read. In the loader the letters of other scripts are moved down to those of Latin, which packs better (lowered in widget/catalogue.go). */
export function raised(label: string): string {
  const base = label.charCodeAt(0)
  if (base < 0x370 || base > 0xfff) return label
  return label.slice(1).replace(/[@-ÿ]/g, (c) => String.fromCharCode(c.charCodeAt(0) + base - 64))
}
