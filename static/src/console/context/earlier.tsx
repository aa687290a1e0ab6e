// The other conversations of the same person, the latest first: what was said last, how each stands, how it was rated, and who had it.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { shortTime } from '../app/times'
import { t } from '../app/words'
import { Block } from './block'

/** How many are asked for first, and how many with each wish for more. */
const first = 4
const more = 20

interface Page {
  state: 'loading' | 'ready' | 'failed'
  rows: readonly Conversation[]
  next?: string | undefined
}

export function Earlier({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const page = useSignal<Page>({ state: 'loading', rows: [] })
  const online = desk.line.online.value
  const load = async (after: string | undefined, wanted: () => boolean) => {
    const before = after === undefined ? [] : page.peek().rows
    page.value = { ...page.peek(), state: 'loading' }
    try {
      const ok = await desk.client.call('earlier', {
        conversation: row.id,
        limit: after === undefined ? first : more,
        ...(after !== undefined && { after }),
      })
      if (wanted()) page.value = { state: 'ready', rows: [...before, ...ok.conversations], next: ok.next }
    } catch {
      if (wanted()) page.value = { ...page.peek(), state: 'failed' }
    }
  }
  // Once more when the person is another: he was recognised, and has brought others along.
  useEffect(() => {
    if (!online) return
    let here = true
    void load(undefined, () => here)
    return () => {
      here = false
    }
  }, [row.id, row.visitor.id, online])
  const { state, rows, next } = page.value
  return (
    <Block name="earlier" title={t('context.earlier')}>
      {rows.length > 0 && (
        <ul class="earlier-list">
          {rows.map((r) => (
            <Other key={r.id} row={r} />
          ))}
        </ul>
      )}
      {state === 'ready' && rows.length === 0 && <p class="nothing">{t('earlier.none')}</p>}
      {state === 'loading' && rows.length === 0 && <p class="nothing">{t('loading')}</p>}
      {state === 'failed' && (
        <p class="nothing">
          {t('earlier.failed')}{' '}
          <button type="button" class="link" onClick={() => void load(undefined, () => true)}>
            {t('again')}
          </button>
        </p>
      )}
      {state === 'ready' && next !== undefined && (
        <button type="button" class="link" onClick={() => void load(next, () => true)}>
          {t('earlier.more')}
        </button>
      )}
    </Block>
  )
}

function Other({ row: asked }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  // It may have changed since it was asked for.
  const row = desk.rows.value.get(asked.id) ?? asked
  const words = desk.glance(row)
  const holder = row.assignee && desk.personName(row.assignee, row)
  return (
    <li>
      <button type="button" class="earlier-one" onClick={() => desk.open(row.id, 'click')}>
        <span class="earlier-top">
          {row.last && <time dateTime={row.last.at}>{shortTime(row.last.at, desk.minute.value)}</time>}
          <span class={`standing ${row.state}`}>{t(`state.${row.state}`)}</span>
          {row.rating && (
            <span class="rated">
              <span aria-hidden="true">{'★'.repeat(row.rating.score)}</span>
              <span class="spoken">{t('earlier.rated', { score: row.rating.score })}</span>
            </span>
          )}
        </span>
        {words?.text && (
          <span class="earlier-last glance" dir="auto" lang={words.language} translate={false}>
            {words.text}
          </span>
        )}
        {holder && <bdi class="earlier-who">{holder}</bdi>}
      </button>
    </li>
  )
}
