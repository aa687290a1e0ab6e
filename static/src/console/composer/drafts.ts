// What stands in each composer, kept so that neither a reload nor a crash loses a word.

export interface Draft {
  text: string
  /** The box is in note mode. */
  note: boolean
  /** The customer's text as the agent has corrected it, and the text that it belongs to. `canned`: it is an approved canned reply as it stands. */
  reviewed?: { of: string; language: string; text: string; canned?: boolean | undefined } | undefined
  /** What is written in, where it is not the agent's first language. */
  language?: string | undefined
  /** Where the caret stood. */
  caret?: [number, number] | undefined
}

export const emptyDraft: Draft = { text: '', note: false }

/** The part of localStorage that is needed; any access may throw where storage is refused. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/**
 * Drafts of one agent by conversation. They live in memory and are written through to the shelf; where the shelf
 * refuses (private windows, full disk) they still outlive a change of conversation.
 */
export class Drafts {
  private readonly kept = new Map<string, Draft>()
  private readonly prefix: string

  constructor(
    agent: string,
    private readonly shelf: Shelf | undefined,
  ) {
    this.prefix = `dragoman.draft.${agent}.`
    this.load()
  }

  get(conversation: string): Draft {
    return this.kept.get(conversation) ?? emptyDraft
  }

  /** Conversations in which something has been typed. */
  written(): string[] {
    return [...this.kept].filter(([, d]) => d.text.trim() !== '').map(([id]) => id)
  }

  set(conversation: string, draft: Draft): void {
    const blank = draft.text === '' && !draft.note && !draft.reviewed && !draft.language
    if (blank) this.kept.delete(conversation)
    else this.kept.set(conversation, draft)
    try {
      if (blank) this.shelf?.removeItem(this.prefix + conversation)
      else this.shelf?.setItem(this.prefix + conversation, JSON.stringify(draft))
    } catch {
      // Refused or full: the draft stays in memory, which is all that can be done.
    }
  }

  private load(): void {
    try {
      for (let i = 0; i < (this.shelf?.length ?? 0); i++) {
        const name = this.shelf?.key(i)
        if (!name?.startsWith(this.prefix)) continue
        const draft = readDraft(this.shelf?.getItem(name) ?? '')
        if (draft) this.kept.set(name.slice(this.prefix.length), draft)
      }
    } catch {
      // No storage: begin empty.
    }
  }
}

/** Reads what an earlier version, or somebody's hand, left on the shelf; anything odd is no draft. */
export function readDraft(json: string): Draft | undefined {
  try {
    const d: unknown = JSON.parse(json)
    if (typeof d !== 'object' || d === null) return undefined
    const { text, note, reviewed, language } = d as Partial<Draft>
    if (typeof text !== 'string') return undefined
    const draft: Draft = { text, note: note === true }
    if (typeof language === 'string') draft.language = language
    if (
      reviewed &&
      typeof reviewed.text === 'string' &&
      typeof reviewed.of === 'string' &&
      typeof reviewed.language === 'string'
    ) {
      draft.reviewed = reviewed
    }
    return draft
  } catch {
    return undefined
  }
}
