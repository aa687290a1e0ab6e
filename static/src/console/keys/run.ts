// What each key does. Keys and the palette come through here, so that both do the same.
import type { Conversation } from '../../shared/wire.gen'
import type { Desk } from '../app/desk'
import { t } from '../app/words'
import { type Action, chordOf, keyCaps, Sequence } from './keys'

export const mac = /mac|iphone|ipad/i.test(navigator.platform)

/** The caps of a chord, as they are printed here. */
export function caps(chord: string): string[] {
  return keyCaps(chord, mac, { mod: t('cap.mod'), shift: t('cap.shift'), enter: t('cap.enter') })
}

/** What can be done wherever one is. */
const anywhere: Partial<Record<Action, (desk: Desk) => void>> = {
  next: (desk) => desk.step(1),
  previous: (desk) => desk.step(-1),
  waiting: (desk) => void desk.nextWaiting(),
  pin1: (desk) => desk.openPinned(0),
  pin2: (desk) => desk.openPinned(1),
  pin3: (desk) => desk.openPinned(2),
  pin4: (desk) => desk.openPinned(3),
  pin5: (desk) => desk.openPinned(4),
  pin6: (desk) => desk.openPinned(5),
  context: (desk) => desk.toggleContext(),
  leave,
  inbox: (desk) => desk.goInbox(),
  canned: (desk) => desk.go('canned'),
  profile: (desk) => desk.go('profile'),
  glossary: (desk) => desk.go('glossary'),
  memory: (desk) => desk.go('memory'),
  palette(desk) {
    desk.dialog.value = 'palette'
  },
  search(desk) {
    desk.dialog.value = 'search'
  },
  keys(desk) {
    desk.dialog.value = 'keys'
  },
  undo(desk) {
    if (undoes(desk)) desk.notices.act()
  },
  originals(desk) {
    desk.settings.nextOriginals()
    desk.notices.say(t('originals.now', { layout: t(`originals.${desk.settings.originals.peek()}`) }))
  },
}

const undoes = (desk: Desk) => desk.notices.current.value?.action?.undo === true

/** What needs an open conversation. */
const here: Partial<Record<Action, (desk: Desk, row: Conversation) => unknown>> = {
  reply: (desk) => desk.focus('reply'),
  note: (desk) => desk.focus('note'),
  take: (desk, row) => desk.act.take(row.id),
  resolve: (desk, row) => (row.state === 'resolved' ? desk.act.reopen(row.id) : desk.act.resolve(row.id)),
  pin: (desk, row) => desk.togglePin(row.id),
  assign: () => press('.assign'),
  snooze: () => press('.snooze'),
  tag: (desk) => desk.tag(),
  language: () => press('.pair'),
  back(desk) {
    desk.backAsked.value++
  },
  correct,
}

/** What belongs to inbox and conversation, and does nothing while a page hides them. */
const hidden: ReadonlySet<Action> = new Set(['next', 'previous', 'waiting', 'context', 'originals'])

/** Whether a key, or the palette, has something to do with it now. */
export function works(desk: Desk, action: Action): boolean {
  const pinned = /^pin(\d)$/.exec(action)
  if (pinned) return desk.pins.list.value.length >= Number(pinned[1])
  if (action === 'undo') return undoes(desk)
  if (desk.place.value && hidden.has(action)) return false
  return action in anywhere || (action in here && desk.current.value !== undefined && !desk.place.value)
}

export function run(desk: Desk, action: Action): void {
  if (desk.place.peek() && hidden.has(action)) return
  anywhere[action]?.(desk)
  const id = desk.current.peek()
  const row = id === undefined ? undefined : desk.rows.peek().get(id)
  // Behind a page nothing is done to a conversation that nobody sees.
  if (row && !desk.place.peek()) here[action]?.(desk, row)
}

/** Of the line that has the focus, else of the newest that has a translation. */
function correct(): void {
  const pencils = document.querySelectorAll<HTMLButtonElement>('.lines .line:focus-within .correct, .lines .correct')
  const focused = [...pencils].filter((p) => p.closest('.line:focus-within'))
  const pencil = focused[0] ?? pencils[pencils.length - 1]
  pencil?.scrollIntoView({ block: 'nearest' })
  pencil?.click()
}

// Menus open from their buttons, wherever the wish came from, so that they hang where one expects them.
function press(selector: string): void {
  document.querySelector<HTMLButtonElement>(`.talk-head ${selector}`)?.click()
}

/** Esc leaves the field one writes in, then goes back a pane on a narrow screen. */
function leave(desk: Desk): void {
  const el = document.activeElement
  // At once and not by way of the view: the next key may come before the next frame, and must not land in the field.
  if (el instanceof HTMLElement && typing(el))
    document.querySelector<HTMLElement>('.rows, [role=grid] [tabindex="0"]')?.focus()
  else if (desk.place.peek()) return
  else if (desk.pane.peek() !== 'list') desk.pane.value = desk.pane.peek() === 'context' ? 'talk' : 'list'
}

/** Whether letters are letters there. */
export function typing(el: Element | null): boolean {
  if (el instanceof HTMLInputElement) return el.type !== 'radio' && el.type !== 'checkbox'
  return el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement
}

/** Does what a press does where the focus is; with `free` as if that were in no field. */
export function presser(desk: Desk): (e: KeyboardEvent, free?: boolean) => void {
  const sequence = new Sequence()
  return (e, free) => {
    const place = {
      typing: !free && typing(document.activeElement),
      singles: desk.settings.singleKeys.peek() === 'on',
      dialog: document.querySelector('dialog[open], [popover]:popover-open') !== null,
    }
    const { action, taken } = sequence.take(chordOf(e, mac), place, e.timeStamp)
    if (taken) e.preventDefault()
    if (action) run(desk, action)
  }
}

/** Listens to the whole window. Returns how to stop. */
export function listen(desk: Desk): () => void {
  const press = presser(desk)
  const onKey = (e: KeyboardEvent) => {
    if (!e.defaultPrevented && !e.isComposing && desk.line.access.peek() === 'in') press(e)
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}
