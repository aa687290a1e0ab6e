// Who types: the visitor himself, which others are told now and then, and others, who are believed for a while.
import { signal } from '@preact/signals'
import type { Participant } from '../shared/wire.gen'

/** TypingEvery and TypingForget of the protocol. */
const typingEvery = 4000
const typingForget = 8000
/** How often what is being typed is shown to the agents at most, where they may read along. */
const previewEvery = 1000

export class OwnTyping {
  readonly #tell: (on: boolean, text?: string) => void
  readonly #preview: () => boolean
  #told = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** preview tells whether the text itself may be told. */
  constructor(tell: (on: boolean, text?: string) => void, preview: () => boolean) {
    this.#tell = tell
    this.#preview = preview
  }

  /** Called at every change of the box. */
  typed(text: string): void {
    if (text === '') {
      this.stop()
      return
    }
    const preview = this.#preview()
    const wait = this.#told + (preview ? previewEvery : typingEvery) - Date.now()
    clearTimeout(this.#timer)
    if (wait <= 0) {
      this.#told = Date.now()
      this.#tell(true, preview ? text : undefined)
    } else if (preview) {
      // The last letters count: nobody reads a preview that stops in the middle of a word.
      this.#timer = setTimeout(() => this.typed(text), wait)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    if (this.#told) this.#tell(false)
    this.#told = 0
  }

  /** Without a word: nobody is there any more who would be told. */
  reset(): void {
    clearTimeout(this.#timer)
    this.#told = 0
  }
}

export class OthersTyping {
  readonly who = signal<Participant | undefined>(undefined)
  #timer: ReturnType<typeof setTimeout> | undefined

  heard(who: Participant, on: boolean): void {
    clearTimeout(this.#timer)
    this.who.value = on ? who : undefined
    if (on) this.#timer = setTimeout(() => this.forget(), typingForget)
  }

  /** Of whoever has just said something nothing more is expected; without a name: of nobody. */
  forget(id = this.who.peek()?.id): void {
    if (this.who.peek()?.id === id) this.who.value = undefined
  }

  reset(): void {
    clearTimeout(this.#timer)
  }
}
