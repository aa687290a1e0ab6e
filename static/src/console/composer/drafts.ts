// What stands in each composer, kept so that neither a reload nor a crash loses a word, and neither does a second tab.
import { uuid } from '../../shared/outbox'
import type { Template } from './canned'

export interface Draft {
  text: string
  /** The box is in note mode. */
  note: boolean
  /** The customer's text as the agent has corrected it, and the text that it belongs to. `canned`: it is an approved canned reply as it stands. */
  reviewed?: { of: string; language: string; text: string; canned?: boolean | undefined } | undefined
  /** A canned reply in which something is still to be filled in, with what the customer gets then. */
  template?: Template | undefined
  /** What is written in, where it is not the agent's first language. */
  language?: string | undefined
  /** The seq of the newest line that was there when the text was begun. */
  since?: number | undefined
  /** Where the caret stood. */
  caret?: [number, number] | undefined
  /** What was written in another tab at the same moment: one of the two stands in the box, the other is offered. */
  aside?: string | undefined
  /** What stands in the box in its other mode. */
  other?: Written | undefined
}

/** What each mode of the box has of its own. */
export type Written = Omit<Draft, 'note' | 'aside' | 'other'>

export const emptyDraft: Draft = { text: '', note: false }

/**
 * The draft with the box in a mode. What was written for colleagues does not come along to where Enter sends it to the customer, nor does half an answer become a
 * note: each waits where it was written.
 */
export function turned(draft: Draft, note: boolean): Draft {
  if (draft.note === note) return draft
  const { note: _, aside, other, ...left } = draft
  // The language that was chosen for answers holds for the next one, too.
  const waits = left.text.trim() !== '' || left.language !== undefined
  return { text: '', ...other, note, ...(aside && { aside }), ...(waits && { other: left }) }
}

/** What two tabs have written for the same mode, where it is not seen and can be offered to nobody: one behind the other. */
function joined(mine: Written | undefined, theirs: Written | undefined): Written | undefined {
  const text = theirs?.text.trim()
  if (!mine?.text || !text) return mine?.text ? mine : (theirs ?? mine)
  return mine.text.includes(text)
    ? mine
    : { text: `${mine.text}\n${text}`, ...(mine.language && { language: mine.language }) }
}

/** The text that stands in a mode of the box. */
export function textIn(draft: Draft, note: boolean): string {
  return draft.note === note ? draft.text : (draft.other?.text ?? '')
}

/** A draft on the shelf. `rev` rises with each change, whichever tab makes it. */
export interface KeptDraft {
  agent: string
  conversation: string
  rev: number
  /** Which page wrote it, and when, in ms since 1970. */
  tab: string
  at: number
  draft: Draft
}

/** Where drafts are kept. It may reject: then they live as long as the page. */
export interface DraftShelf {
  all(agent: string): Promise<KeptDraft[]>
  /** Keeps it if what is there is older: of a lower rev, or of the same page and an earlier moment. Answers with what is there instead if not. */
  put(kept: KeptDraft): Promise<KeptDraft | undefined>
}

/** Tells the other tabs which draft has changed. */
export type DraftChannel = Pick<BroadcastChannel, 'postMessage' | 'close'> & {
  onmessage: ((e: MessageEvent) => void) | null
}

/** The part of localStorage that is needed, whose keys are its own properties; any access may throw where storage is refused. */
export type LeftShelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

export interface DraftsOptions {
  agent: string
  shelf: DraftShelf
  channel?: DraftChannel | undefined
  /** Takes at once what the shelf is too slow for when the page goes. */
  left?: LeftShelf | undefined
  /** The draft of a conversation is another one: it was loaded, or written in another tab. */
  changed(conversation: string, draft: Draft): void
}

/** What is typed is kept so many ms later at the latest. */
export const draftPause = 500

/** A page that goes leaves so many drafts at most, those that were typed into last, each of so many characters of JSON. */
export const leftDrafts = 20
export const leftLength = 20_000

interface Here {
  draft: Draft
  /** The rev on the shelf that this tab has seen. */
  rev: number
  /** Typed here, and not kept yet. */
  dirty: boolean
}

/** Drafts of one agent by conversation. */
export class Drafts {
  private readonly here = new Map<string, Here>()
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private closed = false
  private hasLeft = false
  private readonly tab = uuid()
  /** Resolves when the drafts of before are here. */
  readonly ready: Promise<void>

  constructor(private readonly options: DraftsOptions) {
    if (options.channel)
      options.channel.onmessage = () => {
        void this.load()
      }
    this.ready = this.begin()
  }

  get(conversation: string): Draft {
    return this.here.get(conversation)?.draft ?? emptyDraft
  }

  set(conversation: string, draft: Draft): void {
    const rev = this.here.get(conversation)?.rev ?? 0
    // What was typed last stands last.
    this.here.delete(conversation)
    this.here.set(conversation, { draft, rev, dirty: true })
    if (this.closed || this.timers.has(conversation)) return
    this.timers.set(
      conversation,
      setTimeout(() => void this.keep(conversation), draftPause),
    )
  }

  /** Keeps at once what is not kept yet: the page may go, and by then it is left where the next one finds it. */
  async flush(): Promise<void> {
    this.leave()
    await Promise.all([...this.timers.keys()].map((id) => this.keep(id)))
  }

  /** Keeps what is to be kept, and hears no other tab any more. */
  close(): void {
    void this.flush()
    this.closed = true
    this.options.channel?.close()
  }

  private async keep(conversation: string): Promise<void> {
    clearTimeout(this.timers.get(conversation))
    this.timers.delete(conversation)
    const mine = this.here.get(conversation)
    if (!mine) return
    const { shelf, channel } = this.options
    const kept = this.kept(conversation, mine)
    const { draft, rev } = kept
    try {
      const other = await shelf.put(kept)
      if (other) return this.heard(other)
      // What was typed meanwhile is kept on top of it.
      const now = this.here.get(conversation)
      if (now) now.rev = Math.max(now.rev, rev)
      if (now?.draft === draft) now.dirty = false
      if (this.hasLeft) this.leave()
      if (!this.closed) channel?.postMessage(conversation)
    } catch {
      // Refused or full: the draft stays in memory, which is all that can be done. Dirty as it is, no other tab puts its own in the place of it unasked.
    }
  }

  private kept(conversation: string, { draft, rev }: Here): KeptDraft {
    return { agent: this.options.agent, conversation, rev: rev + 1, tab: this.tab, at: Date.now(), draft }
  }

  /** Writes down, before anything else happens, what the shelf does not have; nothing, once it has all. */
  private leave(): void {
    const { agent, left } = this.options
    const key = leftKey(agent) + this.tab
    const drafts = [...this.here]
      .filter(([, { dirty, draft }]) => dirty && JSON.stringify(draft).length <= leftLength)
      .map(([id, mine]) => this.kept(id, mine))
    this.hasLeft = drafts.length > 0
    try {
      if (this.hasLeft) left?.setItem(key, JSON.stringify(drafts.slice(-leftDrafts)))
      else left?.removeItem(key)
    } catch {
      // Refused or full: the shelf may still be quick enough.
    }
  }

  private async begin(): Promise<void> {
    const { agent, left } = this.options
    let refused: KeptDraft[] = []
    try {
      const keys = Object.keys(left ?? {}).filter((key) => key.startsWith(leftKey(agent)))
      if (keys.length > 0) refused = await (await import('./drafts-left')).takeOver(this.options, keys, checkedDraft)
    } catch {
      // What was left waits for the next start.
    }
    await this.load()
    for (const kept of refused) {
      this.heard(kept)
      this.set(kept.conversation, this.get(kept.conversation))
    }
  }

  private async load(): Promise<void> {
    try {
      for (const kept of await this.options.shelf.all(this.options.agent)) if (!this.closed) this.heard(kept)
    } catch {
      // No storage: begin empty.
    }
  }

  /** What is on the shelf. */
  private heard(kept: KeptDraft): void {
    const { conversation, rev } = kept
    const draft = checkedDraft(kept.draft)
    const mine = this.here.get(conversation)
    if (this.closed || !draft || (mine && rev <= mine.rev)) return
    if (mine && kept.tab === this.tab) {
      mine.rev = rev
      return
    }
    if (!mine?.dirty || sameDraft(mine.draft, draft)) {
      this.here.set(conversation, { draft, rev, dirty: false })
      if (!mine || !sameDraft(mine.draft, draft)) this.options.changed(conversation, draft)
      return
    }
    // Written in two tabs at the same moment: what stands in this box stays, the other is offered.
    mine.rev = rev
    const same = turned(draft, mine.draft.note)
    const theirs = same.text.trim()
    const other = joined(mine.draft.other, same.other)
    const both = other ? { ...mine.draft, other } : mine.draft
    this.set(conversation, theirs && theirs !== mine.draft.text.trim() ? { ...both, aside: theirs } : both)
    this.options.changed(conversation, this.get(conversation))
  }
}

/**
 * What is kept in the place of what is there; nothing, if that is newer. A page may keep a draft before it has heard that the one before is kept: both then
 * have the same rev, and the later one gets the next.
 */
export function succeeding(kept: KeptDraft, there: KeptDraft | undefined): KeptDraft | undefined {
  if (!there || there.rev < kept.rev) return kept
  return there.tab === kept.tab && there.at <= kept.at ? { ...kept, rev: there.rev + 1 } : undefined
}

/** What a page of an agent has left is kept in localStorage under this and the page's name. */
function leftKey(agent: string): string {
  return `dragoman.left.${agent}.`
}

function sameDraft(a: Draft, b: Draft): boolean {
  return (
    a.text === b.text &&
    a.note === b.note &&
    a.language === b.language &&
    a.aside === b.aside &&
    a.other?.text === b.other?.text &&
    a.other?.language === b.other?.language &&
    a.reviewed?.text === b.reviewed?.text &&
    a.reviewed?.of === b.reviewed?.of &&
    a.template?.own === b.template?.own
  )
}

/** What an earlier version, or somebody's hand, left on the shelf; anything odd is no draft. */
export function checkedDraft(d: unknown): Draft | undefined {
  if (typeof d !== 'object' || d === null) return undefined
  const { text, note, reviewed, language, template, since, aside, caret, other } = d as Partial<Draft>
  if (typeof text !== 'string') return undefined
  const draft: Draft = { text, note: note === true }
  if (typeof language === 'string') draft.language = language
  if (typeof since === 'number') draft.since = since
  if (typeof aside === 'string') draft.aside = aside
  if (reviewed && strings(reviewed.text, reviewed.of, reviewed.language)) draft.reviewed = reviewed
  if (template && strings(template.own, template.theirs, template.language)) draft.template = template
  if (Array.isArray(caret) && caret.length === 2 && caret.every(Number.isInteger)) draft.caret = caret
  const written = other && checkedDraft({ ...other, other: undefined })
  if (written) {
    const { note: _, aside: __, ...rest } = written
    draft.other = rest
  }
  return draft
}

function strings(...all: unknown[]): boolean {
  return all.every((s) => typeof s === 'string')
}
