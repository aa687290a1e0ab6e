// The strip of open conversations, one key apart. A place in it never moves by itself: Alt+3 is the same customer all morning.
import { type Signal, signal } from '@preact/signals'
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

function readPins(agent: string): readonly string[] {
  try {
    const read: unknown = JSON.parse(shelf()?.getItem(key(agent)) ?? '[]')
    return Array.isArray(read) ? read.filter((p) => typeof p === 'string').slice(0, maxPins) : []
  } catch {
    return []
  }
}

function keepPins(agent: string, pins: readonly string[]): void {
  try {
    shelf()?.setItem(key(agent), JSON.stringify(pins))
  } catch {
    // Refused or full: the strip holds until the reload.
  }
}

export class Pins {
  readonly list: Signal<readonly string[]> = signal([])
  private agent = ''

  /** lately: when something last happened in a conversation, as text that can be compared. changed: the strip is another one. */
  constructor(
    private readonly lately: (id: string) => string,
    private readonly changed: () => void,
  ) {}

  /** The strip of this agent as it was before the reload. */
  begin(agent: string): void {
    this.agent = agent
    this.list.value = readPins(agent)
  }

  add(id: string): void {
    this.set(pin(this.list.peek(), id, this.lately))
  }

  /** Returns the place that it had; -1 for one that was in none. */
  remove(id: string): number {
    const place = this.list.peek().indexOf(id)
    this.set(this.list.peek().filter((p) => p !== id))
    return place
  }

  /** Puts one that was removed in its place again, if there is still room. */
  putBack(id: string, place: number): void {
    if (place >= 0 && !this.full(id))
      this.set(
        this.list
          .peek()
          .filter((p) => p !== id)
          .toSpliced(place, 0, id),
      )
  }

  /** No place is left for one that is not in the strip. */
  full(id: string): boolean {
    const pins = this.list.peek()
    return pins.length >= maxPins && !pins.includes(id)
  }

  toggle(id: string): void {
    if (this.list.peek().includes(id)) this.remove(id)
    else this.add(id)
  }

  private set(pins: readonly string[]): void {
    this.list.value = pins
    if (this.agent) keepPins(this.agent, pins)
    this.changed()
  }
}
