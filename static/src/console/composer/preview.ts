// What the customer will read, asked for while one still types. Only the answer to the newest question counts.
import { type Signal, signal } from '@preact/signals'
import { CallError } from '../../shared/client'
import type { CallMap, PreviewOK } from '../../shared/wire.gen'

/** A pause in typing after which the preview is asked for, in ms. */
export const previewPause = 350

/** What is sent before its preview came waits for it so long, in ms, and then goes without. */
export const previewPatience = 1200

export type PreviewState =
  | { state: 'none' }
  /** Asked, or about to be. `last` is what stood there before, so that the line does not flicker. */
  | { state: 'waiting'; last?: PreviewOK }
  | { state: 'ready'; of: string; answer: PreviewOK }
  | { state: 'failed'; message: string }

export class Previewer {
  readonly state: Signal<PreviewState> = signal({ state: 'none' })
  private number = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = ''
  private back = false

  constructor(
    private readonly conversation: string,
    private readonly call: (fields: CallMap['preview']['call']) => Promise<PreviewOK>,
    private readonly pause = previewPause,
  ) {}

  /** The text changed, or the wish for a translation back. */
  want(text: string, back: boolean): void {
    const trimmed = text.trim()
    if (trimmed === this.asked && back === this.back) return
    this.asked = trimmed
    this.back = back
    const number = ++this.number
    clearTimeout(this.timer)
    if (trimmed === '') {
      this.state.value = { state: 'none' }
      return
    }
    const was = this.state.peek()
    const last = was.state === 'ready' ? was.answer : was.state === 'waiting' ? was.last : undefined
    this.state.value = last ? { state: 'waiting', last } : { state: 'waiting' }
    this.timer = setTimeout(() => void this.ask(number, trimmed, back), this.pause)
  }

  /** Asks again what was asked last: the connection came back. */
  again(): void {
    const { asked, back } = this
    this.asked = ''
    this.want(asked, back)
  }

  /** Whether what is shown is what the customer reads of this text, or cannot be known. */
  fresh(text: string): boolean {
    const s = this.state.peek()
    return s.state === 'ready' ? s.of === text.trim() : s.state === 'failed'
  }

  /** Asks at once, for a text that is about to be sent: the answer is then known where the line is translated. Resolves whatever the answer is. */
  async hurry(text: string): Promise<void> {
    await this.call({ conversation: this.conversation, text: text.trim() }).catch(() => {})
  }

  stop(): void {
    this.number++
    clearTimeout(this.timer)
  }

  private async ask(number: number, text: string, back: boolean): Promise<void> {
    try {
      const answer = await this.call({ conversation: this.conversation, text, ...(back && { back }) })
      if (number === this.number) this.state.value = { state: 'ready', of: text, answer }
    } catch (err) {
      if (number !== this.number) return
      this.state.value = { state: 'failed', message: err instanceof CallError ? err.code : 'internal' }
    }
  }
}
