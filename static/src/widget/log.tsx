import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { languageName, plainTag } from '../shared/i18n'
import { Icon } from '../shared/icons'
import { wear } from '../shared/parts'
import { Strong } from '../shared/strong'
import { dayName } from '../shared/time'
import { lastOwn } from './after'
import { useApp } from './app'
import { Event, Group } from './group'
import looks from './log.css'
import { Notes } from './notes'
import { Rating } from './rating'
import { Waiting } from './waiting'

wear(looks)

/** Closer to the end than this, one is at the end. */
const nearEnd = 60

/** The conversation. It stays at its end as long as the reader does, and never moves under one who has scrolled up. */
export default function Log(): JSX.Element {
  const app = useApp()
  const { talk, t, language, open } = app
  const box = useRef<HTMLElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const place = useRef<Place>(undefined)
  // How high the log's window was when the lines were last put in their place.
  const measured = useRef(0)
  const missed = useSignal(0)
  const days = talk.days.value
  const own = lastOwn(talk.rooms.value, talk.me.value?.id ?? '', talk.delivered)
  const tt = t.value
  const count = days.reduce(
    (n, d) => n + d.items.reduce((m, i) => m + (i.type === 'group' && !i.mine ? i.bubbles.length : 0), 0),
    0,
  )
  const before = useRef({ count, own: talk.lines.value.length, height: 0, first: '', more: false })
  const first = days[0]?.items[0]?.id ?? ''
  const oldest = talk.rooms.value.reduce<(typeof talk.rooms.value)[number] | undefined>(
    (a, b) => (a && a.id < b.id ? a : b),
    undefined,
  )
  const more = oldest !== undefined && oldest.floor > 1

  useLayoutEffect(() => {
    const el = box.current
    if (!el) return
    const old = before.current
    const sent = talk.lines.value.length > old.own
    if (first !== old.first && old.first !== '' && !atEnd.current) {
      // Older lines came in above: what was read stays where it is.
      el.scrollTop += el.scrollHeight - old.height
    } else if (atEnd.current || sent) toEnd()
    else if (count > old.count) missed.value += count - old.count
    // The button has gone from under who pressed it: he goes on where he is, and not at the top of the page.
    if (old.more && !more && document.activeElement === document.body) el.focus({ preventScroll: true })
    before.current = { count, own: talk.lines.value.length, height: el.scrollHeight, first, more }
  })

  const toEnd = () => {
    atEnd.current = true
    missed.value = 0
    // The last child, not scrollTop: heights are guesses as long as something above has never been drawn.
    end.current?.scrollIntoView({ block: 'end' })
  }

  /** Whether the window has another height by now: then what scrolls is not the reader. Lines that grow do not count, since he may jump in the same moment. */
  const resized = () => {
    const height = box.current?.clientHeight ?? 0
    const other = height !== measured.current
    measured.current = height
    return other
  }

  const seen = () => {
    if (atEnd.current && open.value && document.visibilityState === 'visible') talk.read()
  }

  useEffect(() => {
    const el = box.current
    if (!el) return
    // A keyboard that opens, a font that arrives, a line that is translated: all of them change heights.
    const observer = new ResizeObserver(() => {
      resized()
      if (atEnd.current) toEnd()
      else place.current?.hold()
    })
    observer.observe(el)
    for (const child of el.children) observer.observe(child)
    document.addEventListener('visibilitychange', seen)
    return () => {
      observer.disconnect()
      document.removeEventListener('visibilitychange', seen)
    }
  }, [])

  // Drawn anew when the panel opens: what came meanwhile is seen then.
  void open.value
  useEffect(seen)

  return (
    <div class="logbox">
      <section
        ref={box}
        class="log"
        role="log"
        aria-relevant="additions"
        aria-label={tt('log')}
        // A region that scrolls must be reachable by keys.
        tabIndex={0}
        onScroll={(e) => {
          const el = e.currentTarget
          if (resized() && atEnd.current) return
          atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < nearEnd
          if (atEnd.current) {
            missed.value = 0
            seen()
          } else if (!place.current?.isHeld()) place.current = new Place(el)
        }}
      >
        <div class="lines">
          {more ? (
            <button type="button" class="older" onClick={() => void talk.older(oldest)}>
              {tt('older')}
            </button>
          ) : (
            <Intro />
          )}
          {days.map((day) => (
            <div key={day.key} class="day">
              <h2>
                <span>{dayName(day.at, language.value)}</span>
              </h2>
              <ol>
                {day.items.map((item) =>
                  item.type === 'event' ? (
                    <Event key={item.id} message={item.message} />
                  ) : (
                    <Group key={item.id} group={item} lastOwn={own} />
                  ),
                )}
              </ol>
            </div>
          ))}
          <Notes />
          <Waiting />
          <Rating />
          <Typing />
          <div ref={end} class="end" />
        </div>
      </section>
      {missed.value > 0 && (
        <button type="button" class="pill" onClick={toEnd}>
          <Icon name="arrowDown" size={16} />
          {tt('new', { n: missed.value })}
        </button>
      )}
    </div>
  )
}

/**
 * Where somebody reads who has scrolled up: the first line in sight, and how far from the top it stands. Most browsers keep it there when a line
 * above it grows, because it was translated, or because all lines are in another language now; this does it for the others.
 */
class Place {
  readonly #log: HTMLElement
  readonly #line: Element | undefined
  readonly #top: number
  #held: number | undefined

  constructor(log: HTMLElement) {
    this.#log = log
    this.#line = [...log.querySelectorAll('.bubble')].find((b) => this.#below(b) + b.clientHeight > 0)
    this.#top = this.#line ? this.#below(this.#line) : 0
  }

  #below(line: Element): number {
    return line.getBoundingClientRect().top - this.#log.getBoundingClientRect().top
  }

  hold(): void {
    if (!this.#line?.isConnected) return
    this.#log.scrollTop += this.#below(this.#line) - this.#top
    this.#held = this.#log.scrollTop
  }

  /** The log stands where hold has put it: its scrolling is no step of the reader's, even if lines have changed once more since. */
  isHeld(): boolean {
    return this.#held !== undefined && Math.abs(this.#held - this.#log.scrollTop) < 1
  }
}

/** At the very beginning: in which language one speaks here, and where to change it. */
function Intro(): JSX.Element {
  const { talk, t, language, sheet } = useApp()
  const name = languageName(plainTag(talk.language.value), language.value)
  return (
    <p class="intro">
      <Icon name="translate" size={16} />
      <Strong text={t.value('language.own', { language: name })} />
      <button
        type="button"
        class="link"
        onClick={() => {
          sheet.value = 'languages'
        }}
      >
        {t.value('language.change')}
      </button>
    </p>
  )
}

/** Seen, not heard: it would interrupt a screen reader every few seconds. */
function Typing(): JSX.Element | null {
  const { talk, t } = useApp()
  const who = talk.typing.value
  if (!who) return null
  return (
    <div class="typing" aria-hidden="true" title={t.value('typing', { name: who.name })}>
      <span class="avatar">{[...who.name][0]?.toUpperCase()}</span>
      <span class="dots">
        <i />
        <i />
        <i />
      </span>
    </div>
  )
}
