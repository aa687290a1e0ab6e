// What the customer will read, under the box: live, with a way back into the agent's language, and open to correction.
import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { PreviewOK } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { parts, Risks } from '../app/parts'
import { t } from '../app/words'
import { Marked } from '../thread/marked'
import { Icon } from '../ui/icons'
import type { Draft } from './drafts'
import type { PreviewState } from './preview'
import { missing } from './survives'
import type { Warning } from './warning'
import { Warnings } from './warnings'

export interface PreviewProps {
  /** What stands in the box. */
  of: string
  customer: string
  state: Signal<PreviewState>
  back: Signal<boolean>
  draft: Draft
  put: (change: Partial<Draft>) => void
  onSend: () => void
}

export function Preview(props: PreviewProps): JSX.Element {
  const { of, customer, state, back, draft, put } = props
  const desk = useDesk()
  const name = languageName(customer)
  const s = state.value
  const answer = s.state === 'ready' ? s.answer : s.state === 'waiting' ? s.last : undefined
  const shown = answer?.state === 'done' ? answer.text : undefined
  const risks = useRisks(of, customer)

  if (draft.reviewed) return <Corrected {...props} reviewed={draft.reviewed} risks={risks} />
  return (
    <fieldset class="preview" aria-label={t('preview.name', { language: name })}>
      <div class="preview-head">
        <span class="second-label">{t('preview.name', { language: name })}</span>
        {answer?.quality === 'rough' && shown !== undefined && <span class="tag rough-tag">{t('rough')}</span>}
        {s.state === 'waiting' && shown !== undefined && <span class="preview-wait">{t('preview.waiting')}</span>}
        <span class="grow" />
        {shown !== undefined && (
          <button
            type="button"
            class="link"
            aria-pressed={back.value}
            aria-keyshortcuts="Alt+B"
            onClick={() => (back.value = !back.value)}
          >
            {t('preview.back')} <kbd>Alt B</kbd>
          </button>
        )}
        {shown !== undefined && (
          <button
            type="button"
            class="link approve"
            title={t('preview.approve')}
            disabled={s.state === 'waiting'}
            onClick={() => put({ reviewed: { of, language: answer?.language ?? customer, text: shown } })}
          >
            <Icon name="check" size={14} /> {t('preview.approve.short')}
          </button>
        )}
        <button
          type="button"
          class="icon-button small"
          aria-label={t('preview.edit')}
          title={t('preview.edit')}
          disabled={s.state === 'waiting'}
          onClick={() => put({ reviewed: { of, language: answer?.language ?? customer, text: shown ?? of } })}
        >
          <Icon name="edit" size={16} />
        </button>
      </div>
      {shown !== undefined ? (
        <p
          class={`preview-text${s.state === 'waiting' ? ' stale' : ''}`}
          lang={answer?.language}
          dir="auto"
          translate={false}
        >
          <Marked text={shown} />
        </p>
      ) : (
        <p class="preview-none">{t(desk.line.online.value ? none(s) : 'out.waiting')}</p>
      )}
      {back.value && answer?.back && (
        <p class="preview-back" lang={desk.language.value} dir="auto" translate={false}>
          <span class="second-label">{t('preview.back.label', { language: languageName(desk.language.value) })}</span>{' '}
          {answer.back}
        </p>
      )}
      <Near answer={answer} use={(text, language) => put({ reviewed: { of, language, text } })} />
      <Warnings list={risks} />
    </fieldset>
  )
}

/** What people have translated that nearly says the same: for the agent to look at, and to send if it fits. */
function Near({
  answer,
  use,
}: {
  answer: PreviewOK | undefined
  use: (text: string, language: string) => void
}): JSX.Element | null {
  const desk = useDesk()
  if (!answer?.near?.length) return null
  return (
    <ul class="near" aria-label={t('near')}>
      {answer.near.map(({ source, target }) => (
        <li key={source}>
          <span class="second-label" lang={desk.language.value} dir="auto">
            {t('near.for', { text: `\u2068${source}\u2069` })}
          </span>
          <span class="near-text" lang={answer.language} dir="auto" translate={false}>
            {target}
          </span>
          <button
            type="button"
            class="link"
            aria-label={t('near.use.name', { text: target })}
            onClick={() => use(target, answer.language)}
          >
            {t('near.use')}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Why there is nothing to show, in a sentence that says what the customer gets then. */
function none(
  s: PreviewState,
): 'preview.waiting' | 'preview.same' | 'preview.noengine' | 'preview.nopair' | 'preview.failed' {
  if (s.state === 'failed') return 'preview.failed'
  if (s.state !== 'ready') return 'preview.waiting'
  if (s.answer.state === 'same') return 'preview.same'
  if (s.answer.reason === 'no_engine') return 'preview.noengine'
  if (s.answer.reason === 'no_pair') return 'preview.nopair'
  return 'preview.failed'
}

/** What travels badly in the text. What knows that comes with the first text that is previewed. */
function useRisks(of: string, customer: string): readonly Warning[] {
  const language = useDesk().language.value
  useEffect(() => parts.want(Risks), [])
  return Risks.module.value?.risks(of, language, customer) ?? []
}

/** The customer's text in the agent's own hand: what stands here is sent as it is. */
function Corrected({
  of,
  customer,
  reviewed,
  put,
  onSend,
  state,
  risks,
}: PreviewProps & { reviewed: NonNullable<Draft['reviewed']>; risks: readonly Warning[] }): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null)
  const fresh = useSignal(true)
  useEffect(() => {
    if (!fresh.peek()) return
    fresh.value = false
    if (reviewed.canned) return // chosen from the box, where the agent goes on
    // Only when the pencil was just pressed: a draft that comes back after a reload does not take the focus.
    if (
      document.activeElement === document.body ||
      document.activeElement?.closest('.preview, .composer footer, .preview-head')
    )
      box.current?.focus()
  }, [])
  const changed = reviewed.of !== of
  // As the engine has it: looked at, and found to be right.
  const s = state.value
  const approved = s.state === 'ready' && s.answer.state === 'done' && s.answer.text === reviewed.text
  const label = t(reviewed.canned ? 'preview.canned' : approved ? 'preview.approved' : 'preview.yours', {
    language: languageName(reviewed.language),
  })
  return (
    <fieldset class="preview corrected" aria-label={t('preview.name', { language: languageName(customer) })}>
      <div class="preview-head">
        <span class="second-label">{label}</span>
        <span class="grow" />
        <button type="button" class="link" onClick={() => put({ reviewed: undefined })}>
          {t('preview.drop')}
        </button>
      </div>
      <textarea
        ref={box}
        rows={1}
        dir="auto"
        lang={reviewed.language}
        translate={false}
        aria-label={label}
        value={reviewed.text}
        onInput={(e) => put({ reviewed: { ...reviewed, text: e.currentTarget.value, canned: undefined } })}
        onBeforeInput={(e) => {
          const { inputType, isComposing } = e as InputEvent
          if (inputType !== 'insertLineBreak' || isComposing) return
          e.preventDefault()
          onSend()
        }}
      />
      {changed && (
        <p class="preview-none warn">
          {t('preview.changed')}{' '}
          <button type="button" class="link" onClick={() => put({ reviewed: { ...reviewed, of } })}>
            {t('preview.keep')}
          </button>
        </p>
      )}
      <Warnings list={[...missing(of, reviewed.text).map((text) => ({ kind: 'missing', text }) as const), ...risks]} />
    </fieldset>
  )
}
