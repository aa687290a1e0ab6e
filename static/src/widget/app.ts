// What all screens of the frame share: the talk, the texts in the interface's language, and which sheet is open.
import { computed, effect, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { CallError } from '../shared/client'
import type { Catalogue, Translate } from '../shared/i18n'
import { direction, languageName, nearest, plainTag, sameLanguage, translator } from '../shared/i18n'
import type { Flag } from '../shared/wire.gen'
import { Attach } from './attach'
import { Chosen } from './chosen'
import type { Host } from './host'
import type { Keep } from './keep'
import { Log, parts } from './parts'
import type { Settings } from './settings'
import { fetchCatalogue, fetchTexts } from './settings'
import type { Talk } from './talk'
import type { Offer } from './tongue'

export type Sheet = 'none' | 'languages' | 'privacy' | 'menu' | 'end' | 'picture'

/** An offer in the language that it speaks of, if there are texts for it: who writes in it reads it. */
export interface Offered extends Offer {
  language: string
  t: Translate
}

export function offerLine(o: Offered): string {
  return o.t('offer.line', { language: languageName(plainTag(o.to), o.language) })
}

export class App {
  readonly settings: Settings
  readonly talk: Talk
  readonly keep: Keep
  readonly host: Host

  /** The panel is open; a page of its own always is. */
  readonly open = signal(false)
  /** A finger, not a mouse: the keyboard is not brought up unasked. */
  touch = matchMedia('(pointer:coarse)').matches
  /** The panel is the screen. */
  readonly phone = signal(false)
  readonly sheet = signal<Sheet>('none')
  readonly draft = signal('')
  readonly sound = signal(true)
  readonly larger = signal(false)
  /** Originals are shown under all translations. */
  readonly originals = signal(false)
  /** Lines for which the visitor wants it the other way, by id. They stand here, not in the lines, because these come and go with the log. */
  readonly #turned = signal<ReadonlySet<string>>(new Set())
  /** The translation that the visitor has just called wrong, by line and text. failed: that did not get through; unsaid: his comment did not. */
  readonly flagging = signal<{ id: string; state: 'told' | 'failed' | 'unsaid' } | undefined>(undefined)
  readonly offered = signal<Offered | undefined>(undefined)
  readonly attach: Attach
  /** The picture that is looked at, as long as the sheet of pictures is open. */
  readonly looked = signal('')
  /** Said once to those who listen: a failure, the connection. */
  readonly spoken = signal('')

  readonly #catalogue = signal<{ language: string; texts: Catalogue; whole: boolean }>({
    language: 'en',
    texts: {},
    whole: false,
  })
  #rest: Promise<void> | undefined
  readonly #interfaces = new Chosen({
    fetch: fetchCatalogue,
    take: (texts, tag) => {
      this.#catalogue.value = { language: tag, texts, whole: true }
      document.documentElement.lang = tag
      document.documentElement.dir = direction(tag)
    },
  })
  readonly #shopTexts = new Chosen({
    fetch: (language) => fetchTexts(this.settings.site.key, language),
    take: (texts) => {
      this.talk.texts.value = texts
    },
    // Until they come the widget's own stand, in the language that was chosen.
    missing: () => {
      this.talk.texts.value = {}
    },
  })
  /** The language of the interface. The visitor's own may be any; this one is the nearest that there are texts for. */
  readonly language = computed(() => this.#catalogue.value.language)
  readonly t = computed(() => translator(this.#catalogue.value.language, this.#catalogue.value.texts))

  /** Puts the focus into the box, and a text; set by the composer. */
  focus: () => void = () => {}
  fill: (text: string) => void = () => {}
  /** Tells the other tabs of this browser; set by the page. */
  onChosen: (language: string) => void = () => {}

  constructor(settings: Settings, talk: Talk, keep: Keep, host: Host) {
    this.settings = settings
    this.talk = talk
    this.keep = keep
    this.host = host
    this.attach = new Attach(this)
    talk.files = {
      upload: async (line) => {
        const here = await this.attach.load()
        // The part is not there, and without a connection it does not come.
        if (!here) throw new CallError('unavailable', 'What uploads files is not there.')
        return here.upload(line)
      },
      forget: (files) => this.attach.files.peek()?.uploads.forget(files.map((f) => f.key)),
    }
    const { language, texts, whole } = settings
    this.#catalogue.value = { language, texts, whole }
    parts.needs(() => this.#allTexts())
    this.draft.value = keep.get('draft') ?? ''
    this.sound.value = keep.get('sound') !== 'off'
    const chosen = keep.get('language')
    if (chosen) void this.interface(chosen)
    this.originals.value = keep.get('originals') === 'on'
    this.larger.value = keep.get('larger') === 'on'
    effect(() => {
      // All sizes of text are in rem.
      document.documentElement.style.fontSize = this.larger.value ? '125%' : ''
    })
    effect(() => {
      if (talk.link.value !== 'connected') return
      this.#interfaces.again()
      this.#shopTexts.again()
    })
    effect(() => {
      const offer = talk.tongue.offer.value
      if (offer) void this.#phrase(offer)
      else this.offered.value = undefined
    })
  }

  async #phrase(offer: Offer): Promise<void> {
    const own = { language: this.language.peek(), t: this.t.peek() }
    const tag = nearest(offer.to, this.settings.languages, own.language)
    const texts = sameLanguage(tag, offer.to) ? await fetchCatalogue(tag).catch(() => undefined) : undefined
    if (this.talk.tongue.offer.peek() !== offer) return
    this.offered.value = { ...offer, ...(texts ? { language: tag, t: translator(tag, texts) } : own) }
  }

  showsOriginal(id: string): boolean {
    return this.originals.value !== this.#turned.value.has(id)
  }

  /** Shows the original of one line, or no longer. */
  turn(id: string): void {
    const turned = new Set(this.#turned.peek())
    if (!turned.delete(id)) turned.add(id)
    this.#turned.value = turned
  }

  /** Tells that a translation is wrong. Thanks are said at once, and taken back if that did not get through. */
  async flag(id: string, of: Flag): Promise<void> {
    const spoken = this.t.peek()
    this.flagging.value = { id, state: 'told' }
    this.spoken.value = spoken('flag.thanks')
    if (await this.talk.tell('flag', of)) return
    this.flagging.value = { id, state: 'failed' }
    this.spoken.value = spoken('flag.failed')
  }

  /** Says what is wrong, or nothing; that ends it, unless it did not get through. */
  async comment(id: string, of: Flag, comment: string): Promise<void> {
    if (comment === '' || (await this.talk.tell('flag', { ...of, comment }))) {
      this.flagging.value = undefined
      this.goOn()
      return
    }
    this.flagging.value = { id, state: 'unsaid' }
    this.spoken.value = this.t.peek()('flag.failed')
  }

  /** Shows a picture large, or closes it. */
  look(id = ''): void {
    this.looked.value = id
    this.sheet.value = id ? 'picture' : 'none'
  }

  /** Puts a line that was not sent back into the box, with what belongs to it. Anything that is there already is kept below it. */
  edit(key: string): void {
    const line = this.talk.take(key)
    if (!line) return
    const { files } = line
    if (files) this.attach.put(files)
    const now = this.draft.peek()
    this.fillDraft([line.text, now].filter((s) => s !== '').join('\n'))
    this.focus()
  }

  /** The box is where one goes on, but a phone's keyboard is not brought up unasked. */
  goOn(): void {
    if (!this.touch) this.focus()
  }

  setLarger(on: boolean): void {
    this.larger.value = on
    this.keep.set('larger', on ? 'on' : 'off')
  }

  setOriginals(on: boolean): void {
    this.originals.value = on
    this.#turned.value = new Set()
    this.keep.set('originals', on ? 'on' : 'off')
  }

  /** Changes what the visitor writes and reads, and the interface as far as there are texts. */
  async speak(language: string): Promise<void> {
    await Promise.all([this.talk.speak(language), this.#texts(language)])
  }

  /** As speak, because the visitor has said so: then it is so in every tab. What a page of the shop wants is that page's. */
  choose(language: string): void {
    this.onChosen(language)
    void this.speak(language)
  }

  /** It was chosen in another tab, which tells the server. */
  follow(language: string): void {
    this.talk.tongue.choose(language, this.talk.known)
    void this.#texts(language)
  }

  async #texts(language: string): Promise<void> {
    await Promise.all([this.interface(language), this.#shopTexts.want(language)])
  }

  /** Until its texts have come the interface stays in the language that it is in; the conversation itself has changed all the same. */
  interface(language: string): Promise<void> {
    const now = this.#catalogue.peek().language
    const tag = nearest(language, this.settings.languages, now)
    return this.#interfaces.want(tag === now || !sameLanguage(tag, language) ? undefined : tag)
  }

  /** The page brings what the first screen says; all other texts come with the first part. */
  #allTexts(): Promise<void> {
    const { language, whole } = this.#catalogue.peek()
    if (whole) return Promise.resolve()
    this.#rest ??= fetchCatalogue(language)
      .then((texts) => {
        // Another language may have been chosen meanwhile, and has come whole.
        if (!this.#catalogue.peek().whole) this.#catalogue.value = { language, texts, whole: true }
      })
      .finally(() => {
        this.#rest = undefined
      })
    return this.#rest
  }

  setSound(on: boolean): void {
    this.sound.value = on
    this.keep.set('sound', on ? 'on' : 'off')
  }

  #saving: ReturnType<typeof setTimeout> | undefined

  /** What stands in the box outlives a reload. */
  setDraft(text: string): void {
    this.draft.value = text
    // What is typed will be shown soon.
    if (text) void Log.part.load()
    clearTimeout(this.#saving)
    this.#saving = setTimeout(() => this.saveDraft(), 250)
  }

  /** A text that was not typed into the box: a line to edit, a draft of the page's. */
  fillDraft(text: string): void {
    this.setDraft(text)
    this.fill(text)
  }

  /** Not before the visitor has acted: what the page has put into the box waits in it, and is kept with the first opening. */
  saveDraft(): void {
    clearTimeout(this.#saving)
    if (!this.draft.peek()) this.keep.remove('draft')
    else if (this.open.peek() || this.talk.acted) this.keep.set('draft', this.draft.peek())
  }

  close(): void {
    this.sheet.value = 'none'
    this.host.tell({ type: 'close' })
  }
}

const context = createContext<App | undefined>(undefined)
export const AppProvider = context.Provider

export function useApp(): App {
  const app = useContext(context)
  if (!app) throw new Error('a component stands outside of the app')
  return app
}
