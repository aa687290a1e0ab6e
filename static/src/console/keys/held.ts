// Keys that are pressed while the console is under way to another conversation, which the server has yet to name or to let go of. They are meant for that one:
// in the one that is left a letter would be written to the wrong customer, or do what its key does there.
import { chordOf, isCommand, type Press } from './keys'

/** What is done with a key that was held, once the conversation is there. */
export interface Hands {
  /** The views are drawn, and have the focus that they were asked to take. */
  settled(): Promise<void>
  /** Whether letters are letters now. */
  typing(): boolean
  insert(text: string): void
  erase(): void
  /** Does what the key does. */
  press(press: Press): void
}

export class Held<P extends Press> {
  private presses: P[] = []
  private releasing = false

  constructor(
    private readonly hands: Hands & { press(press: P): void },
    private readonly underWay: () => boolean,
    private readonly mac: boolean,
  ) {}

  /** Whether the press is held. What is the browser's own, such as reload and Tab, is not. */
  take(press: P): boolean {
    if (!this.underWay() && this.presses.length === 0) return false
    if (!letter(press) && !own.has(press.key) && !isCommand(chordOf(press, this.mac))) return false
    this.presses.push(press)
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
      const press = this.presses.shift()
      if (press) this.apply(press)
    }
    this.releasing = false
  }

  private apply(press: P): void {
    const { hands } = this
    if (!hands.typing() || isCommand(chordOf(press, this.mac), true)) hands.press(press)
    else if (letter(press)) hands.insert(press.key)
    else if (press.key === 'Backspace') hands.erase()
    // Enter sends, and nobody has seen yet what and to whom: it has to be pressed once more.
  }
}

const own: ReadonlySet<string> = new Set(['Enter', 'Backspace'])

function letter(press: Press): boolean {
  return [...press.key].length === 1 && !press.ctrlKey && !press.metaKey && !press.altKey
}
