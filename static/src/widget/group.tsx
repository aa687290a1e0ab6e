import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { checks } from '../shared/drawings/log'
import { Drawing, Icon } from '../shared/icons'
import type { Line } from '../shared/outbox'
import { Rich } from '../shared/rich'
import { clock, fullTime } from '../shared/time'
import type { Message } from '../shared/wire.gen'
import type { LastOwn, Progress } from './after'
import { useApp } from './app'
import { Attached } from './attached'
import { eventLine } from './events'
import { Theirs } from './theirs'
import type { Bubble, Item } from './thread'

type GroupItem = Extract<Item, { type: 'group' }>

/** Lines that one person wrote one after the other. */
export function Group({ group, lastOwn }: { group: GroupItem; lastOwn: LastOwn | undefined }): JSX.Element {
  const { t, language } = useApp()
  const name = group.mine ? t.value('you') : (group.author?.name ?? '')
  const last = group.bubbles[group.bubbles.length - 1]!
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
            <Own key={b.id} text={b.message.text} name={name} of={b} />
          ) : (
            <Theirs key={b.id} message={b.message} conversation={b.conversation} name={name} />
          ),
        )}
        <Foot
          last={last}
          state={group.mine && lastOwn?.id === last.id ? lastOwn.state : undefined}
          language={language.value}
        />
      </div>
    </li>
  )
}

/** Under a group: the time, and for the last line that the server has, how far it has come. */
function Foot({
  last,
  state,
  language,
}: {
  last: Bubble
  state: Progress | undefined
  language: string
}): JSX.Element | null {
  const { t } = useApp()
  if (last.type === 'line') return null
  return (
    <p class="foot">
      <time dateTime={last.at} title={fullTime(last.at, language)}>
        {clock(last.at, language)}
      </time>
      {state && (
        <span class={`state ${state}`}>
          {state === 'sent' ? <Icon name="check" size={14} /> : <Drawing path={checks} size={14} />}
          {t.value(`state.${state}`)}
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
  /** There once the server has it. */
  of?: Extract<Bubble, { type: 'message' }>
}

/** A line of the visitor's. The same component from Enter to the answer of the server, so that nothing jumps. */
function Own({ text, name, line, last, of }: OwnProps): JSX.Element {
  const { talk } = useApp()
  const bad = line?.state === 'failed' || line?.state === 'refused'
  return (
    <div class={bad ? 'bubble bad' : line ? 'bubble waiting' : 'bubble'}>
      <span class="spoken">{name}: </span>
      {text && (
        <p class="text" dir="auto" lang={of?.message.language ?? talk.language.value} translate={false}>
          <Rich text={text} />
        </p>
      )}
      <Attached line={line} of={of} />
      {line && (bad || last || line.files) && <LineState line={line} />}
    </div>
  )
}

function LineState({ line }: { line: Line }): JSX.Element {
  const app = useApp()
  const { t, talk, spoken } = app
  const tt = t.value
  const bad = line.state === 'failed' || line.state === 'refused'
  const reason = line.state === 'refused' ? tt(whyRefused(line)) : ''

  useEffect(() => {
    if (bad) spoken.value = `${tt('state.failed')}. ${reason}`
  }, [bad])

  if (!bad) {
    const offline = talk.link.value === 'away'
    const held = talk.held.value && line.state === 'queued'
    const progress = line.state === 'sending' && !offline && app.attach.files.value?.progress(line)
    return (
      <p class="foot">
        <Icon name="clock" size={14} />
        {tt(held ? 'state.held' : offline ? 'state.waiting' : 'state.sending')} {progress}
        {line.files?.some((f) => !f.id) && (
          <button type="button" class="link" onClick={() => app.edit(line.key)}>
            {tt('cancel')}
          </button>
        )}
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
        <button type="button" class="link" onClick={() => app.edit(line.key)}>
          {tt('state.edit')}
        </button>
      )}
      <button type="button" class="link" onClick={() => talk.take(line.key)}>
        {tt('state.delete')}
      </button>
    </p>
  )
}

function whyRefused({ error, files }: Line): string {
  // Of a file more is said beside the box, where it goes back to.
  if (files?.some((f) => !f.id)) return 'file.unwanted'
  return error?.code === 'too_long' ? 'error.long' : 'error.refused'
}

/** What happened: somebody came, went, ended the talk. */
export function Event({ message }: { message: Message }): JSX.Element {
  const { t, language } = useApp()
  return (
    <li class="event">
      {eventLine(message, t.value, language.value)}
      {message.event?.type === 'resolved' && <span class="again">{t.value('ended')}</span>}
    </li>
  )
}
