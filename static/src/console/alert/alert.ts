// Being called: a sound, the title and a notification for lines of visitors that are not in front of anybody.
import { computed, effect, untracked } from '@preact/signals'
import type { Conversation } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { locale, t } from '../app/words'
import { filesText } from '../attach/views'
import type { Given } from '../team/given'
import { readingOf } from '../thread/reading'
import { visitorName } from '../ui/marks'
import { calls } from './news'
import { notify } from './notify'
import { chime } from './sound'

/** Watches the desk. Returns how to stop. */
export function alerts(desk: Desk): () => void {
  const unread = computed(() => {
    let n = 0
    for (const row of desk.rows.value.values())
      if ((row.unread > 0 && calls(row, desk.myId.value)) || row.mentioned?.includes(desk.myId.value)) n++
    return n
  })
  const title = effect(() => {
    if (desk.line.access.value !== 'in') return
    const n = unread.value
    const place = desk.place.value
    if (place) document.title = `${n > 0 ? `(${t('count', { n })}) ` : ''}${t(`key.${place.name}`)} · Dragoman`
    else document.title = n > 0 ? t('title.unread', { n }) : t('title')
    // An installed console shows the number on its icon.
    const nav = navigator as { setAppBadge?: (n: number) => Promise<void> }
    nav.setAppBadge?.(n)?.catch(() => {})
  })
  // Rows that a page of the inbox brings are not news; lines that came while there was no connection show in the title.
  const watch = effect(() => {
    const news = desk.news.value
    // Words are read in there, and another language of the interface is no news.
    untracked(() => {
      for (const row of news) if (calls(row, desk.myId.peek()) && !inFront(desk, row.id)) call(desk, row)
    })
  })
  const given = effect(() => {
    const news = desk.given.value
    untracked(() => {
      for (const g of news) if (!inFront(desk, g.row.id)) tellGiven(desk, g)
    })
  })
  // Whose conversation it is does not matter here: the note means this agent.
  const mentioned = effect(() => {
    const rows = desk.mentioned.value
    untracked(() => {
      for (const row of rows) {
        if (inFront(desk, row.id)) continue
        call(desk, row)
        desk.notices.say(t('mention.you', { name: row.last?.author.name ?? '' }))
      }
    })
  })
  return () => {
    title()
    watch()
    given()
    mentioned()
  }
}

function inFront(desk: Desk, id: string): boolean {
  return (
    !desk.place.peek() && desk.current.peek() === id && document.visibilityState === 'visible' && document.hasFocus()
  )
}

/** A colleague has given this agent a conversation, or added him. */
function tellGiven(desk: Desk, { row, how }: Given): void {
  const text = t(`given.${how}`, { name: visitorName(row.visitor) })
  desk.notices.say(text)
  if (desk.settings.sound.peek() === 'on') chime()
  if (desk.settings.notify.peek() !== 'on' || document.hasFocus()) return
  const note =
    row.last?.kind === 'note' ? readingOf(row.last, desk.language.peek(), desk.languages.peek()).main : undefined
  notify(row.id, text, note?.text.slice(0, 200) ?? '', note?.language ?? locale(), () => desk.open(row.id))
}

function call(desk: Desk, row: Conversation): void {
  if (desk.settings.sound.peek() === 'on') chime()
  if (desk.settings.notify.peek() !== 'on' || document.hasFocus() || !row.last) return
  const { main } = readingOf(row.last, desk.language.peek(), desk.languages.peek())
  const text = main.text.slice(0, 200) || filesText(row.last)
  notify(row.id, visitorName(row.visitor), text, main.language, () => desk.open(row.id))
}
