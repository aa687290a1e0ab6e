// The rows of all conversations that this console has been told of.
import { type Signal, signal } from '@preact/signals'
import type { Conversation } from '../../shared/wire.gen'

export class RowStore {
  readonly all: Signal<ReadonlyMap<string, Conversation>> = signal(new Map())

  /** When each row was heard of last, by a clock that counts what came. */
  private readonly heard = new Map<string, number>()
  private clock = 0

  /** The place of what comes next: what is stale by it has not been heard of since. */
  mark(): number {
    return this.clock
  }

  stale(id: string, mark: number): boolean {
    return (this.heard.get(id) ?? 0) <= mark
  }

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

  /**
   * The higher head replaces; at the same head the further read mark, which takes no rev. A brief row takes nothing away that is known of the visitor.
   * Tells changed of each row that has become another.
   */
  upsert(
    rows: readonly Conversation[],
    changed?: (before: Conversation | undefined, after: Conversation) => void,
  ): void {
    let next: Map<string, Conversation> | undefined
    for (const row of rows) {
      this.heard.set(row.id, ++this.clock)
      const old = (next ?? this.all.peek()).get(row.id)
      if (old && (old.head > row.head || (old.head === row.head && old.read.agents > row.read.agents))) continue
      next ??= new Map(this.all.peek())
      const whole = completed(row, old)
      next.set(row.id, whole)
      changed?.(old, whole)
    }
    if (next) this.all.value = next
  }

  remove(...ids: string[]): void {
    const next = new Map(this.all.peek())
    for (const id of ids) {
      next.delete(id)
      this.heard.delete(id)
    }
    this.all.value = next
  }

  clear(): void {
    this.heard.clear()
    this.all.value = new Map()
  }
}

/** A brief row with what is known besides: page, basket and attributes of the visitor, and the last line where it is the same. */
export function completed(row: Conversation, old: Conversation | undefined): Conversation {
  if (!row.brief || !old) return row
  const { page, cart, signed, attributes } = old.visitor
  const visitor = {
    ...row.visitor,
    attributes,
    ...(page && { page }),
    ...(cart && { cart }),
    ...(signed && { signed }),
  }
  const same = row.last && old.last?.id === row.last.id && old.last.rev === row.last.rev
  const { brief, ...rest } = row
  return { ...rest, visitor, ...(same && old.last && { last: old.last }), ...(old.brief && { brief }) }
}
