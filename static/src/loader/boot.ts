import type { Launcher } from './launcher'
import { launcherOf } from './launcher'
import { Notebook } from './memory'
import type { Panel } from './panel'
import { panelOf } from './panel'
import { raised, tagFor } from './pick'
import type { Site } from './site'

type Listener = (detail?: unknown) => void
type Command = (name: string, ...args: unknown[]) => void

declare global {
  interface Window {
    dragoman?: Command & { q?: IArguments[] | unknown[][]; v?: number }
  }
}

/** Reads what the script tag says beside its address. */
function attributes(script: HTMLScriptElement | null) {
  const d = script?.dataset ?? {}
  return {
    lang: d.lang,
    position: d.position,
    color: /^#[0-9a-f]{6}$/i.test(d.color ?? '') ? d.color : undefined,
    z: Number(d.z) || undefined,
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

export function boot(literal: unknown, greet?: Greet): void {
  const site = literal as Site
  const script = document.currentScript as HTMLScriptElement | null
  const queued = window.dragoman
  // Twice in one page (a tag manager, a careless template): the first one stays.
  if (!site.key || queued?.v || !script?.src || !Element.prototype.attachShadow || !('adoptedStyleSheets' in document))
    return

  const origin = new URL(script.src).origin
  const options = attributes(script)
  const notebook = new Notebook(site.key)
  const listeners = new Map<string, Set<Listener>>()
  const wishes = [...(options.lang ? [options.lang] : navigator.languages), site.language]
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
    for (const f of listeners.get(event) ?? []) attempt(f, detail)
  }

  const launcher = launcherOf({
    label: raised(site.labels[language] ?? 'Chat'),
    language,
    color: options.color ?? site.color,
    position: options.position ?? site.position,
    z: options.z,
    onIntent: () => panel.load(),
    onToggle: () => panel.toggle(),
    onEscape: () => panel.close(),
  })
  const panel = panelOf({
    origin,
    key: site.key,
    name: site.name,
    language: options.lang,
    color: options.color,
    launcher,
    notebook,
    tell,
  })

  const commands: Record<string, (...args: never[]) => void> = {
    open: panel.open,
    close: panel.close,
    toggle: panel.toggle,
    show: () => launcher.show(true),
    hide: () => {
      panel.close()
      launcher.show(false)
    },
    language: (tag: string) => panel.send({ type: 'language', language: String(tag) }),
    message: (text: string) => panel.send({ type: 'draft', text: String(text) }),
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
      if (!listeners.has(event)) listeners.set(event, new Set())
      listeners.get(event)!.add(f)
    },
    off: (event: string, f: Listener) => listeners.get(event)?.delete(f),
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
    for (const call of queued?.q ?? []) {
      const args: unknown[] = []
      for (let i = 1; i < call.length; i++) args.push(call[i])
      dragoman(String(call[0]), ...args)
    }
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
