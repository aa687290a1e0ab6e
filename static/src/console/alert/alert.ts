// Being called: a sound, the title and a notification for what is not in front of this agent, in whatever tab.
import { computed, effect, untracked } from '@preact/signals'
import type { Conversation } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { locale, t } from '../app/words'
import { filesText } from '../attach/views'
import type { Given } from '../team/given'
import { nameWithin, visitorName } from '../ui/marks'
import { Caller, inFront } from './caller'
import { calls, kindOf, overdue } from './news'

/** Watches the desk. Returns how to stop. */
export function alerts(desk: Desk): () => void {
  const caller = new Caller(desk)
  // Rows that a page of the inbox brings are not news; lines that came while there was no connection show in the title.
  const watch = effect(() => {
    const news = desk.news.value
    // Words are read in there, and another language of the interface is no news.
    untracked(() => {
      for (const row of news) {
        const kind = kindOf(row, desk.myId.peek())
        if (kind) caller.call(kind, row.id, `line ${row.seq}`, () => lineOf(desk, row))
      }
    })
  })
  const given = effect(() => {
    const news = desk.given.value
    untracked(() => {
      for (const g of news) if (!inFront(desk, g.row.id)) tellGiven(desk, caller, g)
    })
  })
  // Whose conversation it is does not matter here: the note means this agent.
  const mentioned = effect(() => {
    const rows = desk.mentioned.value
    untracked(() => {
      for (const row of rows) {
        if (inFront(desk, row.id)) continue
        caller.call('line', row.id, `note ${row.seq}`, () => lineOf(desk, row))
        tell(
          desk,
          row,
          t('mention.you', { customer: nameWithin(row), name: `\u2068${row.last?.author.name ?? ''}\u2069` }),
        )
      }
    })
  })
  const stops = [countUnread(desk), watch, given, mentioned, watchWaiting(desk, caller), () => caller.close()]
  return () => {
    for (const stop of stops) stop()
  }
}

/** How many call, in the title and on the icon of an installed console. */
function countUnread(desk: Desk): () => void {
  const unread = computed(() => {
    let n = 0
    for (const row of desk.rows.value.values())
      if ((row.unread > 0 && calls(row, desk.myId.value)) || row.mentioned?.includes(desk.myId.value)) n++
    return n
  })
  return effect(() => {
    const { value: access } = desk.line.access
    // Who has signed out is called by nobody, and the icon outlives the page.
    if (access === 'login') badge(0)
    if (access !== 'in') return
    const n = unread.value
    const place = desk.place.value
    if (place) document.title = `${n > 0 ? `(${t('count', { n })}) ` : ''}${t(`key.${place.name}`)} · Dragoman`
    else document.title = n > 0 ? t('title.unread', { n }) : t('title')
    badge(n)
  })
}

function badge(n: number): void {
  const nav = navigator as { setAppBadge?: (n: number) => Promise<void> }
  nav.setAppBadge?.(n)?.catch(() => {})
}

/** Sounds for who has waited too long. Its own timer: the clock of the rows stands still while nobody sees it. */
function watchWaiting(desk: Desk, caller: Caller): () => void {
  let looked: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    clearTimeout(timer)
    // Before the greeting the server's time is not known.
    if (!desk.hello.peek()) return
    const now = desk.client.now()
    const { due, next } = overdue(desk.rows.peek().values(), desk.myId.peek(), looked ?? now, now)
    looked = now
    for (const row of due) caller.call('waiting', row.id, `since ${row.waiting_since}`)
    if (next !== undefined) timer = setTimeout(look, next - now)
  }
  const stop = effect(() => {
    desk.rows.value
    untracked(look)
  })
  return () => {
    stop()
    clearTimeout(timer)
  }
}

/** A colleague has given this agent a conversation, or added him. */
function tellGiven(desk: Desk, caller: Caller, { row, how }: Given): void {
  const title = t(`given.${how}`, { name: nameWithin(row) })
  tell(desk, row, title)
  caller.call('line', row.id, `given ${row.head}`, () => {
    const note = row.last?.kind === 'note' ? untracked(() => desk.glance(row)) : undefined
    return { title, text: note?.text.slice(0, 200) ?? '', language: note?.language ?? locale() }
  })
}

/** Says something about a conversation: what is said is a button that opens it. */
function tell(desk: Desk, row: Conversation, text: string): void {
  desk.notices.say('', 'info', { text, run: () => desk.open(row.id, 'click') })
}

function lineOf(desk: Desk, row: Conversation): { title: string; text: string; language: string } | undefined {
  if (!row.last) return undefined
  const words = untracked(() => desk.glance(row))
  return {
    title: visitorName(row.visitor),
    text: words?.text.slice(0, 200) || filesText(row.last),
    language: words?.language ?? locale(),
  }
}
