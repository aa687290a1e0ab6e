// A short, soft sound for an answer that nobody is looking at.
import { play } from '../shared/tone'

let audio: AudioContext | undefined

/** Browsers let a page sound only after somebody has used it: call this from a click. */
export function allowSound(): void {
  try {
    audio ??= new AudioContext()
    void audio.resume()
  } catch {
    // No sound here; the badge is there all the same.
  }
}

export function canSound(): boolean {
  return audio?.state === 'running'
}

export function chime(): void {
  if (audio && canSound()) play(audio, [587.3, 880], 0.09, 0.06)
}
