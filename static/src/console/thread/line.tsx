// Lines as they are read: the agent's language first, what was typed beneath, beside, or out of sight.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useId } from 'preact/hooks'
import { clock, fullTime } from '../../shared/time'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName, sameLanguage } from '../app/languages'
import { Offer } from '../app/parts'
import { timeLocale } from '../app/times'
import { t } from '../app/words'
import { FilesOfMessage } from '../attach/views'
import { Icon } from '../ui/icons'
import { Avatar, visitorName } from '../ui/marks'
import { Correct } from './correct'
import { Marked } from './marked'
import { ReadMark } from './marks'
import { customerReads, flaggedBeside, type Reading, readingOf, type Words, worthRetrying } from './reading'

/** Lines of one person in a row, under one heading. */
export function Run({ id, lines }: { id: string; lines: readonly Message[] }): JSX.Element | null {
  const desk = useDesk()
  // A line has the name that its author had when he wrote; who has said since who he is bears his name above all that he has written.
  const customer = useComputed(() => {
    const row = desk.rows.value.get(id)
    return row && visitorName(row.visitor)
  }).value
  const first = lines[0]
  if (!first) return null
  const visitor = first.author.kind === 'visitor'
  const mine = first.author.id === desk.myId.value
  const name = mine ? t('person.you') : visitor ? (customer ?? visitorName(first.author)) : first.author.name
  return (
    <section class={`run ${visitor ? 'theirs' : 'ours'}${first.kind === 'note' ? ' noted' : ''}`}>
      <header>
        {visitor && <Avatar who={{ ...first.author, name }} small />}
        <bdi class="author">{name}</bdi>
        {first.kind === 'note' && <span class="note-mark">{t('note.mark')}</span>}
        <time dateTime={first.at} title={fullTime(first.at, timeLocale())}>
          {clock(first.at, timeLocale())}
        </time>
      </header>
      {lines.map((line) => (
        <Line key={line.seq} id={id} line={line} />
      ))}
    </section>
  )
}

export function Line({ id, line }: { id: string; line: Message }): JSX.Element {
  const desk = useDesk()
  const customer = useComputed(() => desk.rows.value.get(id)?.language ?? '').value
  const reading = readingOf(line, desk.language.value, desk.languages.value)
  // Where the customer reads what this agent reads, once is enough.
  const shared = reading.state === 'done' && sameLanguage(reading.main.language, customer)
  const theirs = shared ? undefined : customerReads(line, customer)
  const layout = desk.settings.originals.value
  const found = useComputed(() => {
    const spot = desk.chats.stretches.spot.value
    return spot?.seq === line.seq && spot.conversation === id
  }).value
  if (line.erased)
    return (
      <p class="line erased" data-seq={line.seq}>
        {t('line.erased')}
      </p>
    )
  const beside = flaggedBeside(line, [reading.into, theirs?.into])
  const flagged = reading.flagged || theirs?.flagged || beside.length > 0
  const two = layout === 'beside' && (reading.original || theirs?.original)
  return (
    <div
      class={`line${two ? ' two' : ''}${flagged ? ' flagged' : ''}${line.text || line.kind === 'note' ? '' : ' bare'}${found ? ' found' : ''}`}
      data-seq={line.seq}
      {...(found && { tabIndex: -1 })}
    >
      {reading.main.text && (
        <Text words={reading.main} class="main" rough={reading.rough === true} mentions={line.mentions} />
      )}
      <FilesOfMessage id={id} line={line} />
      {reading.original && (
        <Second
          label={t('original.in', { language: languageName(reading.original.language) })}
          words={reading.original}
          made={reading}
          mentions={line.mentions}
        />
      )}
      {theirs?.state === 'done' && (
        <Second
          label={t('reads.in', { language: languageName(theirs.main.language) })}
          words={theirs.main}
          own
          made={theirs}
        />
      )}
      {beside.map((r) => (
        <Second
          key={r.into}
          label={t('reads.in', { language: languageName(r.main.language) })}
          words={r.main}
          own
          made={r}
        />
      ))}
      <div class="line-foot">
        <State id={id} line={line} reading={reading} />
        {theirs && <State id={id} line={line} reading={theirs} theirs />}
        {beside.map((r) => (
          <State key={r.into} id={id} line={line} reading={r} theirs />
        ))}
        {line.author.kind !== 'visitor' && line.kind === 'message' && <ReadMark seq={line.seq} />}
      </div>
    </div>
  )
}

interface TextProps {
  words: Words
  class: string
  rough?: boolean
  mentions?: Message['mentions']
}

function Text({ words, class: name, rough, mentions }: TextProps): JSX.Element {
  return (
    <p class={`${name}${rough ? ' rough' : ''}`} lang={words.language} dir="auto" translate={false}>
      <Marked text={words.text} mentions={mentions} />
    </p>
  )
}

/** The other text of a line: the original of what was said to us, or what the customer reads of what we said. */
function Second({
  label,
  words,
  own,
  made,
  mentions,
}: {
  label: string
  words: Words
  own?: boolean
  made: Reading
  mentions?: Message['mentions']
}): JSX.Element {
  const desk = useDesk()
  const id = useId()
  const open = useSignal(false)
  // What is called wrong is not hidden, whatever the layout.
  const hidden = desk.settings.originals.value === 'hidden' && !made.flagged
  const rough = made.rough === true
  const maker = madeBy(made)
  const body = (
    <div id={id} class={`second${own ? ' reads' : ''}`}>
      <span class="second-label">
        {label}
        {maker && <bdi class="maker">{maker}</bdi>}
        {made.terms && <bdi class="maker">{t('glossary', { terms: made.terms.join(', ') })}</bdi>}
        {rough && (
          <span class="rough-tag" title={t('rough.hint')}>
            {t('rough')}
          </span>
        )}
      </span>
      <Text words={words} class="second-text" rough={own === true && rough} mentions={mentions} />
    </div>
  )
  if (!hidden) return body
  return (
    <>
      <button
        type="button"
        class="link show-second"
        aria-expanded={open.value}
        {...(open.value && { 'aria-controls': id })}
        onClick={() => (open.value = !open.value)}
      >
        {t(open.value ? 'original.hide' : own ? 'reads.show' : 'original.show')}
      </button>
      {open.value && body}
    </>
  )
}

/** Which engine, or the memory; persons are named under the line. */
function madeBy({ by }: Reading): string | undefined {
  if (by?.kind === 'memory') return t('by.memory')
  return by?.kind === 'engine' && by.name ? t('by.engine', { name: by.name }) : undefined
}

interface StateProps {
  id: string
  line: Message
  reading: Reading
  theirs?: boolean
}

/** How a translation stands, where that is worth a word, and what can be done about it. */
function State({ id, line, reading, theirs }: StateProps): JSX.Element | null {
  const desk = useDesk()
  const busy = useSignal(false)
  const correcting = useSignal(false)
  const { into } = reading
  const just = useComputed(() => {
    const of = desk.corrected.value
    const here = of?.conversation === id && of.seq === line.seq && of.into === into
    return here && desk.hello.value?.agent?.role === 'admin' ? of : undefined
  }).value
  if (into === undefined) return null
  const again = async () => {
    busy.value = true
    await desk.act.translateAgain(id, line.seq, into)
    busy.value = false
  }
  return (
    <>
      {busy.value || reading.state === 'pending' ? (
        <span class="tag pending">{t(theirs ? 'line.pending.theirs' : 'line.pending')}</span>
      ) : (
        <>
          <Failed reading={reading} theirs={theirs === true} again={() => void again()} />
          {reading.flagged && (
            <Flagged
              reading={reading}
              again={() => void again()}
              right={() => void desk.act.correct(id, line.seq, into, reading.main.text)}
            />
          )}
          {reading.byPerson && (
            <span class="tag by-person">{t(`by.${reading.byPerson}`, { name: reading.by?.name ?? '' })}</span>
          )}
        </>
      )}
      <Correct id={id} line={line} into={into} reading={reading} open={correcting} />
      {just && <Offer of={just} />}
    </>
  )
}

/** Why there is no translation. A missing engine and a missing pair are told once, above the lines. */
function Failed({
  reading,
  theirs,
  again,
}: {
  reading: Reading
  theirs: boolean
  again: () => void
}): JSX.Element | null {
  const desk = useDesk()
  const { state, reason } = reading
  const helps = worthRetrying(reason)
  if (state !== 'failed' || (!helps && reason !== 'budget' && reason !== 'too_long')) return null
  return (
    <span class="tag failed">
      <Icon name="alert" size={14} />
      {t(theirs ? 'line.failed.theirs' : 'line.failed', { reason: t(`reason.${reason ?? 'engine'}`) })}{' '}
      {helps && (
        <button type="button" class="link again" disabled={!desk.line.online.value} onClick={again}>
          {t('again')}
        </button>
      )}
    </span>
  )
}

/** What the customer calls wrong, and what he says about it. */
function Flagged({ reading, again, right }: { reading: Reading; again: () => void; right: () => void }): JSX.Element {
  const desk = useDesk()
  const offline = !desk.line.online.value
  return (
    <div class="flag" role="note">
      <Icon name="alert" size={14} />
      <div>
        <p>{t('flagged')}</p>
        {reading.comment && (
          <p class="flag-comment" dir="auto">
            {reading.comment}
          </p>
        )}
        <p class="flag-do">
          {reading.by?.kind !== 'agent' && (
            <button type="button" class="link again" disabled={offline} onClick={again}>
              {t('again')}
            </button>
          )}
          <button type="button" class="link" disabled={offline} onClick={right}>
            {t('flagged.right')}
          </button>
        </p>
      </div>
    </div>
  )
}
