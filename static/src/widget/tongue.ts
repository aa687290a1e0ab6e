// Which language the visitor writes and reads, and who said so: he himself, his browser, or the server, which has noticed something else.
import { signal } from '@preact/signals'
import { sameLanguage } from '../shared/i18n'
import type { Keep } from './keep'

/** The language changed although the visitor had not asked for it. He is told, until he says which one he wants. */
export interface Offer {
  from: string
  to: string
}

export class Tongue {
  /** What the visitor writes and reads. Before the session: the browser's first wish, as the server will see it. */
  readonly language = signal('en')
  readonly offer = signal<Offer | undefined>(undefined)

  readonly #keep: Keep
  readonly #fallback: string
  /** A language that was chosen before anything may be kept. */
  #chosen: string | undefined
  /** The language of each conversation as its row said last. */
  readonly #rows = new Map<string, string>()
  /** What was chosen in this page and has not come back in a row yet. */
  #echoes: string[] = []

  constructor(keep: Keep, fallback: string) {
    this.#keep = keep
    this.#fallback = fallback
    this.language.value = this.#wish()
  }

  #wish(): string {
    return this.#keep.get('language') ?? this.#chosen ?? navigator.languages[0] ?? this.#fallback
  }

  /** What the visitor has chosen himself: anything else the server knows better, perhaps from an agent. */
  get chosen(): string | undefined {
    return this.#keep.get('language')
  }

  /** The visitor's own choice. It is kept as soon as anything may be. */
  choose(language: string, mayKeep: boolean): void {
    const newest = [...this.#rows.keys()].sort().at(-1)
    if (newest !== undefined && this.#rows.get(newest) !== language) this.#echoes.push(language)
    this.language.value = language
    this.offer.value = undefined
    if (mayKeep) this.#keep.set('language', language)
    else this.#chosen = language
  }

  /** A session has begun: from here on the choice is kept; without one the server's answer counts. */
  begun(answer: string): void {
    if (this.#chosen) this.#keep.set('language', this.#chosen)
    this.#chosen = undefined
    if (!this.chosen) this.language.value = answer
  }

  /** A socket is open, and the server has said what counts. */
  hello(answer: string): void {
    this.#echoes = []
    this.#heard(answer, false)
  }

  /**
   * The row of a conversation says a language. An agent may have corrected it, or the server may have noticed it; it counts from then on, also
   * where the visitor had chosen another. What is over keeps its language whatever is chosen later, and so does all but the newest.
   */
  row(conversation: string, language: string, over: boolean): void {
    const before = this.#rows.get(conversation)
    if (!language || language === before) return
    this.#rows.set(conversation, language)
    // The first row tells nothing new to whom hello has just answered with his own choice.
    if (over || (before === undefined && this.chosen)) return
    const echo = this.#echoes.indexOf(language)
    this.#echoes = this.#echoes.slice(echo + 1)
    this.#heard(language, echo >= 0)
    if (this.chosen) this.#keep.set('language', language)
  }

  #heard(language: string, own: boolean): void {
    const { chosen } = this
    const now = this.language.peek()
    this.language.value = language
    if (sameLanguage(language, now)) return
    // Chosen here, or in another tab of the same browser.
    const asked = own || (chosen !== undefined && sameLanguage(language, chosen))
    const from = this.offer.peek()?.from ?? now
    this.offer.value = asked || sameLanguage(language, from) ? undefined : { from, to: language }
  }

  /** Another visitor, or none. */
  forget(): void {
    this.#rows.clear()
    this.#echoes = []
    this.offer.value = undefined
  }

  reset(): void {
    this.forget()
    this.language.value = this.#wish()
  }
}
