// What a page left behind when it went, brought to the shelf before the next page reads it.
import type { Draft, DraftsOptions, KeptDraft } from './drafts'

/** Tells what is a draft, and gives it without what is odd. */
type Check = (d: unknown) => Draft | undefined

/**
 * Puts on the shelf what stands under the keys, and removes them. What another tab has written meanwhile stays, and what was left is offered beside it.
 * Answers with what the shelf refuses: it is the page's to keep.
 */
export async function takeOver(options: DraftsOptions, keys: readonly string[], check: Check): Promise<KeptDraft[]> {
  const { agent, left, channel } = options
  const refused: KeptDraft[] = []
  for (const key of keys) {
    for (const kept of leftIn(left?.getItem(key) ?? '', agent, check)) {
      try {
        await place(options, kept)
        channel?.postMessage(kept.conversation)
      } catch {
        refused.push(kept)
      }
    }
    left?.removeItem(key)
  }
  return refused
}

async function place({ shelf }: DraftsOptions, kept: KeptDraft): Promise<void> {
  const other = await shelf.put(kept)
  const aside = kept.draft.text.trim()
  if (!other || other.tab === kept.tab || !aside || aside === other.draft.text.trim()) return
  await shelf.put({ ...kept, rev: other.rev + 1, draft: { ...other.draft, aside } })
}

/** Anything odd is no draft. */
function leftIn(json: string, agent: string, check: Check): KeptDraft[] {
  let list: unknown
  try {
    list = JSON.parse(json)
  } catch {
    return []
  }
  if (!Array.isArray(list)) return []
  return list.flatMap((one: Partial<KeptDraft> | null) => {
    const { conversation, rev, tab, at } = one ?? {}
    const draft = check(one?.draft)
    if (!draft || typeof conversation !== 'string' || typeof tab !== 'string') return []
    if (typeof rev !== 'number' || typeof at !== 'number') return []
    return [{ agent, conversation, rev, tab, at, draft }]
  })
}
