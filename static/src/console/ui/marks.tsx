// Small signs that several views share.
import type { JSX } from 'preact'
import type { Conversation, Participant } from '../../shared/wire.gen'
import { languageName, languageSign } from '../app/languages'
import { t } from '../app/words'
import { Icon } from './icons'

/** The language of somebody as two letters; the whole name for screen readers and on pointing. */
export function LanguageChip({ tag }: { tag: string }): JSX.Element {
  const name = languageName(tag)
  return (
    <span class="chip" title={name}>
      <span aria-hidden="true">{languageSign(tag)}</span>
      <span class="spoken">{name}</span>
    </span>
  )
}

export function Presence({ online }: { online: boolean }): JSX.Element {
  const text = t(online ? 'presence.online' : 'presence.away')
  return (
    <span class={online ? 'presence online' : 'presence'} title={text}>
      <span class="spoken">{text}</span>
    </span>
  )
}

/** First letters of a name, for people without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = [...(words[0] ?? '')][0] ?? ''
  const last = words.length > 1 ? ([...(words[words.length - 1] ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

export function Avatar({
  who,
  small,
}: {
  who: Pick<Participant, 'id' | 'name' | 'kind'>
  small?: boolean
}): JSX.Element {
  return (
    // The letters are the style sheet's: they are a picture of the name, which stands beside them.
    <span
      class={`avatar ${who.kind}${small ? ' small' : ''}`}
      data-tint={tint(who.id)}
      data-letters={initials(who.name) || '?'}
      aria-hidden="true"
    />
  )
}

/** One of six quiet colours, always the same for the same person. */
function tint(id: string): number {
  let sum = 0
  for (const c of id) sum = (sum * 31 + c.charCodeAt(0)) >>> 0
  return sum % 6
}

/** What a visitor is called: their name, or a name for those who gave none. The server has one for them, in English (store/visitors.go). */
export function visitorName(v: { name: string; id: string }): string {
  const id = v.id.slice(-4)
  return v.name && v.name !== `Visitor ${id}` ? v.name : t('visitor.unnamed', { id })
}

/** The customer's name within a sentence, whichever way either runs. */
export function nameWithin({ visitor }: Conversation): string {
  return `\u2068${visitorName(visitor)}\u2069`
}

/** How many translations of a conversation the customer calls wrong; nothing for none. */
export function FlagMark({ n }: { n: number }): JSX.Element | null {
  if (n === 0) return null
  const text = t('row.flagged', { n })
  return (
    <span class="row-flag" title={text}>
      <Icon name="alert" size={16} />
      <span class="spoken">{text}</span>
    </span>
  )
}

/** Something is written and not sent: what, on pointing. Nothing for nothing. */
export function DraftMark({ text }: { text: string }): JSX.Element | null {
  if (!text) return null
  const whole = `${t('row.draft')} ${text}`
  return (
    <span class="draft" title={whole}>
      <Icon name="edit" size={12} />
      <span class="spoken">{whole}</span>
    </span>
  )
}

/** The shop has signed who the customer is. */
export function Verified(): JSX.Element {
  return (
    <span class="verified" title={t('context.verified')}>
      <Icon name="shield" size={14} />
      <span class="spoken">{t('context.verified')}</span>
    </span>
  )
}
