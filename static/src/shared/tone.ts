// Soft notes, made on the spot by the browser itself: there is no file to fetch.

/** Plays notes one after the other; `step` is the seconds between their beginnings, `loud` from 0 to 1. */
export function play(audio: AudioContext, hertz: readonly number[], step: number, loud: number): void {
  for (const [i, frequency] of hertz.entries()) {
    const at = audio.currentTime + i * step
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(loud, at + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.33)
    tone.connect(volume).connect(audio.destination)
    tone.start(at)
    tone.stop(at + 0.36)
  }
}
