// What an agent has chosen for this browser. Kept in localStorage, which may be refused: then it holds until the reload.
import { effect, type Signal, signal } from '@preact/signals'
import { type Filters, readFilters, readTab, writeFilters } from '../inbox/filters'
import type { Sort, Tab } from '../inbox/order'
import { shelf } from './shelf'
import { type Interface, interfaces } from './words'

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'comfortable' | 'compact'
/** How originals stand beside translations. */
export type Originals = 'below' | 'beside' | 'hidden'

/** Percent, in steps that can be heard. */
const volumes: readonly string[] = ['10', '20', '30', '40', '50', '60', '70', '80', '90', '100']

export const originalsOrder: readonly Originals[] = ['below', 'beside', 'hidden']

export class Settings {
  /** Of the interface; auto is the language that the agent reads first. */
  readonly language = kept<Interface | 'auto'>('interface', 'auto', ['auto', ...interfaces])
  /** What the interface spoke here last, of itself. */
  readonly spoken = kept<Interface | ''>('spoken', '', ['', ...interfaces])
  readonly theme = kept<Theme>('theme', 'system', ['system', 'light', 'dark'])
  readonly density = kept<Density>('density', 'comfortable', ['comfortable', 'compact'])
  /** Each agent's own, at one computer with others too: begin says whose. */
  readonly originals: Signal<Originals> = signal('below')
  /** All sounds; those of each kind; how loud, in percent. They hold in every tab at once: any of them may be the one that sounds. */
  readonly sound = kept('sound', 'on', ['on', 'off'], 'everywhere')
  readonly sounds = {
    new: kept('sound.new', 'on', ['on', 'off'], 'everywhere'),
    line: kept('sound.line', 'on', ['on', 'off'], 'everywhere'),
    waiting: kept('sound.waiting', 'on', ['on', 'off'], 'everywhere'),
  }
  readonly volume = kept('volume', '60', volumes, 'everywhere')
  readonly notify = kept('notify', 'off', ['on', 'off'], 'everywhere')
  readonly singleKeys = kept('keys', 'on', ['on', 'off'])
  readonly context = kept('context', 'open', ['open', 'shut'])
  readonly tab = kept<Tab>('tab', 'unassigned', ['mine', 'unassigned', 'all', 'mentions'])
  readonly sort = kept<Sort>('sort', 'waiting', ['waiting', 'newest'])

  /** What the lists are narrowed to: each agent's own, or what the address says. */
  readonly filters: Signal<Filters> = signal({})

  private forget = () => {}
  private addressed = false

  /** A link that says tab or filters shows the list that it was copied from. */
  address(query: string): void {
    const tab = readTab(query)
    const filters = readFilters(query)
    this.addressed = tab !== undefined || Object.keys(filters).length > 0
    if (!this.addressed) return
    if (tab) this.tab.value = tab
    this.filters.value = filters
  }

  /** Somebody is in: how he reads, whoever sat here before him. */
  begin(agent: string): void {
    this.forget()
    this.originals.value = 'below'
    const originals = keep(this.originals, `originals.${agent}`, 'below', originalsOrder)
    const filters = this.keepFilters(`dragoman.console.filters.${agent}`)
    this.forget = () => {
      originals()
      filters()
    }
  }

  private keepFilters(key: string): () => void {
    try {
      if (!this.addressed) this.filters.value = readFilters(shelf()?.getItem(key) ?? '')
    } catch {
      // Refused: nothing was kept.
    }
    this.addressed = false
    return this.filters.subscribe((filters) => {
      try {
        shelf()?.setItem(key, writeFilters(filters))
      } catch {
        // Refused or full: they hold until the reload.
      }
    })
  }

  /** Puts theme and density on the document, where the style sheet looks for them. Returns how to stop. */
  paint(root: HTMLElement): () => void {
    return effect(() => {
      if (this.theme.value === 'system') delete root.dataset.theme
      else root.dataset.theme = this.theme.value
      root.dataset.density = this.density.value
    })
  }

  /** below, beside, hidden, and round again. */
  nextOriginals(): void {
    const at = originalsOrder.indexOf(this.originals.value)
    this.originals.value = originalsOrder[(at + 1) % originalsOrder.length] ?? 'below'
  }
}

function kept<T extends string>(name: string, otherwise: T, allowed: readonly T[], where?: 'everywhere'): Signal<T> {
  const s = signal<T>(otherwise)
  keep(s, name, otherwise, allowed)
  if (where) follow(s, name, allowed)
  return s
}

/** What another tab chooses is chosen here too. For as long as the page lives, as the settings do. */
function follow<T extends string>(s: Signal<T>, name: string, allowed: readonly T[]): void {
  addEventListener('storage', (e) => {
    const found = e.key === `dragoman.console.${name}` ? allowed.find((a) => a === e.newValue) : undefined
    if (found !== undefined) s.value = found
  })
}

/** Gives a signal the value that was kept, and keeps what it becomes. Returns how to stop. */
function keep<T extends string>(s: Signal<T>, name: string, otherwise: T, allowed: readonly T[]): () => void {
  const key = `dragoman.console.${name}`
  try {
    const was = localStorage.getItem(key)
    const found = allowed.find((a) => a === was)
    if (found !== undefined) s.value = found
  } catch {
    return () => {}
  }
  return s.subscribe((value) => {
    try {
      if (value !== otherwise || localStorage.getItem(key) !== null) localStorage.setItem(key, value)
    } catch {
      // Refused or full: the choice holds until the reload.
    }
  })
}
