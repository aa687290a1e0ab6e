// Who the visitor is as the page says it, signed or not, and what of that the server has not heard yet. It waits here until the visitor acts.
import { signal } from '@preact/signals'
import type { Fact } from '../loader/site'
import { CallError } from '../shared/client'
import type { About, Page } from '../shared/wire.gen'
import { identityOf, pageOf } from './who'

export type Tell = (name: 'attributes' | 'page', fields: About | Page) => Promise<unknown>

/** Changes that come together are told together. */
const gather = 300

export class Person {
  /** What the shop has signed was refused, and nobody else has begun in his place. */
  readonly refused = signal(false)
  /** A signature came that the server has not seen. */
  onSigned: (() => void) | undefined
  /** One was refused: the page may bring another. */
  onRefused: (() => void) | undefined
  page: Page | undefined
  /** Brings what looks at attributes and baskets; nothing if it could not be fetched. */
  facts: (() => Promise<Pick<typeof import('./facts'), 'attributesOf' | 'cartOf'> | undefined>) | undefined

  #jwt: string | undefined
  /** The signature that the server has answered: if it was taken, the token is enough from then on. */
  #answered: string | undefined
  #about: About = {}
  /** What nobody has looked at yet. */
  #raw: Fact[] = []
  /** What is to be told with the next connection, or a little later. */
  #dirty = { about: false, page: false }
  #tell: Tell | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #warned = new Set<string>()
  #fresh: Array<() => void> = []

  /** Says something to the shop's developer, once. */
  readonly warn = (sentence: string): void => {
    if (this.#warned.has(sentence)) return
    this.#warned.add(sentence)
    console.warn(`Dragoman: ${sentence}`)
  }

  /** The signature that the next session is to be asked for with. */
  get identity(): string | undefined {
    return this.#jwt === this.#answered ? undefined : this.#jwt
  }

  /** Takes what the page has said, in its order. */
  hear(facts: readonly Fact[]): void {
    for (const [what, value] of facts) {
      if (what === 'identify') this.#identified(value)
      else if (what === 'page') this.moved(value)
      else if (what === 'attributes' || what === 'cart') {
        this.#raw.push([what, value])
        this.#soon()
      } else this.warn(`there is no command "${what}".`)
    }
  }

  /** Looks at what was said of the visitor and his basket, in its order. As long as what looks at it is not there it waits for the next occasion. */
  async #look(): Promise<void> {
    const facts = this.#raw.length > 0 && (await this.facts?.())
    if (!facts) return
    for (const [what, value] of this.#raw.splice(0)) {
      if (what === 'cart') {
        const cart = facts.cartOf(value, this.warn)
        if (cart) this.#learn({ cart })
        continue
      }
      const attributes = facts.attributesOf(value, this.warn, this.#about.attributes)
      if (Object.keys(attributes).length > 0) this.#learn({ attributes })
    }
  }

  #learn(more: About): void {
    const next = { ...this.#about, ...more }
    if (JSON.stringify(next) === JSON.stringify(this.#about)) return
    this.#about = next
    this.#dirty.about = true
    this.#soon()
  }

  #identified(said: unknown): void {
    const { jwt, about } = identityOf(said, this.warn)
    this.#learn(about)
    if (!jwt || jwt === this.#jwt) return
    this.#jwt = jwt
    this.#release()
    this.onSigned?.()
  }

  /** The visitor is on another page now; where he was when he came the session says. */
  moved(said: unknown): void {
    const page = pageOf(said, this.warn)
    if (!page || (page.url === this.page?.url && page.title === this.page.title)) return
    this.page = page
    this.#dirty.page = true
    this.#soon()
  }

  /** A session was answered, which was asked for with these; the page is told with that. */
  begun(page: Page | undefined, jwt: string | undefined): void {
    this.#answered = jwt ?? this.#answered
    this.refused.value = false
    if (page === this.page) this.#dirty.page = false
  }

  /** The token has ended, or is another person's: the signature is needed once more, and all that is known is told anew. */
  again(): void {
    this.#answered = undefined
    this.#dirty.about = Object.keys(this.#about).length > 0
  }

  /** The server does not take the signature. Resolves when there is another one, or none on purpose. */
  refuse(why: string, jwt: string | undefined): Promise<void> {
    this.warn(`${why} See docs/identity.md.`)
    // Another has come while this one was asked about.
    if (jwt !== this.#jwt) return Promise.resolve()
    this.#answered = jwt
    this.refused.value = true
    this.onRefused?.()
    return new Promise((r) => this.#fresh.push(r))
  }

  /** The visitor goes on without. */
  guest(): void {
    this.#jwt = this.#answered = undefined
    this.#release()
  }

  #release(): void {
    this.refused.value = false
    for (const go of this.#fresh.splice(0)) go()
  }

  /** There is a connection, or (without one) there is none. */
  online(tell: Tell | undefined): void {
    this.#tell = tell
    if (tell) void this.#flush()
  }

  reset(): void {
    clearTimeout(this.#timer)
    this.#tell = undefined
    this.#jwt = undefined
    this.#answered = undefined
    this.#about = {}
    this.#raw = []
    this.#dirty = { about: false, page: false }
    this.#release()
  }

  #soon(after = gather): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#flush(), after)
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer)
    if (!this.#tell) return
    await this.#look()
    if (this.#dirty.page && this.page) await this.#say('page', this.page)
    if (this.#dirty.about) await this.#say('about', this.#about)
  }

  async #say(what: 'page' | 'about', fields: About | Page): Promise<void> {
    if (!this.#tell) return
    this.#dirty[what] = false
    try {
      await this.#tell(what === 'page' ? 'page' : 'attributes', fields)
    } catch (err) {
      const code = err instanceof CallError ? err.code : 'internal'
      if (code === 'bad_request' || code === 'too_long') this.#refusedFact(what, (err as CallError).message)
      else {
        this.#dirty[what] = true
        if (code === 'rate') this.#soon((err as CallError).retryAfterS * 1000)
      }
    }
  }

  /** The server does not want what was told. The basket must not be lost with the attributes, of which there may be too much together. */
  #refusedFact(what: 'page' | 'about', why: string): void {
    this.warn(why)
    const { attributes, ...rest } = this.#about
    if (what === 'page' || !attributes) return
    this.#about = rest
    this.#dirty.about = Object.keys(rest).length > 0
    this.#soon()
  }
}
