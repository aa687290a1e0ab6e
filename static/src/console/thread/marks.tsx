// The marks under an agent's lines: read under the newest one that the customer has read, sent under the newest one altogether. Which those are is
// found once for a conversation, not by each of its lines.
import { type ReadonlySignal, useComputed } from '@preact/signals'
import { type ComponentChildren, createContext, type JSX } from 'preact'
import { useContext, useMemo } from 'preact/hooks'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Icon } from '../ui/icons'

/** The seqs of the two lines; 0 for none. */
interface Marks {
  read: ReadonlySignal<number>
  sent: ReadonlySignal<number>
}

const MarksContext = createContext<Marks | undefined>(undefined)

function ours(m: Message): boolean {
  return m.author.kind !== 'visitor' && m.kind === 'message'
}

/** Stands around the lines of a conversation. */
export function WithMarks({ id, children }: { id: string; children: ComponentChildren }): JSX.Element {
  const desk = useDesk()
  const newest = (upTo: number) =>
    desk.chats.room(id).value.messages.findLast((m) => m.seq <= upTo && ours(m))?.seq ?? 0
  const read = useComputed(() => newest(desk.rows.value.get(id)?.read.visitor ?? 0))
  const sent = useComputed(() => newest(Number.POSITIVE_INFINITY))
  const marks = useMemo(() => ({ read, sent }), [read, sent])
  return <MarksContext.Provider value={marks}>{children}</MarksContext.Provider>
}

/** Under one of our lines. */
export function ReadMark({ seq }: { seq: number }): JSX.Element | null {
  const marks = useContext(MarksContext)
  const mark = useComputed(() => {
    if (seq === marks?.read.value) return 'read'
    return seq === marks?.sent.value ? 'sent' : undefined
  }).value
  if (!mark) return null
  return (
    <span class={`mark ${mark}`}>
      <Icon name={mark === 'read' ? 'checks' : 'check'} size={14} />
      {t(`mark.${mark}`)}
    </span>
  )
}
