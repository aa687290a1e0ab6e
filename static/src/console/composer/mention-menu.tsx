// The list of colleagues over the box of a note, once an @ was typed. The box keeps the focus; arrow keys choose, Tab and Enter put the name in.
import { type ReadonlySignal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Colleague } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Avatar } from '../ui/marks'
import { type BoxList, boxList } from './box-list'
import type { Draft } from './drafts'
import { called, mentionHits, mentionQuery } from './mentions'

export type MentionMenu = BoxList<Colleague>

/** The list for the box of a note; undefined while it is closed. insert puts a text in the place of what stands between two places. */
export function useMention(
  id: string,
  people: readonly Colleague[],
  draft: ReadonlySignal<Draft>,
  box: { current: HTMLTextAreaElement | null },
  insert: (text: string, from: number, to: number) => void,
): MentionMenu | undefined {
  const desk = useDesk()
  const at = useSignal(0)
  const closed = useSignal<number | undefined>(undefined)
  const { text, note } = draft.value
  const caret = box.current?.selectionStart ?? text.length
  const asked = note ? mentionQuery(text, caret) : undefined
  useEffect(() => {
    at.value = 0
    if (asked?.from !== closed.peek()) closed.value = undefined
  }, [asked?.from, asked?.query])
  if (!asked || closed.value === asked.from) return undefined
  const hits = mentionHits(people, asked.query, desk.myId.value)
  if (hits.length === 0) return undefined
  const choose = (hit: Colleague | undefined) => {
    if (!hit) return
    // "@Ann " may go on to "@Ann Lee": what was chosen is not asked about again.
    closed.value = asked.from
    insert(`@${hit.name} `, asked.from, caret)
  }
  return boxList(`mention-${id}`, hits, at, choose, () => {
    closed.value = asked.from
  })
}

export function MentionList({ menu }: { menu: MentionMenu }): JSX.Element {
  return (
    <div class="options canned" role="listbox" id={menu.listId} aria-label={t('mention.list')}>
      {menu.hits.map((hit, i) => (
        <div
          key={hit.id}
          id={`${menu.listId}-${i}`}
          class="mention-one"
          role="option"
          tabIndex={-1}
          aria-selected={i === menu.at}
          onPointerMove={() => menu.point(i)}
          // The box keeps the focus.
          onPointerDown={(e) => e.preventDefault()}
          onClick={() => menu.choose(hit)}
          onKeyDown={(e) => e.key === 'Enter' && menu.choose(hit)}
        >
          <Avatar who={{ ...hit, kind: 'agent' }} small />
          <bdi>{hit.name}</bdi>
          {!hit.online && <span class="mention-away">{t('mention.away')}</span>}
        </div>
      ))}
    </div>
  )
}

/** Who will be called by a note as it stands: what is not named here calls nobody. */
export function Called({ text, people }: { text: string; people: readonly Colleague[] }): JSX.Element | null {
  const names = called(text, people).map((a) => `\u2068${a.name}\u2069`)
  if (names.length === 0) return null
  return (
    <p class="mention-called" role="status">
      {t('mention.called', { names: names.join(', ') })}
    </p>
  )
}
