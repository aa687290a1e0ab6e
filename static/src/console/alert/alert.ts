// Being called: a sound, the title and a notification for lines of visitors that are not in front of anybody.
import { computed, effect } from '@preact/signals'
import type { Conversation } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { t } from '../app/words'
import { readingOf } from '../thread/reading'
import { visitorName } from '../ui/marks'
import { notify } from './notify'
import { chime } from './sound'

/** Whom a line calls: the agent whose conversation it is, and everybody while it is nobody's. */
export function calls(row: Conversation, me: string): boolean {
  return row.state === 'open' && (!row.assignee || row.assignee === me)
}

/** Whether a row that changed holds a new line of the visitor. */
export function spoke(before: Conversation | undefined, now: Conversation): boolean {
  return now.last?.author.kind === 'visitor' && now.last.kind === 'message' && now.seq > (before?.seq ?? 0) && now.unread > 0
}

/** Watches the desk. Returns how to stop. */
export function alerts(desk: Desk): () => void {
  const unread = computed(() => {
    let n = 0
    for (const row of desk.rows.value.values()) if (row.unread > 0 && calls(row, desk.myId.value)) n++
    return n
  })
  const title = effect(() => {
    if (desk.line.access.value !== 'in') return
    const n = unread.value
    document.title = n > 0 ? t('title.unread', { n }) : t('title')
    // An installed console shows the number on its icon.
    const nav = navigator as { setAppBadge?: (n: number) => Promise<void> }
    nav.setAppBadge?.(n)?.catch(() => {})
  })
  let before: ReadonlyMap<string, Conversation> = desk.rows.peek()
  const watch = effect(() => {
    const rows = desk.rows.value
    // What a page of the inbox brings is not news; only what happens while one is connected and has a list calls.
    const fresh = before.size > 0 ? [...rows.values()].filter((row) => before.get(row.id) !== row && spoke(before.get(row.id), row)) : []
    before = rows
    for (const row of fresh) if (recent(desk, row) && calls(row, desk.myId.peek()) && !inFront(desk, row.id)) call(desk, row)
  })
  return () => {
    title()
    watch()
  }
}

/** Pages loaded later and rows after a reconnect hold old lines too: only those of the last minute are news. */
function recent(desk: Desk, row: Conversation): boolean {
  return desk.client.now() - Date.parse(row.last?.at ?? '') < 60_000
}

function inFront(desk: Desk, id: string): boolean {
  return desk.current.peek() === id && document.visibilityState === 'visible' && document.hasFocus()
}

function call(desk: Desk, row: Conversation): void {
  if (desk.settings.sound.peek() === 'on') chime()
  if (desk.settings.notify.peek() !== 'on' || document.hasFocus() || !row.last) return
  const { main } = readingOf(row.last, desk.language.peek(), desk.languages.peek())
  notify(row.id, visitorName(row.visitor), main.text.slice(0, 200), main.language, () => desk.open(row.id))
}
