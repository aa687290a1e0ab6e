// How many conversations each tab has, by the server, which knows all of them; between its answers by what is seen to change.
import { type Signal, signal } from '@preact/signals'
import type { Conversation, CountsOK } from '../../shared/wire.gen'

/** The server gives out a number again for a second: after longer than that, in ms, what one was told of is in it. */
const recount = 2000

/** In which tabs an unfiltered row stands: 1 or 0. */
function tally(row: Conversation, me: string): CountsOK {
  const open = row.state === 'open'
  return {
    mine: Number(open && row.assignee === me),
    unassigned: Number(open && !row.assignee),
    all: Number(row.state !== 'resolved'),
    mentions: Number(row.mentioned?.includes(me) ?? false),
  }
}

const names = ['mine', 'unassigned', 'all', 'mentions'] as const

export class Counts {
  /** Undefined until the server has said. */
  readonly value: Signal<CountsOK | undefined> = signal(undefined)
  private timer: ReturnType<typeof setTimeout> | undefined
  private again = false

  constructor(
    private readonly ask: () => Promise<CountsOK>,
    private readonly me: () => string,
  ) {}

  /** The server's numbers. */
  set(counts: CountsOK): void {
    this.value.value = counts
  }

  /** A row has become another one; before is undefined for one that was not known. */
  changed(before: Conversation | undefined, after: Conversation): void {
    const now = tally(after, this.me())
    const was = before && tally(before, this.me())
    if (was && names.every((n) => was[n] === now[n])) return
    const counts = this.value.peek()
    if (was && counts)
      this.value.value = Object.fromEntries(
        names.map((n) => [n, Math.max(0, counts[n] + now[n] - was[n])]),
      ) as unknown as CountsOK
    this.later()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  // What comes while an answer is waited for may not be in it: then it is asked once more.
  private later(): void {
    this.again = this.timer !== undefined
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      this.ask().then(
        (counts) => this.set(counts),
        () => {}, // The connection is gone: the next one brings the numbers along.
      )
      if (this.again) this.later()
    }, recount)
  }
}
