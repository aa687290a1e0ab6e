// Tags: what is offered while one is typed, and the colour of each. Pure, so that the rules can be read and tested in one place.
import type { TagUse } from '../../shared/wire.gen'

/** The longest tag, in code points: chat.MaxTagName. */
export const longestTag = 40
/** How many a conversation may have: chat.MaxTags. */
export const mostTags = 20
/** How many are offered at once. */
const offered = 7

/** As the server has it: one line, without the # that people put before it. */
export function cleanTag(text: string): string {
  return text.normalize('NFC').trim().split(/\s+/).join(' ').replace(/^#+/, '').trim()
}

/** As tags are compared: without case. */
export function tagKey(text: string): string {
  return cleanTag(text).toUpperCase().toLowerCase()
}

export interface Offer {
  name: string
  /** How many conversations have it; none for a tag that nobody has used yet. */
  uses?: number
}

/**
 * What to offer for what was typed: tags that begin with it, then those that have it further in, the most used first, without those that are on already.
 * A name that nobody has used comes last, so that an existing one is the nearer choice.
 */
export function offers(all: readonly TagUse[], typed: string, on: readonly string[]): Offer[] {
  const key = tagKey(typed)
  const there = new Set(on.map(tagKey))
  const free = all.filter((tag) => !there.has(tagKey(tag.name)))
  const begins = free.filter((tag) => tagKey(tag.name).startsWith(key))
  const has = free.filter((tag) => !tagKey(tag.name).startsWith(key) && tagKey(tag.name).includes(key))
  const hits: Offer[] = [...begins, ...has].slice(0, offered)
  const known = there.has(key) || all.some((tag) => tagKey(tag.name) === key)
  const name = cleanTag(typed)
  if (name !== '' && !known && [...name].length <= longestTag) hits.push({ name })
  return hits
}

/** The hue of a tag in degrees: always the same for the same name, whatever its case. Lightness and chroma are the style sheet's, the same for all. */
export function hueOf(tag: string): number {
  let hash = 2166136261
  for (const c of tagKey(tag)) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 16777619) >>> 0
  return hash % 360
}
