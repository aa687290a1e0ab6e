// The log of a conversation.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { clock, fullTime } from '../../shared/time'
import { useDesk } from '../app/desk'
import { Selection } from '../app/parts'
import { timeLocale } from '../app/times'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { visitorName } from '../ui/marks'
import { Items } from './items'
import { Outgoing } from './outgoing'
import { useScroll } from './scroll'

export function Lines({ id }: { id: string }): JSX.Element {
  const desk = useDesk()
  const box = useRef<HTMLDivElement>(null)
  const inner = useRef<HTMLDivElement>(null)
  const room = desk.chats.room(id).value
  const older = desk.chats.olderOf(id).value
  const loading = desk.chats.loadingOf(id).value
  // Around a place far above the newest lines only what was fetched there is shown, until both meet.
  const stretch = desk.chats.stretches.of(id)
  const spot = useComputed(() => desk.chats.stretches.spot.value).value
  const fetching = desk.chats.stretches.loading.value
  const lines = stretch?.messages ?? room.messages
  const begins = stretch ? stretch.begins : room.floor <= 1
  const waiting = useComputed(() => desk.sending.lines.value.filter((l) => l.conversation === id)).value
  const typing = useComputed(() => desk.typing.value.get(id)?.find((p) => p.kind === 'visitor')).value

  const more = () => {
    if (stretch) void desk.chats.stretches.older()
    else if (!begins) void desk.chats.loadOlder(id)
  }
  const reached = useRef(() => {})
  const { atEnd, below, toEnd, scrolled } = useScroll({
    id,
    box,
    inner,
    lines,
    last: room.messages.at(-1)?.seq ?? 0,
    waiting: waiting.length,
    reached: () => reached.current(),
    more,
    goesOn: stretch && (() => void desk.chats.stretches.newer()),
    spot: spot?.conversation === id ? spot : undefined,
  })
  reached.current = useReading(id, stretch ? 0 : (lines[lines.length - 1]?.seq ?? 0), atEnd)
  const newest = () => {
    desk.chats.stretches.leave()
    atEnd.current = true
  }
  const asked = desk.newestAsked.value
  const granted = useRef(asked)
  useLayoutEffect(() => {
    if (asked === granted.current) return
    granted.current = asked
    newest()
    toEnd()
  }, [asked])
  // One's own line is shown, and it stands at the end.
  const sent = useRef(waiting.length)
  useLayoutEffect(() => {
    if (waiting.length > sent.current && stretch) newest()
    sent.current = waiting.length
  }, [waiting.length])

  return (
    <div class="lines-frame">
      <div
        ref={box}
        class={`lines originals-${desk.settings.originals.value}`}
        role="log"
        aria-label={t('thread.log')}
        aria-busy={older === 'loading' || loading === 'loading'}
        tabIndex={0}
        onScroll={scrolled}
      >
        <div ref={inner} class="lines-inner">
          {!begins ? (
            <button type="button" class="link older" disabled={older === 'loading'} onClick={more}>
              {t(
                older === 'loading'
                  ? 'thread.older.loading'
                  : older === 'failed'
                    ? 'thread.older.failed'
                    : 'thread.older',
              )}
            </button>
          ) : (
            lines.length > 0 && <Beginning id={id} at={lines[0]?.at ?? ''} />
          )}
          {lines.length === 0 && loading === 'loading' && <p class="loading">{t('thread.loading')}</p>}
          {loading === 'failed' && (
            <p class="loading">
              {t('thread.failed')}{' '}
              <button type="button" class="link" onClick={() => void desk.chats.open(id)}>
                {t('again')}
              </button>
            </p>
          )}
          <Selection id={id} box={box} />
          <Items id={id} lines={lines} unreadAfter={desk.unreadAfter.value} />
          {stretch && (
            <button
              type="button"
              class="link older"
              disabled={fetching === 'loading'}
              onClick={() => void desk.chats.stretches.newer()}
            >
              {t(
                fetching === 'loading'
                  ? 'thread.newer.loading'
                  : fetching === 'failed'
                    ? 'thread.newer.failed'
                    : 'thread.newer',
              )}
            </button>
          )}
          {!stretch && waiting.map((line) => <Outgoing key={line.key} line={line} />)}
          {!stretch && typing && (
            <div class="typist">
              <p class="dots" title={t('typing.visitor', { name: visitorName(typing) })}>
                <span />
                <span />
                <span />
              </p>
              {typing.text && <Typed {...typing} text={typing.text} />}
            </div>
          )}
        </div>
      </div>
      {stretch && (
        <button type="button" class="to-end" onClick={newest}>
          <Icon name="arrowDown" size={16} />
          {t('thread.newest')}
        </button>
      )}
      {!stretch && fetching === 'failed' && spot?.conversation === id && (
        <p class="place-failed" role="alert">
          {t('thread.place.failed')}{' '}
          <button type="button" class="link" onClick={() => void desk.chats.stretches.again()}>
            {t('again')}
          </button>
        </p>
      )}
      {!stretch && below.value > 0 && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="arrowDown" size={16} />
          {t('thread.below', { n: below.value })}
        </button>
      )}
    </div>
  )
}

/** Tells the server how far one has read: only what is at the end of a log that somebody can be looking at, and each line once. */
function useReading(id: string, last: number, atEnd: { current: boolean }): () => void {
  const desk = useDesk()
  // A note that calls this agent is read as well, though it counts for nobody else.
  const unread = useComputed(() => {
    const row = desk.rows.value.get(id)
    return row !== undefined && (row.unread > 0 || row.mentioned?.includes(desk.myId.value) === true)
  }).value
  const online = desk.line.online.value
  const told = useRef(0)
  const tell = () => {
    const seen = atEnd.current && document.visibilityState === 'visible' && document.hasFocus()
    if (!unread || !online || !seen || last <= told.current) return
    told.current = last
    desk.act.read(id, last)
  }
  useEffect(() => {
    // Told again after a reconnect: the first time may not have arrived.
    told.current = 0
  }, [online])
  useEffect(() => {
    tell()
    addEventListener('focus', tell)
    document.addEventListener('visibilitychange', tell)
    return () => {
      removeEventListener('focus', tell)
      document.removeEventListener('visibilitychange', tell)
    }
  }, [id, last, unread, online])
  return tell
}

/** What the visitor has typed and not sent. It is not read out: it changes with every word. */
function Typed({ text, translation, language }: { text: string; translation?: string; language: string }): JSX.Element {
  const desk = useDesk()
  return (
    <div class="typed" aria-hidden="true" title={t('typing.unsent')}>
      {translation && (
        <p lang={desk.language.value} dir="auto" translate={false}>
          {translation}
        </p>
      )}
      <p class={translation ? 'typed-original' : undefined} lang={language} dir="auto" translate={false}>
        {text}
      </p>
    </div>
  )
}

function Beginning({ id, at }: { id: string; at: string }): JSX.Element {
  const desk = useDesk()
  const row = desk.rows.value.get(id)
  return (
    <p class="beginning" title={fullTime(at, timeLocale())}>
      {t('thread.beginning', { name: row ? visitorName(row.visitor) : '', time: clock(at, timeLocale()) })}
    </p>
  )
}
