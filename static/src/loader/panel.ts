import { ofDocument } from './document'
import type { Launcher } from './launcher'
import type { Notebook } from './memory'
import { phoneOf } from './phone'
import type { Fact, Site, Tag, ToFrame, ToLoader } from './site'
import { greeting } from './site'

export interface PanelOptions {
  /** The chat server. */
  origin: string
  site: Site
  tag: Tag
  launcher: Launcher
  notebook: Notebook
  tell(event: string, detail?: unknown): void
}

/** The iframe with the conversation, made when it is first wanted, and the port to it. */
export interface Panel {
  load(): void
  open(): void
  close(): void
  toggle(): void
  /** For commands that are the frame's matter. They wait until the visitor wants the frame: a page may give them on every load. */
  send(message: ToFrame): void
  /** What the page says of its visitor, and that it is forgotten. */
  say(...call: Fact): void
  unsay(): void
  destroy(): void
}

/** A frame that has not answered for so long is not coming: blocked by the page's policy, or the server is away. */
const patience = 12_000

/** So many of the last facts a frame hears that is loaded anew. */
const keptFacts = 99

export function panelOf({ origin, site, tag, launcher, notebook, tell }: PanelOptions): Panel {
  const { lang, color } = tag
  const { button, box } = launcher
  const phone = phoneOf(launcher.host)
  const navigation: EventTarget = (window as { navigation?: EventTarget }).navigation ?? window
  const moves = navigation === window ? 'popstate' : 'navigatesuccess'
  let panel: HTMLElement | undefined
  let frame: HTMLIFrameElement
  let port: MessagePort | undefined
  let ready = false
  let failed = false
  let up = false
  let isOpen = false
  let waiting: ToFrame[] = []
  let timer = 0
  let unread = 0
  let said: Fact[] = []

  const post = (message: ToFrame) => ready && port!.postMessage(message)
  const moved = () => post({ type: 'page', page: page() })
  const opened = () => post({ type: 'open', phone: phone.small.matches })

  const load = () => {
    if (panel) return
    up = false
    panel = document.createElement('div')
    panel.className = 'panel'
    frame = document.createElement('iframe')
    frame.title = site.name
    frame.allow = 'clipboard-write'
    frame.referrerPolicy = 'origin'
    frame.src = `${origin}/widget/frame?site=${site.key}${lang ? `&lang=${encodeURIComponent(lang)}` : ''}`
    // The frame loads anew if the page moves it (a replaced body): it gets a new port and hears again what holds. A browser may also tell of a load
    // when the frame has only taken a step in its history.
    frame.addEventListener('load', connect)
    panel.append(frame)
    box.prepend(panel)
  }

  const connect = () => {
    const before = port
    ready = false
    const { port1, port2 } = new MessageChannel()
    port = port1
    port1.onmessage = (e) => {
      const m = e.data as ToLoader
      // Not sooner: a frame that was there all the time may be saying something.
      if (m.type === 'ready') before?.close()
      heard(m)
    }
    // The exact origin: if anything else has loaded here, it gets nothing.
    frame.contentWindow?.postMessage(greeting, origin, [port2])
  }

  const open = () => {
    if (isOpen) return
    if (failed) {
      window.open(`${origin}/chat/${site.key}`, '_blank', 'noopener')
      return
    }
    load()
    isOpen = true
    phone.open(panel!)
    launcher.setOpen(true)
    frame.focus()
    opened()
    if (!ready)
      timer = setTimeout(() => {
        // A browser that knows of no network would have none for a page of its own either.
        failed = navigator.onLine
        close()
      }, patience) as unknown as number
    tell('open')
  }

  const close = () => {
    if (!isOpen) return
    isOpen = false
    clearTimeout(timer)
    phone.close()
    launcher.setOpen(false)
    // The focus was in the frame or nowhere; it must not be left in what is hidden now.
    button.focus({ preventScroll: true })
    post({ type: 'close' })
    // Whoever comes back to one that did not come gets another: in a tunnel the browser has put a page of its own there.
    if (!up) {
      panel!.remove()
      panel = undefined
    }
    tell('close')
  }

  const heard = (m: ToLoader) => {
    switch (m.type) {
      case 'ready':
        ready = up = true
        failed = false
        clearTimeout(timer)
        // From here on it has a button of its own to close it.
        panel!.className = 'panel up'
        greet()
        break
      case 'close':
        close()
        break
      case 'unread':
        if (m.n !== unread) tell('unread', m.n)
        unread = m.n
        launcher.setUnread(m.n)
        break
      case 'name':
        launcher.name(m.open, m.close, m.language)
        break
      case 'live':
        notebook.write({ live: m.live }, m.tab)
        break
      case 'keep':
        notebook.write({ token: m.token ?? '' })
        break
      default:
        tell(m.type, m.detail)
    }
  }

  const greet = () => {
    const { token } = notebook.read()
    post({
      type: 'init',
      page: page(),
      color,
      token,
      touch: matchMedia('(pointer:coarse)').matches,
      said,
    })
    const told = waiting
    waiting = []
    for (const m of told) post(m)
    if (isOpen) opened()
    else post({ type: 'close' })
    // Pages that navigate without loading: the frame hears where the visitor is. `history` is left as it is.
    navigation.addEventListener(moves, moved)
  }

  const toggle = () => (isOpen ? close() : open())

  // Somebody points at the button, or has the focus on it: what it opens is fetched now.
  for (const intent of ['pointerenter', 'focus', 'touchstart']) button.addEventListener(intent, load, { passive: true })
  button.addEventListener('click', toggle)
  box.addEventListener('keydown', (e) => e.key === 'Escape' && close())

  return {
    load,
    open,
    close,
    toggle,
    send(message) {
      ready ? post(message) : waiting.push(message)
    },
    say(...call) {
      // A copy: what cannot be handed over fails here, not in the middle of something else.
      const copy = JSON.parse(JSON.stringify(call))
      // What is said anew as a whole takes the place of what was: it must not push out who the visitor is.
      const rest: Fact[] = []
      for (const fact of said) if (fact[0] !== copy[0] || !/^(page|cart)$/.test(copy[0])) rest.push(fact)
      said = [...rest, copy].slice(-keptFacts)
      post({ type: 'said', said: [copy] })
    },
    unsay() {
      said = []
    },
    destroy() {
      clearTimeout(timer)
      phone.close()
      navigation.removeEventListener(moves, moved)
      port?.close()
      panel?.remove()
    },
  }
}

function page() {
  return { url: location.href.split('#')[0]!, title: ofDocument('title') }
}
