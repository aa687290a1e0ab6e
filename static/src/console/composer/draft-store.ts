// The drafts of whoever is signed in, as signals.
import { type Signal, signal } from '@preact/signals'
import { shelf } from '../app/shelf'
import { openDrafts } from './draft-shelf'
import { type Draft, Drafts, emptyDraft } from './drafts'

export class DraftStore {
  private readonly drawn = new Map<string, Signal<Draft>>()
  private drafts: Drafts | undefined

  begin(agent: string): void {
    this.drafts?.close()
    for (const draft of this.drawn.values()) draft.value = emptyDraft
    this.drafts = new Drafts({
      agent,
      shelf: openDrafts(),
      left: shelf(),
      channel: typeof BroadcastChannel === 'function' ? new BroadcastChannel(`dragoman.drafts.${agent}`) : undefined,
      changed: (conversation, draft) => {
        this.of(conversation).value = draft
      },
    })
  }

  /** The page may go: nothing that was typed waits any longer. Returns how to stop. */
  guard(): () => void {
    const flush = () => void (document.visibilityState === 'hidden' && this.drafts?.flush())
    const gone = () => void this.drafts?.flush()
    document.addEventListener('visibilitychange', flush)
    addEventListener('pagehide', gone)
    return () => {
      document.removeEventListener('visibilitychange', flush)
      removeEventListener('pagehide', gone)
    }
  }

  of(conversation: string): Signal<Draft> {
    let draft = this.drawn.get(conversation)
    if (!draft) {
      draft = signal(this.drafts?.get(conversation) ?? emptyDraft)
      this.drawn.set(conversation, draft)
    }
    return draft
  }

  set(conversation: string, draft: Draft): void {
    this.drafts?.set(conversation, draft)
    this.of(conversation).value = draft
  }
}
