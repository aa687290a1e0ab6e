// What the form of a canned reply does: saves, drafts, approves, renames and removes, each only of what was read.
import { useSignal } from '@preact/signals'
import type { Canned, CannedText } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import type { ReplyDialogProps } from './reply-dialog'
import { asRead, Refused, siteURL, stale, why } from './rest'
import { cannedName, textIn } from './texts'
import { overtaken } from './unsaved'
import { useHere } from './use'

/** Where the name that was typed for a reply, or for a new one, is kept among what was typed; no text can be kept there. */
const nameOf = (one: Canned | undefined) => `/${one?.name ?? ''}`

export interface ReplyFormProps extends ReplyDialogProps {
  one: Canned | undefined
  text: CannedText | undefined
}

export type ReplyEdit = ReturnType<typeof useReplyEdit>

/** What is typed, and how it stands to what is there. */
function useReplyFields(props: ReplyFormProps) {
  const { one, text, language, all, unsaved } = props
  const kept = `${one?.name ?? ''} ${language}`
  // A reply that is not there any more can be put again, under its name.
  const typedName = useSignal(unsaved.get(nameOf(one))?.typed ?? one?.name ?? props.name ?? '')
  const mine = useSignal(unsaved.get(kept))

  const words = mine.value?.typed ?? text?.text ?? ''
  const name = cannedName(typedName.value)
  const changed = words.trim() !== (text?.text ?? '')
  const renamed = one !== undefined && name !== one.name
  const taken = all.some((o) => o.name === name && o !== one)
  const unfit = name === undefined || taken
  const fit = {
    save: !unfit && (changed ? words.trim() !== '' : renamed),
    approve: !unfit && words.trim() !== '' && (changed || text?.state !== 'approved'),
  }
  const keep = (typed: string, of: CannedText | undefined) => {
    mine.value = typed === (of?.text ?? '') ? undefined : { typed, of }
    if (mine.value) unsaved.keep(kept, typed, of)
    else unsaved.drop(kept)
  }
  return {
    mine,
    words,
    name,
    typedName: typedName.value,
    changed,
    renamed,
    taken,
    clash: changed && overtaken(mine.value, text),
    fit,
    keep,
    /** What the typed text is made from. */
    of: () => (mine.peek() ? mine.peek()?.of : text),
    typeName(typed: string) {
      typedName.value = typed
      if (typed === one?.name) unsaved.drop(nameOf(one))
      else unsaved.keep(nameOf(one), typed, undefined)
    },
  }
}

export function useReplyEdit(props: ReplyFormProps) {
  const { one, text, language, unsaved, rest, site, onSaved, settled } = props
  const { mine, words, name, typedName, changed, renamed, taken, clash, fit, keep, of, typeName } =
    useReplyFields(props)
  const desk = useDesk()
  const here = useHere()
  const fault = useSignal('')
  const busy = useSignal<'saving' | 'drafting' | undefined>(undefined)
  const blocked = busy.value !== undefined || clash || !desk.line.online.value

  const during = async (what: 'saving' | 'drafting', act: () => Promise<void>) => {
    if (blocked) return
    busy.value = what
    fault.value = ''
    try {
      await act()
    } catch (err) {
      fault.value = why(err)
      // What stands there now is shown beside what was typed, or instead of what was read.
      if (stale(err)) await props.reload()
    }
    busy.value = undefined
  }
  const url = (...more: string[]) => siteURL(site, 'canned', name ?? '', language, ...more)

  const rename = async () => {
    if (!one || name === undefined || !renamed) return
    try {
      const saved = await rest.send<Canned>('POST', siteURL(site, 'canned', one.name, 'rename'), { name })
      for (const tag of props.languages) unsaved.move(`${one.name} ${tag}`, `${name} ${tag}`)
      unsaved.drop(nameOf(one))
      onSaved(saved, here.current, one.name)
    } catch (err) {
      if (!(err instanceof Refused) || err.code !== 'conflict') throw err
      await props.reload()
      throw new Refused('conflict', t('canned.conflict'))
    }
  }
  const put = async (): Promise<CannedText | undefined> => {
    if (!changed) return text
    const saved = await rest.send<Canned>('PUT', url(), { text: words }, asRead(of()))
    const now = textIn(saved, language)
    const typed = mine.peek()?.typed
    onSaved(saved, here.current)
    if (typed === undefined || typed === words) {
      mine.value = undefined
      unsaved.drop(`${one?.name ?? ''} ${language}`, `${name} ${language}`)
    } else keep(typed, now)
    if (!one) unsaved.drop(nameOf(one))
    return now
  }
  /** What is put is there even if it is not approved then: it is shown as the draft that it is. */
  const save = (approve: boolean) => {
    if (!(approve ? fit.approve : fit.save)) return
    void during('saving', async () => {
      if (name !== undefined && name !== one?.name) await settled(name)
      await rename()
      const now = await put()
      if (approve) onSaved(await rest.send<Canned>('POST', url('approve'), undefined, asRead(now)), here.current)
      if (here.current) props.onClose()
    })
  }
  const draft = (drafted: () => void) =>
    void during('drafting', async () => {
      const before = mine.peek()?.typed
      const saved = await rest.send<Canned>(
        'POST',
        siteURL(site, 'canned', one?.name ?? '', language, 'draft'),
        undefined,
        asRead(of()),
      )
      const now = textIn(saved, language)
      const typed = mine.peek()?.typed
      // What somebody has written since is worth more than the draft.
      if (typed !== undefined && typed !== before) keep(typed, now)
      else keep(now?.text ?? '', now)
      onSaved(saved, here.current)
      drafted()
    })
  const removeText = () =>
    void during('saving', async () => {
      await rest.remove(url(), false, asRead(text))
      keep('', undefined)
      if (one) onSaved({ ...one, texts: one.texts.filter((o) => o.language !== language) }, here.current)
      if (here.current) props.onClose()
    })
  const abandon = () => {
    unsaved.drop(nameOf(one), ...props.languages.map((tag) => ` ${tag}`))
    props.onClose()
  }
  return {
    words,
    typedName,
    type: (typed: string) => keep(typed, of()),
    typeName,
    changed,
    renamed,
    clash,
    blocked,
    fit,
    busy: busy.value,
    fault: taken ? t('canned.conflict') : clash ? '' : fault.value,
    /** Settles with what somebody else has made of it, or with one's own over that. */
    take: () => keep(text?.text ?? '', text),
    insist: () => keep(words, text),
    save,
    draft,
    removeText,
    abandon,
  }
}
