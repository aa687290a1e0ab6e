// The open conversation: its heading, what stands in the way of translation, the lines, and the composer.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { Pins } from '../app/pinned'
import { t } from '../app/words'
import { DropZone } from '../attach/views'
import { Composer } from '../composer/composer'
import { Icon } from '../ui/icons'
import { SingleKey } from '../ui/single-key'
import { BudgetNote, EngineNote } from './engine'
import { FlagNote } from './flags'
import { Head } from './head'
import { Lines } from './lines'

export function Thread(): JSX.Element {
  const desk = useDesk()
  const id = desk.current.value
  const row = useComputed(() => desk.row(desk.current.value)).value
  return (
    <section class="talk" aria-label={t('thread.title')}>
      <Pins />
      {id && row ? (
        <>
          <Head key={`h${id}`} row={row} />
          <EngineNote key={`e${id}`} id={id} />
          <BudgetNote key={`b${id}`} site={row.site} />
          <FlagNote key={`f${id}`} id={id} />
          {/* Each conversation has a log and a composer of its own, with their own scroll and caret. */}
          <Lines key={`l${id}`} id={id} />
          <Composer key={`c${id}`} id={id} />
          <DropZone key={`d${id}`} id={id} />
        </>
      ) : (
        <Nothing asked={id} />
      )}
    </section>
  )
}

function Nothing({ asked }: { asked: string | undefined }): JSX.Element {
  const desk = useDesk()
  const next = desk.inbox.shown.value.ids[0]
  // Somebody may wait where the tab and the filters do not look.
  const counts = desk.inbox.counts.value.value
  const elsewhere = !next && counts !== undefined && counts.mine + counts.unassigned > 0
  const failed = asked !== undefined && desk.chats.loadingOf(asked).value === 'failed'
  if (asked && !failed) return <p class="loading">{t('thread.loading')}</p>
  if (failed) {
    return (
      <div class="empty tall-empty">
        <Icon name="chat" size={32} />
        <h2>{t('empty.gone.title')}</h2>
        <p>{t('empty.gone.text')}</p>
        <button type="button" onClick={() => desk.leave()}>
          {t('empty.gone.action')}
        </button>
      </div>
    )
  }
  return (
    <div class="empty tall-empty">
      <Icon name="chat" size={32} />
      <h2>{t('empty.talk.title')}</h2>
      {!elsewhere && <p>{t(next ? 'empty.talk.text' : 'empty.talk.quiet')}</p>}
      {next && (
        <button type="button" class="primary" onClick={() => desk.open(next, 'click')}>
          {t('empty.talk.action')}
          <SingleKey name="J" />
        </button>
      )}
      {elsewhere && (
        <button type="button" class="primary" onClick={() => void desk.nextWaiting()}>
          {t('key.waiting')}
          <SingleKey name="W" />
        </button>
      )}
    </div>
  )
}
