// Keeps the keys of the way to the next conversation for that one (held.ts), out of the one that is left, and says that one is under way.
import { effect } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { type Desk, useDesk, type Way } from '../app/desk'
import { t } from '../app/words'
import { insertText } from '../composer/insert'
import { during } from './during'
import { Field } from './field'
import { Held } from './held'
import { mac, presser, typing } from './run'

/** Shows nothing. */
export default function OnTheWay(): null {
  const desk = useDesk()
  useLayoutEffect(() => hold(desk), [desk])
  return null
}

function hold(desk: Desk): () => void {
  const press = presser(desk)
  const hands = {
    settled: () => new Promise<void>((drawn) => setTimeout(drawn)),
    typing: () => typing(document.activeElement),
    singles: () => desk.settings.singleKeys.peek() === 'on',
    insert,
    erase: () => void document.execCommand('delete'),
    press(e: KeyboardEvent, free?: boolean) {
      // A dialog that is still to come has the keyboard for itself.
      if (!desk.dialog.peek()) press(e, free)
    },
  }
  const held = new Held<KeyboardEvent>(hands, () => desk.underWay.peek() !== undefined, mac)
  const field = new Field(desk)
  const toField = new Held<KeyboardEvent>(hands, () => field.comes(), mac, true)
  const stops = [follow(desk, held), field.follow(toField)]
  // Before anything else hears of the key.
  const onKey = (e: KeyboardEvent) => {
    if (e.isComposing) return
    if (e.key === 'Escape' && desk.underWay.peek()) desk.stay()
    else if (e.key === 'Escape' && field.comes()) desk.dialog.value = undefined
    else if (!toField.take(e) && !held.take(e)) return
    e.preventDefault()
    e.stopImmediatePropagation()
  }
  // Who points at something goes there, and waits for nothing.
  const onPointer = () => {
    held.drop()
    toField.drop()
    desk.stay()
  }
  const onPaste = (e: ClipboardEvent) => {
    // The clipboard is only open now.
    const text = e.clipboardData?.getData('text/plain') ?? ''
    const files = [...(e.clipboardData?.files ?? [])]
    const put = () => {
      const id = desk.current.peek()
      if (text) insert(text)
      else if (id && files.length) desk.files.tray(id, desk.drafts.of(id).peek().note).add(files)
    }
    if (!toField.paste(() => insert(text)) && !held.paste(put)) return
    e.preventDefault()
    e.stopImmediatePropagation()
  }
  addEventListener('keydown', onKey, true)
  addEventListener('pointerdown', onPointer, true)
  addEventListener('paste', onPaste, true)
  return () => {
    for (const stop of stops) stop()
    removeEventListener('keydown', onKey, true)
    removeEventListener('pointerdown', onPointer, true)
    removeEventListener('paste', onPaste, true)
  }
}

/** Lets the keys go where a way has led to, and nowhere else. */
function follow(desk: Desk, held: Held<KeyboardEvent>): () => void {
  let way: Way | undefined
  let over: (() => void) | undefined
  return effect(() => {
    const now = desk.underWay.value
    over?.()
    over = now && during(desk.notices.current, t('loading'))
    if (now) way = now
    else if (way?.to && way.to === desk.current.peek()) void held.release()
    else held.drop()
  })
}

function insert(text: string): void {
  const box = document.activeElement
  if (typing(box) && (box instanceof HTMLTextAreaElement || box instanceof HTMLInputElement))
    insertText(box, text, box.selectionStart ?? undefined, box.selectionEnd ?? undefined)
}
