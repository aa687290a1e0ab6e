import type { Launcher } from './launcher'
import type { Notebook } from './memory'
import { Phone } from './phone'
import type { ToFrame, ToLoader } from './site'
import { greeting } from './site'

export interface PanelOptions {
  /** The chat server. */
  origin: string
  key: string
  name: string
  language: string | undefined
  /** The page's own accent, if the tag names one. */
  color: string | undefined
  launcher: Launcher
  notebook: Notebook
  tell(event: string, detail?: unknown): void
}

/** A frame that has not answered for so long is not coming: blocked by the page's policy, or the server is away. */
const patience = 12_000

/** The iframe with the conversation, made when it is first wanted, and the port to it. */
export class Panel {
  readonly #options: PanelOptions
  readonly #phone: Phone
  #panel: HTMLElement | undefined
  #frame: HTMLIFrameElement | undefined
  #port: MessagePort | undefined
  #ready = false
  #failed = false
  #open = false
  #waiting: ToFrame[] = []
  readonly #navigation: EventTarget = (window as { navigation?: EventTarget }).navigation ?? window
  readonly #moves = this.#navigation === window ? 'popstate' : 'navigatesuccess'
  #timer = 0
  #unread = 0

  constructor(options: PanelOptions) {
    this.#options = options
    this.#phone = new Phone(options.launcher.host)
  }

  load(): void {
    if (this.#panel) return
    const { origin, key, name, language, launcher } = this.#options
    const panel = document.createElement('div')
    panel.className = 'panel'
    const frame = document.createElement('iframe')
    frame.title = name
    frame.allow = 'clipboard-write'
    frame.referrerPolicy = 'origin'
    frame.src = `${origin}/widget/frame?site=${encodeURIComponent(key)}${language ? `&lang=${encodeURIComponent(language)}` : ''}`
    // The frame loads anew if the page moves it (a replaced body): it gets a new port and hears again what holds.
    frame.addEventListener('load', () => this.#connect())
    panel.append(frame)
    launcher.box.prepend(panel)
    this.#panel = panel
    this.#frame = frame
  }

  open(): void {
    if (this.#open) return
    if (this.#failed) {
      window.open(`${this.#options.origin}/chat/${encodeURIComponent(this.#options.key)}`, '_blank', 'noopener')
      return
    }
    this.load()
    this.#open = true
    this.#phone.open(this.#panel!)
    this.#options.launcher.setOpen(true)
    this.#frame?.focus()
    if (this.#ready) this.#post({ type: 'open', focus: true })
    else this.#hope()
    this.#options.tell('open')
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    this.#phone.close()
    this.#options.launcher.setOpen(false)
    // The focus was in the frame or nowhere; it must not be left in what is hidden now.
    this.#options.launcher.focus()
    if (this.#ready) this.#post({ type: 'close' })
    this.#options.tell('close')
  }

  toggle(): void {
    if (this.#open) this.close()
    else this.open()
  }

  /** For commands that are the frame's matter. They wait until the visitor wants the frame: a page may give them on every load. */
  send(message: ToFrame): void {
    if (this.#ready) this.#post(message)
    else this.#waiting.push(message)
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.#phone.close()
    this.#navigation.removeEventListener(this.#moves, this.#moved)
    this.#port?.close()
    this.#panel?.remove()
  }

  #post(message: ToFrame): void {
    this.#port?.postMessage(message)
  }

  #connect(): void {
    this.#port?.close()
    this.#ready = false
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    port1.onmessage = (e) => this.#heard(e.data as ToLoader)
    // The exact origin: if anything else has loaded here, it gets nothing.
    this.#frame?.contentWindow?.postMessage(greeting, this.#options.origin, [port2])
  }

  #hope(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      if (this.#ready) return
      this.#failed = true
      this.close()
    }, patience) as unknown as number
  }

  #heard(m: ToLoader): void {
    const { launcher, notebook, tell } = this.#options
    switch (m.type) {
      case 'ready':
        this.#ready = true
        this.#failed = false
        clearTimeout(this.#timer)
        this.#greet()
        break
      case 'close':
        this.close()
        break
      case 'unread':
        if (m.n !== this.#unread) tell('unread', m.n)
        this.#unread = m.n
        launcher.setUnread(m.n)
        break
      case 'message':
        tell('message', m.message)
        break
      case 'live':
        notebook.write({ live: m.live })
        break
      case 'keep':
        notebook.write({ token: m.token ?? '' })
        break
    }
  }

  #greet(): void {
    const { language, color, notebook } = this.#options
    const { token } = notebook.read()
    this.#post({
      type: 'init',
      page: page(),
      ...(language && { language }),
      ...(color && { color }),
      ...(token && { token }),
      touch: matchMedia('(pointer:coarse)').matches,
    })
    const waiting = this.#waiting
    this.#waiting = []
    for (const m of waiting) this.#post(m)
    if (this.#open) this.#post({ type: 'open', focus: true })
    // Pages that navigate without loading: the frame hears where the visitor is. `history` is left as it is.
    this.#navigation.addEventListener(this.#moves, this.#moved)
  }

  #moved = (): void => {
    if (this.#ready) this.#post({ type: 'page', page: page() })
  }
}

function page() {
  return { url: location.href.split('#')[0]!, title: document.title }
}
