// The keys of the console: one table, from which the handler and the list under `?` are made.

export type Action =
  | 'next'
  | 'previous'
  | 'waiting'
  | 'reply'
  | 'note'
  | 'take'
  | 'assign'
  | 'resolve'
  | 'snooze'
  | 'tag'
  | 'undo'
  | 'pin'
  | 'language'
  | 'originals'
  | 'context'
  | 'palette'
  | 'search'
  | 'keys'
  | 'leave'
  | 'back'
  | 'correct'
  | 'pin1'
  | 'pin2'
  | 'pin3'
  | 'pin4'
  | 'pin5'
  | 'pin6'
  | 'inbox'
  | 'canned'
  | 'profile'
  | 'glossary'
  | 'memory'

export interface Binding {
  /** One press, or several after each other with blanks between. */
  chord: string
  action: Action
  group: 'move' | 'answer' | 'look'
  /** Left out of the list under `?`: a second way to something that is listed already. */
  quiet?: true
}

/** The part of a KeyboardEvent that decides. */
export interface Press {
  key: string
  code: string
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  shiftKey: boolean
  getModifierState?(key: string): boolean
}

export const bindings: readonly Binding[] = [
  { chord: 'j', action: 'next', group: 'move' },
  { chord: 'k', action: 'previous', group: 'move' },
  { chord: 'w', action: 'waiting', group: 'move' },
  { chord: 'alt+1', action: 'pin1', group: 'move' },
  { chord: 'alt+2', action: 'pin2', group: 'move', quiet: true },
  { chord: 'alt+3', action: 'pin3', group: 'move', quiet: true },
  { chord: 'alt+4', action: 'pin4', group: 'move', quiet: true },
  { chord: 'alt+5', action: 'pin5', group: 'move', quiet: true },
  { chord: 'alt+6', action: 'pin6', group: 'move', quiet: true },
  { chord: 'p', action: 'pin', group: 'move' },
  { chord: 'g i', action: 'inbox', group: 'move' },
  { chord: 'g c', action: 'canned', group: 'move' },
  { chord: 'g p', action: 'profile', group: 'move' },
  { chord: 'g g', action: 'glossary', group: 'move' },
  { chord: 'g m', action: 'memory', group: 'move' },
  { chord: 'mod+k', action: 'palette', group: 'move' },
  { chord: '/', action: 'search', group: 'move' },
  { chord: 'r', action: 'reply', group: 'answer' },
  { chord: 'n', action: 'note', group: 'answer' },
  { chord: 'i', action: 'take', group: 'answer' },
  { chord: 'a', action: 'assign', group: 'answer' },
  { chord: 'e', action: 'resolve', group: 'answer' },
  { chord: 's', action: 'snooze', group: 'answer' },
  { chord: 'z', action: 'undo', group: 'answer' },
  { chord: 't', action: 'tag', group: 'answer' },
  { chord: 'alt+b', action: 'back', group: 'answer' },
  { chord: 'c', action: 'correct', group: 'answer' },
  { chord: 'o', action: 'originals', group: 'look' },
  { chord: 'l', action: 'language', group: 'look' },
  { chord: ']', action: 'context', group: 'look' },
  { chord: '?', action: 'keys', group: 'look' },
  { chord: 'escape', action: 'leave', group: 'look' },
]

/**
 * The name of a press: modifiers in a fixed order, then the key. Mod is Control, or Command on a Mac. With Alt the
 * physical key counts, because Alt turns letters into signs on many keyboards (Alt+B is ∫ on a Mac).
 */
export function chordOf(press: Press, mac: boolean): string {
  const mod = mac ? press.metaKey : press.ctrlKey
  const other = mac ? press.ctrlKey : press.metaKey
  if (other) return ''
  let key = press.key.toLowerCase()
  if (press.altKey) key = press.code.replace(/^(Key|Digit|Numpad)/, '').toLowerCase()
  // Shift belongs to the sign that it makes ("?"), and is named only with letters and named keys.
  const shift = press.shiftKey && (key.length > 1 || /\p{L}/u.test(key))
  return `${mod ? 'mod+' : ''}${press.altKey ? 'alt+' : ''}${shift ? 'shift+' : ''}${key}`
}

/** Single keys are those without a modifier that print something: WCAG 2.1.4 wants a switch for them. */
export function isSingle(chord: string): boolean {
  return chord.split(' ').every((press) => [...press].length === 1)
}

/** Whether a press does something, or begins what does; with `typing` in a field, too. */
export function isCommand(chord: string, typing = false): boolean {
  if (chord === '' || (typing && isSingle(chord))) return false
  return bindings.some((b) => b.chord === chord || b.chord.startsWith(`${chord} `))
}

export interface Place {
  /** The focus is in a field, where letters are letters. */
  typing: boolean
  /** Single keys are switched on. */
  singles: boolean
  /** A dialog is open and has the keyboard for itself. */
  dialog: boolean
}

export function actionOf(chord: string, place: Place): Action | undefined {
  if (!chord || place.dialog) return undefined
  if (isSingle(chord) && (place.typing || !place.singles)) return undefined
  return bindings.find((b) => b.chord === chord)?.action
}

/** How long the second key of a sequence may be waited for, in milliseconds. */
export const sequencePause = 1500

/** Sequences such as G C. While one is under way its next key belongs to it alone: C by itself does something else. */
export class Sequence {
  private begun = ''
  private at = 0

  /** The action of a press at a time in milliseconds; `taken` tells that the press was the first of a sequence, or an unknown second, and does nothing else. */
  take(chord: string, place: Place, at: number): { action?: Action; taken: boolean } {
    const begun = at - this.at <= sequencePause ? this.begun : ''
    this.begun = ''
    if (begun && isSingle(chord) && !place.typing && !place.dialog) {
      const action = actionOf(`${begun} ${chord}`, place)
      return action ? { action, taken: true } : { taken: true }
    }
    const whole = actionOf(chord, place)
    if (whole) return { action: whole, taken: true }
    const first = bindings.find((b) => b.chord.startsWith(`${chord} `))
    if (!chord || !first || !actionOf(first.chord, place)) return { taken: false }
    this.begun = chord
    this.at = at
    return { taken: true }
  }
}

/** Keys that are printed in the language of the keyboard, but on a Mac. */
export type CapNames = Record<'mod' | 'shift' | 'enter', string>

/** How a chord is printed for people. */
export function keyCaps(chord: string, mac: boolean, named: CapNames): string[] {
  const caps: Record<string, string> = mac
    ? { mod: '⌘', alt: '⌥', shift: '⇧', escape: 'Esc', enter: '↵' }
    : { ...named, alt: 'Alt', escape: 'Esc' }
  return chord.split(/[ +]/).map((part) => caps[part] ?? part.toUpperCase())
}
