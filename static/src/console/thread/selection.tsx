// What is selected in a log, so that it is selected again when one comes back to the conversation.
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { useDesk } from '../app/desk'

/** A place in a line: how many letters of all that stands in it are before. */
interface Mark {
  seq: number
  letters: number
}

export interface Selected {
  from: Mark
  to: Mark
  /** The text itself: it is selected again only if it still stands there. */
  text: string
}

function selectedIn(log: HTMLElement): Selected | undefined {
  const selection = getSelection()
  if (!selection || selection.isCollapsed) return undefined
  const range = selection.getRangeAt(0)
  const from = markOf(log, range.startContainer, range.startOffset)
  const to = markOf(log, range.endContainer, range.endOffset)
  return from && to && { from, to, text: String(selection) }
}

function select(log: HTMLElement, { from, to, text }: Selected): void {
  const [a, b] = [placeOf(log, from), placeOf(log, to)]
  const selection = getSelection()
  if (!a || !b || !selection) return
  selection.setBaseAndExtent(...a, ...b)
  if (String(selection) !== text) selection.removeAllRanges()
}

/** Keeps what is selected in the log of a conversation while another one is open. It shows nothing. */
export default function Selection({ id, box }: { id: string; box: RefObject<HTMLElement | null> }): null {
  const { selections } = useDesk()
  useLayoutEffect(() => {
    const log = box.current
    const was = selections.get(id)
    if (!log) return
    if (was) select(log, was)
    selections.delete(id)
    // A click that leads elsewhere has taken the selection away before it leads there, so what was there before the click counts.
    let before: Selected | undefined
    const pressed = () => (before = selectedIn(log))
    const typed = () => (before = undefined)
    document.addEventListener('pointerdown', pressed, true)
    document.addEventListener('keydown', typed, true)
    return () => {
      document.removeEventListener('pointerdown', pressed, true)
      document.removeEventListener('keydown', typed, true)
      const now = selectedIn(log) ?? before
      if (now) selections.set(id, now)
    }
  }, [id])
  return null
}

function markOf(log: HTMLElement, node: Node, offset: number): Mark | undefined {
  const line = (node instanceof Element ? node : node.parentElement)?.closest<HTMLElement>('[data-seq]')
  if (!line || !log.contains(line)) return undefined
  const before = document.createRange()
  before.setStart(line, 0)
  before.setEnd(node, offset)
  return { seq: Number(line.dataset.seq), letters: before.toString().length }
}

function placeOf(log: HTMLElement, { seq, letters }: Mark): [Node, number] | undefined {
  const line = log.querySelector(`[data-seq="${seq}"]`)
  if (!line) return undefined
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  let left = letters
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { length } = text as Text
    if (left <= length) return [text, left]
    left -= length
  }
  return undefined
}
