// A clock for tests, which the test turns. node:test has one as well, but another one in each version of Node.

interface Timer {
  at: number
  f: () => void
}

export class FakeClock {
  #now = 0
  #next = 1
  readonly #timers = new Map<number, Timer>()
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: Date.now }

  /** Takes the place of setTimeout, clearTimeout and Date.now until `stop`. */
  constructor() {
    Object.assign(globalThis, {
      setTimeout: (f: () => void, ms = 0) => {
        this.#timers.set(this.#next, { at: this.#now + ms, f })
        return this.#next++
      },
      clearTimeout: (id: number) => this.#timers.delete(id),
    })
    Date.now = () => this.#now
  }

  stop(): void {
    const { setTimeout, clearTimeout, now } = this.#real
    Object.assign(globalThis, { setTimeout, clearTimeout })
    Date.now = now
  }

  /** Lets milliseconds pass; what is due runs in its order, each at its own time. */
  tick(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(([, t]) => t.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
      if (!due) break
      this.#timers.delete(due[0])
      this.#now = Math.max(this.#now, due[1].at)
      due[1].f()
    }
    this.#now = end
  }
}
