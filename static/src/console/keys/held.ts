// Keys that are pressed while the console is under way to another conversation, which the server has yet to name or to let go of. They are meant for that one:
// in the one that is left a letter would be written to the wrong customer, or do what its key does there. And keys that are meant for the field of a dialog that is
// still to come.
import { chordOf, isCommand, type Press } from './keys'

/** What is done with a key that was held, once the conversation is there. */
export interface Hands {
  /** The views are drawn, and have the focus that they were asked to take. */
  settled(): Promise<void>
  /** Whether letters are letters now. */
  typing(): boolean
  /** Whether single keys are switched on. */
  singles(): boolean
  insert(text: string): void
  erase(): void
  /** Does what the key does; with `free` as if the focus were in no field. */
  press(press: Press, free?: boolean): void
}

export class Held<P extends Press> {
  /** Each with whether it was a letter where it was pressed; and what was pasted among them. */
  private presses: ({ press: P; typed: boolean } | { paste: () => void })[] = []
  private releasing = false
  /** So far nothing was done but to go on. */
  private leading = true

  constructor(
    private readonly hands: Hands & { press(press: P, free?: boolean): void },
    private readonly underWay: () => boolean,
    private readonly mac: boolean,
    /** They go into a field, in which nothing is done but writing. */
    private readonly field = false,
  ) {}

  /** Whether the press is held. What is the browser's own, such as reload and Tab, is not. */
  take(press: P): boolean {
    if (!this.underWay() && this.presses.length === 0) return false
    const holds = letter(press, this.mac) || own.has(press.key) || (!this.field && isCommand(chordOf(press, this.mac)))
    if (!holds) return false
    if (this.presses.length === 0) this.leading = true
    this.presses.push({ press, typed: this.hands.typing() })
    return true
  }

  /** Whether what is pasted is held, too: `put` puts it where the focus is by then. */
  paste(put: () => void): boolean {
    if (!this.underWay() && this.presses.length === 0) return false
    this.presses.push({ paste: put })
    return true
  }

  /** The way has led nowhere: what was typed was for nobody who is there. */
  drop(): void {
    this.presses = []
  }

  /** Lets go what was held, in order, until one of them leads elsewhere again. */
  async release(): Promise<void> {
    if (this.releasing) return
    this.releasing = true
    while (this.presses.length > 0) {
      await this.hands.settled()
      if (this.underWay()) break
      const next = this.presses.shift()
      if (next && 'paste' in next) {
        this.leading = false
        next.paste()
      } else if (next) this.apply(next.press, next.typed)
    }
    this.releasing = false
  }

  private apply(press: P, typed: boolean): void {
    const { hands } = this
    const chord = chordOf(press, this.mac)
    // With a mouse the box has the focus by now. Whoever pressed these had it not, and cannot have meant letters.
    const leads = !this.field && this.leading && !typed && hands.singles() && /^[wjkrn]$/.test(chord)
    this.leading &&= leads && !/[rn]/.test(chord)
    if (leads || isCommand(chord, true)) hands.press(press, leads)
    else if (!hands.typing()) {
      // A letter never becomes a command.
      if (!typed) hands.press(press)
    } else if (letter(press, this.mac)) hands.insert(press.key)
    else if (press.key === 'Backspace') hands.erase()
    // Enter sends, and nobody has seen yet what and to whom: it has to be pressed once more.
  }
}

const own: ReadonlySet<string> = new Set(['Enter', 'Backspace'])

/** Whether a press makes a sign: AltGr, which Windows tells as Ctrl and Alt, and Option on a Mac make some. */
function letter(press: Press, mac: boolean): boolean {
  if ([...press.key].length !== 1) return false
  return press.getModifierState?.('AltGraph') || (!press.ctrlKey && !press.metaKey && (mac || !press.altKey))
}
