import type { JSX } from 'preact'
import { Fragment } from 'preact'
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
  const stored = underWhich(group.bubbles)
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
        {group.bubbles.map((b) => (
          <Fragment key={b.id}>
            {b.type === 'line' ? (
              <Own text={b.line.text} name={name} line={b.line} last={b === last} />
            ) : group.mine ? (
              <Own text={b.message.text} name={name} of={b} />
            ) : (
              <Theirs message={b.message} conversation={b.conversation} name={name} />
            )}
            {b === stored && b.type === 'message' && (
              <Foot
                at={b.at}
                state={group.mine && lastOwn?.id === b.id ? lastOwn.state : undefined}
                language={language.value}
              />
            )}
          </Fragment>
        ))}
      </div>
    </li>
  )
}

const isBad = (line: Line | undefined) => line?.state === 'failed' || line?.state === 'refused'

/**
 * Under which line of a group its foot stands: the last that the server has, unless one is on its way, which says so itself and is that line in a moment.
 * One that is not sent may stay there for long, and takes nothing away from those above it.
 */
function underWhich(bubbles: readonly Bubble[]): Bubble | undefined {
  return bubbles.findLast((b) => b.type === 'message' || !isBad(b.line))
}

/** Under a group: the time, and for the last line that the server has, how far it has come. */
function Foot({ at, state, language }: { at: string; state: Progress | undefined; language: string }): JSX.Element {
  const { t } = useApp()
  return (
    <p class="foot">
      <time dateTime={at} title={fullTime(at, language)}>
        {clock(at, language)}
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
  const bad = isBad(line)
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
  const bad = isBad(line)
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
          {tt('state.failed')}
          {reason && <span class="reason"> · {reason}</span>}
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
  if (error?.code === 'gone') return 'file.gone'
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
