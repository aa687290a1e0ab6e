import { ofDocument } from './document'
import type { Launcher } from './launcher'
import { launcherOf } from './launcher'
import type { Notebook } from './memory'
import { notebookOf } from './memory'
import type { Panel } from './panel'
import { panelOf } from './panel'
import { raised, tagFor } from './pick'
import type { Site, Tag } from './site'

type Listener = (detail?: unknown) => void
type Command = (name: string, ...args: unknown[]) => void

declare global {
  interface Window {
    dragoman?: Command & { q?: IArguments[] | unknown[][]; v?: number }
  }
}

function tagOf({ dataset: d }: HTMLScriptElement): Tag {
  return {
    lang: d.lang,
    position: d.position,
    color: d.color?.match(/^#[0-9a-f]{6}$/i)?.[0],
    z: Number(d.z) || 2147483000,
  }
}

/** What draws the bubble beside the launcher, for sites that have one. Not an object: its names would be bytes in every loader. */
export type Greet = (
  site: Site,
  wishes: readonly string[],
  launcher: Launcher,
  notebook: Notebook,
  panel: Panel,
  on: (event: string, f: Listener) => void,
) => void

/** looks are the rules of what `greet` draws. */
export function boot(literal: unknown, greet?: Greet, looks = ''): void {
  const site = literal as Site
  const script = ofDocument('currentScript') as HTMLScriptElement | null
  const queued = window.dragoman
  // Twice in one page (a tag manager, a careless template): the first one stays.
  if (!site.key || queued?.v || !script?.src || !('adoptedStyleSheets' in document)) return

  const origin = new URL(script.src).origin
  let welcome = location.origin === origin
  for (const one of site.origins) welcome ||= location.origin === one
  if (!welcome) {
    console.warn(`Dragoman: ${location.origin} is no origin of ${site.key}: see dragoman site set`)
    return
  }
  const tag = tagOf(script)
  const notebook = notebookOf(site.key)
  const listeners: Record<string, Set<Listener>> = Object.create(null)
  const wishes = [...(tag.lang ? [tag.lang] : navigator.languages), site.language]
  const language = tagFor(site.labels, wishes) ?? 'en'
  let gone = false

  const attempt = (f: (...args: never[]) => void, ...args: unknown[]) => {
    try {
      f(...(args as never[]))
    } catch (err) {
      console.error(err)
    }
  }
  const tell = (event: string, detail?: unknown) => {
    for (const f of listeners[event] ?? []) attempt(f, detail)
  }

  const look = { ...tag, color: tag.color ?? site.color, position: tag.position ?? site.position }
  const launcher = launcherOf(look, raised(site.labels[language] ?? 'Chat'), language, looks)
  const panel = panelOf({ origin, site, tag, launcher, notebook, tell })

  const commands: Record<string, (...args: never[]) => void> = {
    open: panel.open,
    close: panel.close,
    toggle: panel.toggle,
    show: () => launcher.show(true),
    hide: () => {
      panel.close()
      launcher.show(false)
    },
    language: (tag: string) => panel.send({ type: 'language', language: `${tag}` }),
    message: (text: string) => panel.send({ type: 'draft', text: `${text}` }),
    reset: () => {
      // The token is in the frame's storage, so here the frame is needed.
      panel.load()
      panel.unsay()
      panel.send({ type: 'reset' })
      notebook.write({ live: false, token: '' })
    },
    destroy: () => {
      gone = true
      panel.destroy()
      launcher.destroy()
      delete window.dragoman
    },
    on: (event: string, f: Listener) => {
      listeners[event] ??= new Set()
      listeners[event].add(f)
    },
    off: (event: string, f: Listener) => listeners[event]?.delete(f),
  }

  const dragoman: Window['dragoman'] = Object.assign(
    (name: string, ...args: unknown[]) => {
      // What is no command here is the frame's to take, or to complain of: identify, attributes, cart, page.
      if (Object.hasOwn(commands, name)) gone || attempt(commands[name]!, ...args)
      else attempt(panel.say, name, args[0])
    },
    { v: 1 },
  )
  window.dragoman = dragoman

  const start = () => {
    if (gone) return
    launcher.mount()
    for (const call of queued?.q ?? []) dragoman(...(call as unknown as [string]))
    tell('ready')
    // Somebody who has a conversation here wants to see that it was answered.
    if (notebook.read().live) idle(() => gone || panel.load())
    greet?.(site, wishes, launcher, notebook, panel, commands.on as never)
  }
  if (document.body) idle(start)
  else document.addEventListener('DOMContentLoaded', () => idle(start))
}

/** When the page has nothing better to do. Safari has no requestIdleCallback. */
function idle(f: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(f, { timeout: 2000 })
  else setTimeout(f, 200)
}
