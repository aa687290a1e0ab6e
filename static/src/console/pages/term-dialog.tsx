// A term, to be added, changed, or only read.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Term } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { t } from '../app/words'
import { Dialog, DialogClash, Fault, Field } from './dialog'
import { LanguageSelect, languageOrAny } from './language-select'
import { useAdmin } from './place'
import { asRead, type Rest, siteURL, stale, why } from './rest'
import { fieldsOf, newTerm, rival, sameFields, type TermFields } from './terms'
import { overtaken, type Unsaved } from './unsaved'
import { useHere } from './use'

/** Of each side, in characters (chat.MaxTermText). */
const longest = 100

export interface TermDialogProps {
  term: Term | undefined
  /** What a new term begins with. */
  first?: TermFields
  over: DOMRect | undefined
  rest: Rest
  site: string
  all: readonly Term[]
  /** By term; a new one is under no id. */
  unsaved: Unsaved<TermFields, Term>
  /** Asks for all of them anew: somebody else has changed one. */
  reload: () => Promise<void>
  onClose: () => void
  onSaved: (term: Term) => void
  /** Shows another term instead. */
  onOther: (term: Term) => void
}

export function TermDialog(props: TermDialogProps): JSX.Element {
  return useAdmin() ? <Form {...props} /> : <Reading {...props} />
}

function Form({
  term,
  first = newTerm,
  over,
  rest,
  site,
  all,
  unsaved,
  reload,
  onClose,
  onSaved,
  onOther,
}: TermDialogProps): JSX.Element {
  const desk = useDesk()
  const here = useHere()
  const kept = term?.id ?? ''
  // As it stands there now; one that is gone can be added again.
  const now = term && all.find((o) => o.id === term.id)
  const mine = useSignal(unsaved.get(kept))
  const fault = useSignal('')
  const busy = useSignal(false)
  const f = mine.value?.typed ?? (now ? fieldsOf(now) : first)
  const keep = (typed: TermFields, of: Term | undefined) => {
    mine.value = { typed, of }
    unsaved.keep(kept, typed, of)
    fault.value = ''
  }
  const drop = () => {
    mine.value = undefined
    unsaved.drop(kept)
  }
  const set = (change: Partial<TermFields>) => keep({ ...f, ...change }, mine.peek() ? mine.peek()?.of : now)
  const clash = overtaken(mine.value, now) && !(now && sameFields(f, now))
  const other = rival(all, f, term?.id)
  const save = async () => {
    if (busy.value || clash || other) return
    busy.value = true
    try {
      const saved = now
        ? await rest.send<Term>('PUT', siteURL(site, 'terms', now.id), f, asRead(mine.peek()?.of ?? now))
        : await rest.send<Term>('POST', siteURL(site, 'terms'), f)
      unsaved.drop(kept)
      onSaved(saved)
      if (here.current) onClose()
    } catch (err) {
      fault.value = why(err)
      // What stands there now is shown beside what was typed.
      if (stale(err)) await reload()
    }
    busy.value = false
  }
  return (
    <Dialog title={t(term ? 'glossary.edit' : 'glossary.add')} over={over} onClose={onClose} onDone={() => void save()}>
      <form
        class="dialog-form"
        onSubmit={(e) => {
          e.preventDefault()
          void save()
        }}
      >
        {clash && (
          <DialogClash
            onTake={() => {
              drop()
              if (!now) onClose()
            }}
            onKeep={() => keep(f, now)}
          >
            {now && <TermLine of={now} />}
          </DialogClash>
        )}
        <div class="pairs">
          <Field id="term-source" label={t('glossary.source')}>
            {(id) => (
              <input
                id={id}
                type="text"
                required
                data-first=""
                autocomplete="off"
                maxLength={longest}
                dir="auto"
                placeholder=" "
                value={f.source}
                onInput={(e) => set({ source: e.currentTarget.value })}
              />
            )}
          </Field>
          <Field id="term-target" label={t('glossary.target')} hint={t('glossary.target.hint')}>
            {(id, hint) => (
              <input
                id={id}
                type="text"
                autocomplete="off"
                aria-describedby={hint}
                maxLength={longest}
                dir="auto"
                placeholder=" "
                value={f.target}
                onInput={(e) => set({ target: e.currentTarget.value })}
              />
            )}
          </Field>
          <Field id="term-from" label={t('glossary.from')}>
            {(id) => <LanguageSelect id={id} value={f.from} none={t('place.any')} onChoose={(from) => set({ from })} />}
          </Field>
          <Field id="term-to" label={t('glossary.to')}>
            {(id) => <LanguageSelect id={id} value={f.to} none={t('place.any')} onChoose={(to) => set({ to })} />}
          </Field>
        </div>
        <label class="check">
          <input
            type="checkbox"
            checked={f.case_sensitive}
            onChange={(e) => set({ case_sensitive: e.currentTarget.checked })}
          />
          {t('glossary.case.hint')}
        </label>
        <Fault text={other ? t('glossary.conflict') : clash ? '' : fault.value} />
        <div class="dialog-foot">
          {other && (
            <button type="button" onClick={() => onOther(other)}>
              {t('glossary.other')}
            </button>
          )}
          <button
            type="button"
            onClick={() => {
              drop()
              onClose()
            }}
          >
            {t('cancel')}
          </button>
          <button
            type="submit"
            class="primary"
            disabled={busy.value || clash || other !== undefined || !desk.line.online.value || f.source.trim() === ''}
          >
            {t('correct.save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** A term in one line. */
export function TermLine({ of }: { of: Term }): JSX.Element {
  return (
    <p>
      <bdi>{of.source}</bdi>: {of.target ? <bdi>{of.target}</bdi> : t('glossary.never')}
      <br />
      <small>
        {languageOrAny(of.from)} · {languageOrAny(of.to)}
        {of.case_sensitive && ` · ${t('glossary.case.on')}`}
      </small>
    </p>
  )
}

function Reading({ term, over, onClose }: TermDialogProps): JSX.Element | null {
  if (!term) return null
  return (
    <Dialog title={<bdi>{term.source}</bdi>} over={over} onClose={onClose}>
      <dl class="facts">
        <dt>{t('glossary.target')}</dt>
        <dd>{term.target ? <bdi>{term.target}</bdi> : t('glossary.never')}</dd>
        <dt>{t('glossary.from')}</dt>
        <dd>{languageOrAny(term.from)}</dd>
        <dt>{t('glossary.to')}</dt>
        <dd>{languageOrAny(term.to)}</dd>
        {term.case_sensitive && (
          <>
            <dt>{t('glossary.case')}</dt>
            <dd>{t('glossary.case.hint')}</dd>
          </>
        )}
      </dl>
    </Dialog>
  )
}
