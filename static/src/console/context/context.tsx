// What is known of the customer, beside the conversation. Each block folds, and each value is copied by a click.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { wear } from '../../shared/parts'
import { fullTime } from '../../shared/time'
import type { Cart, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { clockIn, moment, timeLocale } from '../app/times'
import { type Key, t } from '../app/words'
import { Icon } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { Avatar, Presence, Verified, visitorName } from '../ui/marks'
import { SingleKey } from '../ui/single-key'
import { Block, CopyAll, Fact, Value } from './block'
import looks from './context.css'
import { Earlier } from './earlier'
import { money } from './money'
import { Remark } from './remark-block'
import { Tags } from './tags-block'

wear(looks)

/** Why the customer is taken to read his language; a reason that is not known here is not shown. */
const reasons: Record<string, Key> = {
  chosen: 'context.language.chosen',
  written: 'context.language.written',
  shop: 'context.language.shop',
  browser: 'context.language.browser',
}

export default function Context(): JSX.Element | null {
  const desk = useDesk()
  const row = useComputed(() => desk.row(desk.current.value)).value
  if (!row) return null
  const v = row.visitor
  return (
    <section class="context" aria-label={t('context.title')}>
      <header class="context-head">
        <Avatar who={{ ...v, name: visitorName(v) }} />
        <div>
          <h2>
            <bdi>{visitorName(v)}</bdi>
            {v.verified && <Verified />}
          </h2>
          <p>
            <Presence online={v.online} /> {t(v.online ? 'presence.online' : 'presence.away')}
          </p>
        </div>
        <button
          type="button"
          class="icon-button context-close"
          aria-label={t('context.close')}
          title={t('context.hint')}
          aria-keyshortcuts="]"
          onClick={() => desk.toggleContext()}
        >
          <Icon name="close" />
        </button>
      </header>
      <Who row={row} />
      <Tags row={row} />
      <Remark row={row} />
      <CurrentPage row={row} />
      <Basket key={`basket ${row.id}`} cart={v.cart} />
      <Attributes row={row} />
      <Talk row={row} />
      <Earlier key={row.id} row={row} />
      <p class="keys-foot">
        <button type="button" class="link" onClick={() => (desk.dialog.value = 'keys')}>
          {t('context.keys')} <SingleKey name="?" />
        </button>
      </p>
    </section>
  )
}

/** Language, local time, address, and how certain it is that he is who he says. */
function Who({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const v = row.visitor
  const why = v.language_reason && reasons[v.language_reason]
  return (
    <dl>
      <Fact name={t('context.language')}>
        <LanguagePicker
          class="quiet-button"
          name={t('language.visitor')}
          label={t('context.language.change', { language: languageName(row.language) })}
          chosen={row.language}
          disabled={!desk.line.online.value}
          onChoose={(tag) => void desk.act.visitorLanguage(row.id, tag)}
          button={
            <>
              {languageName(row.language) || t('language.unknown')}
              <Icon name="down" size={14} />
            </>
          }
        />
        {why && <small>{t(why)}</small>}
      </Fact>
      <LocalTime zone={v.time_zone} />
      {v.email && (
        <Fact name={t('context.email')}>
          <Value text={v.email} />
        </Fact>
      )}
      {!v.verified && <Fact name={t('context.identity')}>{t('context.said')}</Fact>}
      {desk.sites.value.length > 1 && <Fact name={t('context.site')}>{desk.siteName(row.site)}</Fact>}
    </dl>
  )
}

function LocalTime({ zone }: { zone: string | undefined }): JSX.Element | null {
  const desk = useDesk()
  const now = zone ? clockIn(zone, desk.minute.value) : undefined
  if (!now) return null
  return (
    <Fact name={t('context.time')}>
      {now.time}
      {now.night && (
        <span class="night">
          <Icon name="night" size={14} /> {t('context.night')}
        </span>
      )}
      <small>{zone?.replaceAll('_', ' ')}</small>
    </Fact>
  )
}

function CurrentPage({ row }: { row: Conversation }): JSX.Element | null {
  const page = row.visitor.page
  if (!page) return null
  // Only what a browser opens as a page becomes a link: an address is something that a stranger's page has said.
  const web = /^https?:\/\//i.test(page.url)
  const short = page.url.replace(/^https?:\/\//i, '')
  return (
    <Block name="page" title={t('context.page')} extra={<CopyAll what={t('context.page')} text={() => page.url} />}>
      {page.title && (
        <p class="page-title">
          <bdi>{page.title}</bdi>
        </p>
      )}
      {web ? (
        <a class="page-url" href={page.url} title={page.url} target="_blank" rel="noopener noreferrer nofollow">
          <bdi>{short}</bdi>
        </a>
      ) : (
        <span class="page-url" title={page.url}>
          <bdi>{short}</bdi>
        </span>
      )}
    </Block>
  )
}

/** So many lines of a basket are shown before somebody asks for all: what else is known of the customer stands below. */
const fewLines = 5

/** What lies in the basket, as the page says it. */
function Basket({ cart }: { cart: Cart | undefined }): JSX.Element | null {
  const whole = useSignal(false)
  if (!cart || cart.items.length === 0) return null
  const price = (amount: number | undefined) => (amount === undefined ? '' : money(amount, cart.currency, timeLocale()))
  const lines = cart.items.map((item) => ({
    times: (item.quantity ?? 1) > 1 ? `${item.quantity} × ` : '',
    name: item.name,
    price: price(item.price),
  }))
  const total = price(cart.total)
  const text = () =>
    [
      ...lines.map((l) => `${l.times}${l.name} ${l.price}`.trim()),
      ...(total ? [`${t('context.total')} ${total}`] : []),
    ].join('\n')
  return (
    <Block name="cart" title={t('context.cart')} extra={<CopyAll what={t('context.cart')} text={text} />}>
      <ul class="cart-lines">
        {(whole.value ? lines : lines.slice(0, fewLines)).map((line, i) => (
          <li key={i}>
            <span>
              {line.times}
              <bdi>{line.name}</bdi>
            </span>
            {line.price && <span>{line.price}</span>}
          </li>
        ))}
        {lines.length > fewLines && (
          <li>
            <button type="button" class="link" aria-expanded={whole.value} onClick={() => (whole.value = !whole.value)}>
              {whole.value ? t('events.fewer') : t('context.cart.all', { n: lines.length })}
            </button>
          </li>
        )}
        {total && (
          <li class="total">
            <span>{t('context.total')}</span>
            <span>{total}</span>
          </li>
        )}
      </ul>
    </Block>
  )
}

function Attributes({ row }: { row: Conversation }): JSX.Element | null {
  const all = Object.entries(row.visitor.attributes ?? {})
  if (all.length === 0) return null
  return (
    <Block name="attributes" title={t('context.attributes')}>
      <dl>
        {all.map(([name, value]) => (
          <Fact key={name} name={name}>
            <Value text={value} />
            {row.visitor.signed?.includes(name) && <Verified />}
          </Fact>
        ))}
      </dl>
    </Block>
  )
}

/** The conversation itself: when it began, who waits, who is in it. */
function Talk({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const room = desk.chats.room(row.id).value
  const began = room.floor <= 1 ? room.messages[0]?.at : undefined
  const people = row.participants.filter((p) => p.kind !== 'visitor')
  return (
    <Block name="talk-facts" title={t('context.talk')}>
      <dl>
        <Fact name={t('context.state')}>
          {row.state === 'snoozed' && row.snoozed_until
            ? t('snoozed.until', { time: moment(row.snoozed_until, desk.minute.value) })
            : t(`state.${row.state}`)}
        </Fact>
        {began && (
          <Fact name={t('context.began')}>
            <time dateTime={began} title={fullTime(began, timeLocale())}>
              {moment(began, desk.minute.value)}
            </time>
          </Fact>
        )}
        <Fact name={t('context.holder')}>{row.assignee ? desk.personName(row.assignee, row) : t('assign.nobody')}</Fact>
        {people.length > 1 && <Fact name={t('context.people')}>{people.map((p) => p.name).join(', ')}</Fact>}
      </dl>
    </Block>
  )
}
