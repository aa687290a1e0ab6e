// Which blocks of the pane are folded: the same ones for every customer, kept for this browser.
import { type Signal, signal } from '@preact/signals'
import { shelf } from '../app/shelf'

/** The part of localStorage that is needed; any access may throw where storage is refused. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem'>

const key = 'dragoman.console.folded'

export class Folds {
  readonly folded: Signal<ReadonlySet<string>>

  constructor(private readonly kept: Shelf | undefined = shelf()) {
    let names: string[] = []
    try {
      names = (this.kept?.getItem(key) ?? '').split(' ').filter((n) => n !== '')
    } catch {
      // Refused: everything is open.
    }
    this.folded = signal(new Set(names))
  }

  toggle(name: string): void {
    const next = new Set(this.folded.peek())
    if (!next.delete(name)) next.add(name)
    this.folded.value = next
    try {
      this.kept?.setItem(key, [...next].join(' '))
    } catch {
      // Refused or full: it holds until the reload.
    }
  }
}
