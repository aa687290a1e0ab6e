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
  /** The box takes the focus if it does not. */
  elseBox?: true
}

function selectedIn(log: HTMLElement): Selected | undefined {
  const selection = getSelection()
  if (!selection || selection.isCollapsed) return undefined
  const range = selection.getRangeAt(0)
  const from = markOf(log, range.startContainer, range.startOffset)
  const to = markOf(log, range.endContainer, range.endOffset) ?? endOf(log, range)
  return from && to && { from, to, text: String(selection) }
}

/** Tells whether it could be selected. */
function select(log: HTMLElement, { from, to, text }: Selected): boolean {
  const [a, b] = [placeOf(log, from, true), placeOf(log, to)]
  const selection = getSelection()
  if (!a || !b || !selection) return false
  selection.setBaseAndExtent(...a, ...b)
  // At the borders of blocks a browser adds line breaks or not.
  const same = String(selection).trim() === text.trim()
  if (!same) selection.removeAllRanges()
  return same
}

/** Keeps what is selected in the log of a conversation while another one is open. It shows nothing. */
export default function Selection({ id, box }: { id: string; box: RefObject<HTMLElement | null> }): null {
  const desk = useDesk()
  const { selections } = desk
  useLayoutEffect(() => {
    const log = box.current
    const was = selections.get(id)
    if (!log) return
    if (was && !select(log, was) && was.elseBox) desk.focus('box')
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
      // Of what is gone, or was another agent's, nothing is kept.
      if (now && desk.rows.peek().has(id)) selections.set(id, now)
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

/** A triple click ends where the next block begins, which may be in no line: then the last line before it is selected to its end. */
function endOf(log: HTMLElement, range: Range): Mark | undefined {
  const line = [...log.querySelectorAll<HTMLElement>('[data-seq]')].filter((l) => range.intersectsNode(l)).pop()
  return line && { seq: Number(line.dataset.seq), letters: line.textContent?.length ?? 0 }
}

function placeOf(log: HTMLElement, { seq, letters }: Mark, begins = false): [Node, number] | undefined {
  const line = log.querySelector(`[data-seq="${seq}"]`)
  if (!line) return undefined
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) texts.push(walker.currentNode as Text)
  const at = spotIn(
    texts.map((text) => text.length),
    letters,
    begins,
  )
  return at && [texts[at[0]] as Text, at[1]]
}

/** Where a number of letters ends among texts of these lengths: which text, and how many of its letters. What begins at a border begins in the text behind it. */
export function spotIn(lengths: readonly number[], letters: number, begins: boolean): [number, number] | undefined {
  let left = letters
  for (const [i, length] of lengths.entries()) {
    if (left < length || (left === length && !begins)) return [i, left]
    left -= length
  }
  return undefined
}
