import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { languageName, plainTag } from '../shared/i18n'
import { Icon } from '../shared/icons'
import type { Line } from '../shared/outbox'
import { Rich } from '../shared/rich'
import { clock, fullTime } from '../shared/time'
import type { Message } from '../shared/wire.gen'
import { useApp } from './app'
import { Theirs } from './theirs'
import type { Bubble, Item } from './thread'

type GroupItem = Extract<Item, { type: 'group' }>

/** Lines that one person wrote one after the other. */
export function Group({ group }: { group: GroupItem }): JSX.Element {
  const { t, language, talk } = useApp()
  const name = group.mine ? t.value('you') : (group.author?.name ?? '')
  const last = group.bubbles[group.bubbles.length - 1]!
  const own = group.mine ? talk.lastOwn.value : undefined
  return (
    <li class={group.mine ? 'group mine' : 'group'}>
      {!group.mine && (
        <span class="avatar" aria-hidden="true">
          {[...name][0]?.toUpperCase()}
        </span>
      )}
      <div class="stack">
        {!group.mine && (
          <p class="name" aria-hidden="true" dir="auto">
            {name}
          </p>
        )}
        {group.bubbles.map((b) =>
          b.type === 'line' ? (
            <Own key={b.id} text={b.line.text} name={name} line={b.line} last={b === last} />
          ) : group.mine ? (
            <Own key={b.id} text={b.message.text} name={name} message={b.message} />
          ) : (
            <Theirs key={b.id} message={b.message} conversation={b.conversation} name={name} />
          ),
        )}
        <Foot last={last} read={own?.id === last.id ? own.read : undefined} language={language.value} />
      </div>
    </li>
  )
}

/** Under a group: the time, and for the last line that the server has, how far it has come. */
function Foot({
  last,
  read,
  language,
}: {
  last: Bubble
  read: boolean | undefined
  language: string
}): JSX.Element | null {
  const { t } = useApp()
  if (last.type === 'line') return null
  return (
    <p class="foot">
      <time dateTime={last.at} title={fullTime(last.at, language)}>
        {clock(last.at, language)}
      </time>
      {read !== undefined && (
        <span class={read ? 'state read' : 'state'}>
          <Icon name={read ? 'checks' : 'check'} size={14} />
          {t.value(read ? 'state.read' : 'state.sent')}
        </span>
      )}
    </p>
  )
}

interface OwnProps {
  text: string
  name: string
  line?: Line
  /** The last of its group: what waits says so once. */
  last?: boolean
  message?: Message
}

/** A line of the visitor's. The same component from Enter to the answer of the server, so that nothing jumps. */
function Own({ text, name, line, last, message }: OwnProps): JSX.Element {
  const { talk } = useApp()
  const bad = line?.state === 'failed' || line?.state === 'refused'
  return (
    <div class={bad ? 'bubble bad' : line ? 'bubble waiting' : 'bubble'}>
      <span class="spoken">{name}: </span>
      <p class="text" dir="auto" lang={message?.language ?? talk.language.value} translate={false}>
        <Rich text={text} />
      </p>
      {line && (bad || last) && <LineState line={line} />}
    </div>
  )
}

function LineState({ line }: { line: Line }): JSX.Element {
  const app = useApp()
  const { t, talk, spoken } = app
  const tt = t.value
  const bad = line.state === 'failed' || line.state === 'refused'
  const reason = line.state === 'refused' ? tt(line.error?.code === 'too_long' ? 'error.long' : 'error.refused') : ''

  useEffect(() => {
    if (bad) spoken.value = `${tt('state.failed')}. ${reason}`
  }, [bad])

  if (!bad) {
    const offline = talk.link.value === 'away'
    const held = talk.held.value && line.state === 'queued'
    return (
      <p class="foot">
        <Icon name="clock" size={14} />
        {tt(held ? 'state.held' : offline ? 'state.waiting' : 'state.sending')}
      </p>
    )
  }
  return (
    <p class="foot failed">
      <span class="why">
        <Icon name="alert" size={16} />
        <span>
          {tt('state.failed')}. {reason && <span class="reason">{reason}</span>}
        </span>
      </span>
      {line.state === 'failed' ? (
        <button type="button" class="link" onClick={() => talk.retry(line.key)}>
          {tt('state.retry')}
        </button>
      ) : (
        <>
          <button
            type="button"
            class="link"
            onClick={() => {
              // Anything already in the box is kept below it.
              const now = app.draft.value
              app.fillDraft(talk.take(line.key) + (now ? `\n${now}` : ''))
              app.focus()
            }}
          >
            {tt('state.edit')}
          </button>
          <button type="button" class="link" onClick={() => talk.take(line.key)}>
            {tt('state.delete')}
          </button>
        </>
      )}
    </p>
  )
}

/** What happened: somebody came, went, ended the talk. */
export function Event({ message }: { message: Message }): JSX.Element {
  const { t, language } = useApp()
  const tt = t.value
  const e = message.event!
  const to = e.type === 'language' && e.to ? languageName(plainTag(e.to), language.value) : ''
  return (
    <li class="event">
      {tt(`event.${e.type}`, { name: message.author.name, language: to })}
      {e.type === 'resolved' && <span class="again">{tt('ended')}</span>}
    </li>
  )
}
