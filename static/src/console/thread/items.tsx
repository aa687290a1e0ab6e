// The lines of a conversation as they stand in its log: days, runs of one person's lines, and system lines folded together.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { clock, dayName, fullTime } from '../../shared/time'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { timeLocale } from '../app/times'
import { t } from '../app/words'
import { group, type Item, named, sameItem } from './group'
import { Run } from './line'
import { WithMarks } from './marks'

export interface ItemsProps {
  id: string
  lines: readonly Message[]
  /** See group. */
  unreadAfter: number
}

interface Drawn {
  item: Item
  view: JSX.Element
}

/** A new line draws itself: an item that is as it was keeps its view, the very object, which Preact does not look into again. */
export function Items({ id, lines, unreadAfter }: ItemsProps): JSX.Element {
  const names = useRef(new Map<number, string>()).current
  const drawn = useRef<ReadonlyMap<string, Drawn>>(new Map())
  const views = useMemo(() => {
    const items = group(lines, unreadAfter)
    named(items, names)
    const now = new Map<string, Drawn>()
    for (const item of items) {
      const was = drawn.current.get(item.key)
      now.set(
        item.key,
        was && sameItem(was.item, item) ? was : { item, view: <Part key={item.key} item={item} id={id} /> },
      )
    }
    drawn.current = now
    return [...now.values()].map(({ view }) => view)
  }, [id, lines, unreadAfter])
  return <WithMarks id={id}>{views}</WithMarks>
}

function Part({ item, id }: { item: Item; id: string }): JSX.Element {
  const desk = useDesk()
  switch (item.type) {
    case 'day':
      return <h3 class="day">{dayName(item.at, timeLocale(), new Date(desk.minute.value))}</h3>
    case 'unread':
      return (
        <p class="unread-mark">
          <span>{t('thread.unread')}</span>
        </p>
      )
    case 'events':
      return <Events id={id} item={item} />
    case 'run':
      return <Run id={id} lines={item.lines} />
  }
}

/** System lines: several in a row are one, the last, until somebody unfolds them. */
function Events({ id, item }: { id: string; item: Extract<Item, { type: 'events' }> }): JSX.Element {
  const desk = useDesk()
  const open = useSignal(false)
  // Any change of any conversation makes another map: only this row is followed.
  const row = useComputed(() => desk.row(id)).value
  const folded = !open.value && item.lines.length > 1
  const shown = folded ? item.lines.slice(-1) : item.lines
  return (
    <div class="events">
      {shown.map((line, i) => (
        <p key={line.seq} data-seq={line.seq} title={fullTime(line.at, timeLocale())}>
          {desk.eventText(line, row)}{' '}
          <time class="dot-before" dateTime={line.at}>
            {clock(line.at, timeLocale())}
          </time>
          {item.lines.length > 1 && i === shown.length - 1 && (
            <button type="button" class="link" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
              {open.value ? t('events.fewer') : t('events.more', { n: item.lines.length - 1 })}
            </button>
          )}
        </p>
      ))}
    </div>
  )
}
