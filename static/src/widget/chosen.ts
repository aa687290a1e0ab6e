// What is fetched for the language that was chosen last. An answer for an earlier choice is late and changes nothing; what did not come is asked for again.
import { delay } from '../shared/backoff'

/** Asked for so often in a row; then the next connection asks, or the next choice. */
export const mostTries = 5

export interface ChosenOptions<T> {
  fetch(language: string): Promise<T>
  /** It is here, and still wanted. */
  take(got: T, language: string): void
  /** It did not come; perhaps it will. */
  missing?(): void
  /** For tests. */
  random?: () => number
}

export class Chosen<T> {
  readonly #options: ChosenOptions<T>
  #wanted: string | undefined
  #tries = 0
  /** The last answer was none. */
  #failed = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ChosenOptions<T>) {
    this.#options = options
  }

  /** A language was chosen; without one, what is there is right. Resolves after the first answer, whether it was one or not. */
  want(language?: string): Promise<void> {
    this.#wanted = language
    return this.#begin()
  }

  /** There is a connection: what has failed is asked for at once. */
  again(): void {
    if (this.#failed) void this.#begin()
  }

  #begin(): Promise<void> {
    this.#tries = 0
    return this.#ask()
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer)
    this.#failed = false
    const language = this.#wanted
    if (language === undefined) return
    const { fetch, take, missing, random } = this.#options
    try {
      const got = await fetch(language)
      if (language !== this.#wanted) return
      this.#wanted = undefined
      take(got, language)
    } catch {
      if (language !== this.#wanted) return
      this.#failed = true
      missing?.()
      clearTimeout(this.#timer)
      if (++this.#tries < mostTries)
        this.#timer = setTimeout(() => void this.#ask(), delay({ code: 0, reason: '' }, this.#tries, 0, random))
    }
  }
}
