// What agents write down about a customer, while somebody edits it: saved by itself, and never over what a colleague has written meanwhile.
import { type Signal, signal } from '@preact/signals'
import { CallError } from '../../shared/client'
import type { RemarkOK } from '../../shared/wire.gen'

/** How long after the last key the text is saved, in ms. */
const pause = 800
/** The longest text, in code points: chat.MaxRemark. */
export const longestRemark = 4000

export type PadState =
  | 'loading'
  | 'failed'
  | 'saved'
  /** There is something that the server does not have yet. */
  | 'typed'
  | 'saving'
  /** As typed, and there is no connection. */
  | 'waiting'
  /** A colleague has written something else meanwhile, which stands in `theirs`: a person has to decide. */
  | 'conflict'

/** The part of localStorage that is needed; any access may throw where storage is refused. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface PadNeeds {
  /** Names agent and customer: under it what is not saved survives a reload. */
  key: string
  shelf: Shelf | undefined
  read(): Promise<RemarkOK>
  write(text: string, rev: number): Promise<RemarkOK>
}

export class RemarkPad {
  readonly text: Signal<string> = signal('')
  readonly state: Signal<PadState> = signal('loading')
  /** What the server has, as far as is known here. */
  readonly saved: Signal<RemarkOK> = signal({ text: '', rev: 0 })
  readonly theirs: Signal<RemarkOK | undefined> = signal(undefined)
  private timer: ReturnType<typeof setTimeout> | undefined
  private reading = false

  constructor(private readonly needs: PadNeeds) {}

  /** Reads what stands there; what was typed before a reload goes on from what it was typed into. */
  async load(): Promise<void> {
    if (this.reading) return
    this.reading = true
    try {
      const ok = await this.needs.read()
      const left = this.left()
      if (left && left.text.trim() !== ok.text) {
        this.saved.value = { ...ok, rev: left.rev }
        this.text.value = left.text
        this.state.value = 'typed'
        void this.save()
      } else if (!this.touched()) this.show(ok)
    } catch {
      if (this.state.peek() === 'loading') this.state.value = 'failed'
    } finally {
      this.reading = false
    }
  }

  /** A row says which rev stands there now. What somebody is just editing is left alone: saving it will tell. */
  told(rev: number): void {
    if (rev > this.saved.peek().rev && !this.touched() && this.state.peek() !== 'loading') void this.load()
  }

  type(text: string): void {
    this.text.value = text
    if (this.state.peek() !== 'conflict') this.state.value = this.same() ? 'saved' : 'typed'
    this.keep()
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.save(), pause)
  }

  /** Saves at once what has to be: on leaving, and when the connection is back. */
  flush(): void {
    clearTimeout(this.timer)
    if (this.state.peek() === 'typed' || this.state.peek() === 'waiting') void this.save()
  }

  /** Settles a conflict with a text, over what stands there now. */
  settle(text: string): void {
    const theirs = this.theirs.peek()
    if (!theirs) return
    this.theirs.value = undefined
    this.saved.value = theirs
    this.text.value = text
    this.state.value = this.same() ? 'saved' : 'typed'
    this.keep()
    void this.save()
  }

  private async save(): Promise<void> {
    const text = this.text.peek()
    if (this.state.peek() !== 'typed' && this.state.peek() !== 'waiting') return
    if (this.same()) this.state.value = 'saved'
    if (this.same() || [...text.trim()].length > longestRemark) return
    this.state.value = 'saving'
    try {
      this.saved.value = await this.needs.write(text.trim(), this.saved.peek().rev)
    } catch (err) {
      await this.refused(err)
      return
    }
    this.state.value = this.same() ? 'saved' : 'typed'
    this.keep()
    // The pause after the last key may have ended while this was under way.
    if (this.state.peek() === 'typed') this.type(this.text.peek())
  }

  private async refused(err: unknown): Promise<void> {
    this.state.value = 'waiting'
    if (!(err instanceof CallError) || err.code !== 'conflict') return
    try {
      const ok = await this.needs.read()
      if (ok.text === this.text.peek().trim()) this.show(ok)
      else if (ok.rev !== this.saved.peek().rev) {
        this.theirs.value = ok
        this.state.value = 'conflict'
      }
    } catch {
      // Tried again with the next key, or when the connection is back.
    }
  }

  private show(ok: RemarkOK): void {
    this.saved.value = ok
    this.text.value = ok.text
    this.state.value = 'saved'
    this.keep()
  }

  private same(): boolean {
    return this.text.peek().trim() === this.saved.peek().text
  }

  /** Whether a person has something in the box that is not saved. */
  private touched(): boolean {
    return !['loading', 'failed', 'saved'].includes(this.state.peek())
  }

  private keep(): void {
    try {
      if (this.same()) this.needs.shelf?.removeItem(this.needs.key)
      else
        this.needs.shelf?.setItem(
          this.needs.key,
          JSON.stringify({ text: this.text.peek(), rev: this.saved.peek().rev }),
        )
    } catch {
      // Refused or full: it holds until the reload.
    }
  }

  /** What was typed before a reload and not saved; anything odd is nothing. */
  private left(): { text: string; rev: number } | undefined {
    try {
      const kept: unknown = JSON.parse(this.needs.shelf?.getItem(this.needs.key) ?? 'null')
      if (typeof kept !== 'object' || kept === null) return undefined
      const { text, rev } = kept as { text?: unknown; rev?: unknown }
      return typeof text === 'string' && typeof rev === 'number' ? { text, rev } : undefined
    } catch {
      return undefined
    }
  }
}
