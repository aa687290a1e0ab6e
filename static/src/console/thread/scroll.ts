// How the log of a conversation scrolls: it follows its end while one reads there, and elsewhere what one reads stays under the eye.
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Message } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { type Anchor, anchorOf, holdAt } from './anchor'
import type { Spot } from './stretch'

/** Nearer to the end than this, in CSS pixels, counts as being there. */
const nearEnd = 48
/** Nearer to the beginning than this, in CSS pixels, older lines are asked for. */
const nearBeginning = 240

export interface Scroll {
  atEnd: { current: boolean }
  /** New lines below what is seen. */
  below: Signal<number>
  toEnd(): void
  scrolled(): void
}

export interface Scrolling {
  id: string
  box: RefObject<HTMLElement | null>
  inner: RefObject<HTMLElement | null>
  lines: readonly Message[]
  /** The seq of the newest line that is loaded, which may stand far below these. */
  last: number
  /** How many lines of one's own are on their way. */
  waiting: number
  /** The end has come into view. */
  reached(): void
  /** The beginning is near. */
  more(): void
  /** The lines go on below the last one: their end is not the end of the conversation, and it is near. */
  goesOn: (() => void) | undefined
  /** The line that is to be shown, once it is there. */
  spot: Spot | undefined
}

/** Where the log stood when it was last looked at, and the heights of its lines and of its box then, in CSS pixels. */
interface Place {
  top: number
  log: number
  box: number
}

const placeOf = (el: HTMLElement): Place => ({ top: el.scrollTop, log: el.scrollHeight, box: el.clientHeight })

export function useScroll({ id, box, inner, lines, last, waiting, reached, more, goesOn, spot }: Scrolling): Scroll {
  const desk = useDesk()
  const atEnd = useRef(true)
  const anchor = useRef<Anchor | undefined>(undefined)
  const below = useSignal(0)

  const was = useRef<Place>({ top: 0, log: 0, box: 0 })

  const toEnd = () => {
    const el = box.current
    if (el) {
      el.scrollTop = el.scrollHeight
      was.current = placeOf(el)
    }
    atEnd.current = true
    anchor.current = undefined
    below.value = 0
    reached()
  }
  const hold = () => {
    if (atEnd.current) toEnd()
    else if (box.current && anchor.current) holdAt(box.current, anchor.current)
  }
  const scrolled = () => {
    const el = box.current
    if (!el) return
    const left = el.scrollHeight - el.scrollTop - el.clientHeight
    // What has another height now has moved the log itself: nobody has scrolled up, and the end is followed.
    const { top, log, box: height } = was.current
    was.current = placeOf(el)
    if (
      atEnd.current &&
      left >= nearEnd &&
      (el.scrollTop >= top || el.scrollHeight !== log || el.clientHeight !== height)
    )
      return
    atEnd.current = !goesOn && left < nearEnd
    anchor.current = atEnd.current ? undefined : anchorOf(el)
    if (atEnd.current) {
      below.value = 0
      reached()
    }
    if (el.scrollTop < nearBeginning) more()
    if (left < nearBeginning) goesOn?.()
  }

  // Older lines came in above, or a translation did.
  useLayoutEffect(hold, [lines])

  // New lines: follow them at the end, count them elsewhere. One's own are always shown.
  const before = useRef(last)
  useLayoutEffect(() => {
    if (atEnd.current) toEnd()
    else if (last > before.current && before.current > 0 && !goesOn)
      below.value += lines.filter((l) => l.seq > before.current && l.kind !== 'event').length
    before.current = last
  }, [last])
  useLayoutEffect(() => {
    if (waiting > 0) toEnd()
  }, [waiting])

  // A picture that loads, an original that is shown, a keyboard that opens: all change heights without a row. This is told before the next
  // frame is painted, so nobody sees the step.
  const held = useRef(hold)
  held.current = hold
  useEffect(() => {
    const changed = new ResizeObserver(() => held.current())
    if (inner.current) changed.observe(inner.current)
    if (box.current) changed.observe(box.current)
    return () => changed.disconnect()
  }, [])

  // Where one was is remembered for as long as the page lives; the end is simply the end.
  useLayoutEffect(() => {
    const el = box.current
    const was = desk.places.get(id)
    if (was && el && holdAt(el, was)) {
      atEnd.current = false
      anchor.current = was
    } else toEnd()
    return () => {
      // Of what is gone, or was another agent's, nothing is kept.
      if (anchor.current && desk.rows.peek().has(id)) desk.places.set(id, anchor.current)
      else desk.places.delete(id)
    }
  }, [id])

  // A place was asked for, and goes before the one where one was: its line stands in the upper third, as soon as there is one.
  const shown = useRef<Spot | undefined>(undefined)
  useLayoutEffect(() => {
    const el = box.current
    if (!el || !spot || spot === shown.current) return
    const there = { seq: spot.seq, top: Math.round(el.clientHeight / 3) }
    if (!holdAt(el, there)) return
    shown.current = spot
    atEnd.current = false
    anchor.current = anchorOf(el)
    el.querySelector<HTMLElement>(`[data-seq="${spot.seq}"]`)?.focus({ preventScroll: true })
  }, [spot, lines])

  return { atEnd, below, toEnd, scrolled }
}
