// The rows of all conversations that this console has been told of.
import { type Signal, signal } from '@preact/signals'
import type { Conversation } from '../../shared/wire.gen'

export class RowStore {
  readonly all: Signal<ReadonlyMap<string, Conversation>> = signal(new Map())

  /** Follows the signal: views that ask are drawn again when any row changes. */
  get value(): ReadonlyMap<string, Conversation> {
    return this.all.value
  }

  peek(): ReadonlyMap<string, Conversation> {
    return this.all.peek()
  }

  /** A visitor came or went. */
  presence(who: string, online: boolean): void {
    const next = new Map(this.all.peek())
    for (const [id, row] of next)
      if (row.visitor.id === who) next.set(id, { ...row, visitor: { ...row.visitor, online } })
    this.all.value = next
  }

  /** A read mark moved on. */
  marked(id: string, kind: string, seq: number): void {
    const row = this.all.peek().get(id)
    if (!row) return
    const side = kind === 'visitor' ? 'visitor' : 'agents'
    if (seq <= row.read[side]) return
    const read = { ...row.read, [side]: seq }
    const unread = side === 'agents' && seq >= row.seq ? 0 : row.unread
    this.all.value = new Map(this.all.peek()).set(id, { ...row, read, unread })
  }

  /** Whole rows: the higher head replaces; at the same head the further read mark, which takes no rev. */
  upsert(rows: readonly Conversation[]): void {
    let next: Map<string, Conversation> | undefined
    for (const row of rows) {
      const old = (next ?? this.all.peek()).get(row.id)
      if (old && (old.head > row.head || (old.head === row.head && old.read.agents > row.read.agents))) continue
      next ??= new Map(this.all.peek())
      next.set(row.id, row)
    }
    if (next) this.all.value = next
  }

  remove(id: string): void {
    const next = new Map(this.all.peek())
    next.delete(id)
    this.all.value = next
  }

  clear(): void {
    this.all.value = new Map()
  }
}
