// What the palette offers: conversations, actions, canned replies, settings and pages, each with its key where it has one.
import type { Signal } from '@preact/signals'
import type { Canned, Conversation } from '../../shared/wire.gen'
import { kinds } from '../alert/news'
import { canNotify, mayNotify, turnNotify } from '../alert/notify'
import type { Desk } from '../app/desk'
import { languageName, ownName } from '../app/languages'
import { interfaces, locale, t } from '../app/words'
import { cannedHits, valuesOf } from '../composer/canned'
import { textIn } from '../composer/drafts'
import { tabs } from '../inbox/order'
import { type Action, bindings } from '../keys/keys'
import { caps, run, works } from '../keys/run'
import type { IconName } from '../ui/icons'
import { visitorName } from '../ui/marks'

export interface Hit {
  key: string
  text: string
  hint?: string
  language?: string
  icon?: IconName
  caps?: readonly string[]
  run: () => void
}

/** The pictures of actions; the others have an arrow. */
const icons: Partial<Record<Action, IconName>> = {
  reply: 'edit',
  note: 'note',
  take: 'take',
  resolve: 'check',
  snooze: 'snooze',
  pin: 'pin',
  originals: 'translate',
  language: 'globe',
  context: 'panel',
  keys: 'keyboard',
  inbox: 'inbox',
  canned: 'bolt',
  glossary: 'book',
  memory: 'stack',
}

/** What needs no offer: the palette itself, and steps that a dialog has no use for. */
const unoffered: ReadonlySet<Action> = new Set(['palette', 'leave', 'next', 'previous'])

/** Every action that would do something now, with its key; keys are left out while single ones are off. */
export function actions(desk: Desk): Hit[] {
  const seen = new Set<Action>()
  const hits: Hit[] = []
  for (const { action, chord, quiet } of bindings) {
    if (seen.has(action) || unoffered.has(action) || (quiet && /^pin/.test(action)) || !works(desk, action)) continue
    seen.add(action)
    hits.push({
      key: action,
      text: t(`key.${action}` as 'key.reply'),
      icon: icons[action] ?? 'to',
      caps: caps(chord),
      run: () => run(desk, action),
    })
  }
  return hits
}

export function conversation(desk: Desk, row: Conversation): Hit {
  const says =
    row.last && row.last.kind !== 'event' ? (desk.glance(row)?.text.slice(0, 120) ?? '') : languageName(row.language)
  return {
    key: row.id,
    text: visitorName(row.visitor),
    hint: says,
    language: row.language,
    run: () => desk.openRow(row),
  }
}

/** Loaded conversations: what waits, then what was touched last. Without a query that is the likeliest wish. */
export function loaded(desk: Desk): Conversation[] {
  return [...desk.rows.value.values()].sort(
    (a, b) =>
      (a.waiting_since ?? '~').localeCompare(b.waiting_since ?? '~') ||
      (b.last?.at ?? '').localeCompare(a.last?.at ?? ''),
  )
}

/** Canned replies, while there is a box that they can go into. */
export function canned(desk: Desk, all: readonly Canned[]): Hit[] {
  const row = desk.row(desk.current.value)
  if (!row || desk.place.value) return []
  const values = valuesOf(row, desk.chats.room(row.id).value.messages, desk.myName.value)
  return all.flatMap((one) => {
    const [hit] = cannedHits([one], '', row.language, desk.language.value, values)
    if (!hit) return []
    return {
      key: `canned-${one.name}`,
      text: `/${one.name}`,
      hint: hit.text,
      icon: 'bolt' as const,
      run: () => insert(desk, row.id, one.name, hit.text),
    }
  })
}

/** An empty box is given the reply by its name, so that approved texts come along as when it is typed there; one in which something stands, its words. */
function insert(desk: Desk, id: string, name: string, text: string): void {
  const empty = textIn(desk.drafts.of(id).peek(), false).trim() === ''
  desk.putBack(id, empty ? `/${name}` : text, false)
  desk.focus('reply')
}

/** Every setting that has no page, as what choosing it would do. */
export function settings(desk: Desk): Hit[] {
  const { settings } = desk
  const set = (key: string, text: string, act: () => void, hint?: string): Hit => ({
    key,
    text,
    icon: 'sliders',
    run: act,
    ...(hint !== undefined && { hint }),
  })
  const turn = (key: string, text: string, setting: Signal<'on' | 'off'>, then?: () => void): Hit => {
    const on = setting.value === 'on'
    const act = () => {
      setting.value = on ? 'off' : 'on'
      then?.()
    }
    return set(key, text, act, t(on ? 'own.notify.off' : 'own.notify.on'))
  }
  const hits = [
    set('theme', t('palette.theme'), () => (settings.theme.value = dark() ? 'light' : 'dark')),
    set('density', t('palette.density'), () => {
      settings.density.value = settings.density.value === 'compact' ? 'comfortable' : 'compact'
    }),
    turn('sound', sounds(settings.sound), settings.sound, () => desk.notices.say(sounds(settings.sound))),
    ...kinds.map((kind) => {
      const setting = settings.sounds[kind]
      const name = t(`own.sound.${kind}`)
      return turn(`sound-${kind}`, `${t('own.sound')}: ${name}`, setting, () =>
        desk.notices.say(`${name}: ${sounds(setting)}`),
      )
    }),
    turn('single', t('keys.single'), settings.singleKeys),
    ...(['waiting', 'newest'] as const).map((sort) =>
      set(`sort-${sort}`, `${t('sort.name')}: ${t(`sort.${sort}`)}`, () => (settings.sort.value = sort)),
    ),
  ]
  if (canNotify())
    hits.push(
      set('notify', `${t('own.notify')}: ${t(notifies(desk) ? 'own.notify.off' : 'own.notify.on')}`, () => {
        void turnNotify(settings.notify).then((end) => {
          if (end === 'denied') desk.notices.say(t('own.notify.denied'), 'error')
        })
      }),
    )
  for (const tab of tabs)
    hits.push({
      ...set(`tab-${tab}`, `${t('inbox.title')}: ${t(`tab.${tab}`)}`, () => {
        desk.goInbox()
        settings.tab.value = tab
      }),
      icon: 'inbox',
    })
  if (Object.keys(settings.filters.value).length > 0)
    hits.push(set('filters', t('filter.clear'), () => (settings.filters.value = {})))
  for (const tag of interfaces)
    if (tag !== locale())
      hits.push({
        ...set(
          `interface-${tag}`,
          t('palette.interface', { language: ownName(tag) }),
          () => (settings.language.value = tag),
          languageName(tag),
        ),
        icon: 'globe',
      })
  return hits
}

function sounds(setting: Signal<'on' | 'off'>): string {
  return t(setting.peek() === 'on' ? 'sound.on' : 'sound.off')
}

function notifies({ settings }: Desk): boolean {
  return settings.notify.value === 'on' && mayNotify()
}

function dark(): boolean {
  return (
    getComputedStyle(document.documentElement).colorScheme === 'dark' ||
    matchMedia('(prefers-color-scheme: dark)').matches
  )
}
