// The strip of open conversations, one key apart. A place in it never moves by itself: Alt+3 is the same customer all morning.
import { shelf } from './shelf'

export const maxPins = 6

/** Adds id at the end; in a full strip it takes the place of the one that has been quiet longest. */
export function pin(pins: readonly string[], id: string, lately: (id: string) => string): readonly string[] {
  if (pins.includes(id)) return pins
  if (pins.length < maxPins) return [...pins, id]
  let quietest = 0
  pins.forEach((p, i) => {
    if (lately(p) < lately(pins[quietest] ?? '')) quietest = i
  })
  return pins.map((p, i) => (i === quietest ? id : p))
}

const key = (agent: string) => `dragoman.console.pins.${agent}`

export function readPins(agent: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(shelf()?.getItem(key(agent)) ?? '[]')
    return Array.isArray(read) ? read.filter((p) => typeof p === 'string').slice(0, maxPins) : []
  } catch {
    return []
  }
}

export function keepPins(agent: string, pins: readonly string[]): void {
  try {
    shelf()?.setItem(key(agent), JSON.stringify(pins))
  } catch {
    // Refused or full: the strip holds until the reload.
  }
}
