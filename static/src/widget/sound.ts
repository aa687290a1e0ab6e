// A short, soft sound for an answer that nobody is looking at. Two notes by the browser itself, so there is nothing to fetch.

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
  if (!audio || !canSound()) return
  const start = audio.currentTime
  for (const [i, frequency] of [587.3, 880].entries()) {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(0, start + i * 0.09)
    volume.gain.linearRampToValueAtTime(0.06, start + i * 0.09 + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + i * 0.09 + 0.32)
    tone.connect(volume).connect(audio.destination)
    tone.start(start + i * 0.09)
    tone.stop(start + i * 0.09 + 0.34)
  }
}
