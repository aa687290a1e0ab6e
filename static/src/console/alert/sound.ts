// What each kind of call sounds like. Browsers let a page sound only after somebody has touched it.
import { play } from '../../shared/tone'
import type { Kind } from './news'

/** Notes in hertz: up for somebody new, one for a line in a conversation of one's own, twice the same for somebody who waits. */
const tunes: Record<Kind, readonly number[]> = { new: [659, 880], line: [880], waiting: [587, 587, 784] }
/** The gain at full volume: soft all the same. */
const loudest = 0.2
/** Calls that come closer upon each other, in ms, are one sound. */
const apart = 1500

let audio: AudioContext | undefined
let last = Number.NEGATIVE_INFINITY

/** Whether somebody has touched the page: before, the browser would refuse, and complain. */
export function canSound(): boolean {
  return navigator.userActivation?.hasBeenActive ?? true
}

/** `percent` is the volume; `now` plays however short ago the last one was, for who tries a sound out. */
export function chime(kind: Kind, percent: number, now?: 'now'): void {
  if (!canSound() || (!now && performance.now() - last < apart)) return
  last = performance.now()
  try {
    audio ??= new AudioContext()
    if (audio.state === 'suspended') void audio.resume()
    play(audio, tunes[kind], 0.12, (loudest * percent) / 100)
  } catch {
    // No sound device, or no leave to use it: the title and the list tell as well.
  }
}
