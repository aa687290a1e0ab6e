// What each key does. Keys and the palette come through here, so that both do the same.
import type { Desk } from '../app/desk'
import { t } from '../app/words'
import { type Action, actionOf, chordOf } from './keys'

export const mac = /mac|iphone|ipad/i.test(navigator.platform)

export function run(desk: Desk, action: Action): void {
  const id = desk.current.peek()
  const row = id ? desk.rows.peek().get(id) : undefined
  switch (action) {
    case 'next':
      return desk.step(1)
    case 'previous':
      return desk.step(-1)
    case 'pin1':
    case 'pin2':
    case 'pin3':
    case 'pin4':
    case 'pin5':
    case 'pin6':
      return desk.openPinned(Number(action.slice(3)) - 1)
    case 'palette':
      desk.dialog.value = 'palette'
      return
    case 'keys':
      desk.dialog.value = 'keys'
      return
    case 'originals':
      desk.settings.nextOriginals()
      return desk.say(t('originals.now', { layout: t(`originals.${desk.settings.originals.peek()}`) }))
    case 'context':
      return desk.toggleContext()
    case 'leave':
      return leave(desk)
    default:
      if (id && row) onConversation(desk, action, id, row.state === 'resolved')
  }
}

function onConversation(desk: Desk, action: Action, id: string, resolved: boolean): void {
  switch (action) {
    case 'reply':
      return desk.focus('reply')
    case 'note':
      return desk.focus('note')
    case 'take':
      return void desk.act.take(id)
    case 'resolve':
      return void (resolved ? desk.act.reopen(id) : desk.act.resolve(id))
    case 'pin':
      return desk.togglePin(id)
    case 'back':
      desk.backAsked.value++
      return
    case 'snooze':
      return press('.snooze')
    case 'language':
      return press('.pair')
    default:
  }
}

// Menus open from their buttons, wherever the wish came from, so that they hang where one expects them.
function press(selector: string): void {
  document.querySelector<HTMLButtonElement>(`.talk-head ${selector}`)?.click()
}

/** Esc leaves the field one writes in, then goes back a pane on a narrow screen. */
function leave(desk: Desk): void {
  const el = document.activeElement
  // At once and not by way of the view: the next key may come before the next frame, and must not land in the field.
  if (el instanceof HTMLElement && typing(el)) return document.querySelector<HTMLElement>('.rows')?.focus()
  if (desk.pane.peek() !== 'list') desk.pane.value = desk.pane.peek() === 'context' ? 'talk' : 'list'
}

export function typing(el: Element | null): boolean {
  return el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement || (el instanceof HTMLInputElement && el.type !== 'radio' && el.type !== 'checkbox')
}

/** Listens to the whole window. Returns how to stop. */
export function listen(desk: Desk): () => void {
  const onKey = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing || desk.line.access.peek() !== 'in') return
    const place = {
      typing: typing(document.activeElement),
      singles: desk.settings.singleKeys.peek() === 'on',
      dialog: document.querySelector('dialog[open], [popover]:popover-open') !== null,
    }
    const action = actionOf(chordOf(e, mac), place)
    if (!action) return
    e.preventDefault()
    run(desk, action)
  }
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}
