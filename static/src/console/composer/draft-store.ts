// The drafts of whoever is signed in, and which conversations have one, as a signal for the list.
import { type Signal, signal } from '@preact/signals'
import { type Draft, Drafts, type Shelf } from './drafts'

export class DraftStore {
  /** Conversations with something in the composer. */
  readonly written: Signal<ReadonlySet<string>> = signal(new Set())
  private drafts = new Drafts('', undefined)

  begin(agent: string, shelf: Shelf | undefined): void {
    this.drafts = new Drafts(agent, shelf)
    this.written.value = new Set(this.drafts.written())
  }

  get(conversation: string): Draft {
    return this.drafts.get(conversation)
  }

  set(conversation: string, draft: Draft): void {
    this.drafts.set(conversation, draft)
    const has = draft.text.trim() !== ''
    if (this.written.peek().has(conversation) === has) return
    const written = new Set(this.written.peek())
    if (has) written.add(conversation)
    else written.delete(conversation)
    this.written.value = written
  }
}
