// Two soft notes, made on the spot: no file to load. Browsers let a page sound only after somebody has touched it.

let audio: AudioContext | undefined

export function chime(): void {
  // Nobody has touched the page yet: the browser would refuse, and complain.
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return
  try {
    audio ??= new AudioContext()
    if (audio.state === 'suspended') void audio.resume()
    note(audio, 659, 0)
    note(audio, 880, 0.12)
  } catch {
    // No sound device, or no leave to use it: the title and the list tell as well.
  }
}

function note(ctx: AudioContext, hertz: number, after: number): void {
  const at = ctx.currentTime + after
  const tone = ctx.createOscillator()
  const volume = ctx.createGain()
  tone.frequency.value = hertz
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.12, at + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35)
  tone.connect(volume).connect(ctx.destination)
  tone.start(at)
  tone.stop(at + 0.4)
}
