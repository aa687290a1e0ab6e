// What is known of the customer, beside the conversation.
import { useComputed } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { clock, fullTime } from '../../shared/time'
import type { Cart, Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { clockIn, shortTime, timeLocale } from '../app/times'
import { type Key, t } from '../app/words'
import { Icon } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { Avatar, Presence, Verified, visitorName } from '../ui/marks'
import { money } from './money'

/** Why the customer is taken to read his language; a reason that is not known here is not shown. */
const reasons: Record<string, Key> = {
  chosen: 'context.language.chosen',
  written: 'context.language.written',
  shop: 'context.language.shop',
  browser: 'context.language.browser',
}

export function Context(): JSX.Element | null {
  const desk = useDesk()
  const row = useComputed(() => desk.row(desk.current.value)).value
  if (!row) return null
  const v = row.visitor
  const why = v.language_reason && reasons[v.language_reason]
  return (
    <section class="context" aria-label={t('context.title')}>
      <header class="context-head">
        <button
          type="button"
          class="icon-button only-narrow"
          aria-label={t('back')}
          onClick={() => desk.toggleContext()}
        >
          <Icon name="back" />
        </button>
        <Avatar who={{ ...v, name: visitorName(v) }} />
        <div>
          <h2>
            <bdi>{visitorName(v)}</bdi>
          </h2>
          <p>
            <Presence online={v.online} /> {t(v.online ? 'presence.online' : 'presence.away')}
          </p>
        </div>
      </header>
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
        <Fact name={t('context.email')}>
          {v.email ? (
            <button type="button" class="link" title={t('copy')} onClick={() => desk.notices.copy(v.email ?? '')}>
              <bdi>{v.email}</bdi>
            </button>
          ) : undefined}
        </Fact>
        <Fact name={t('context.identity')}>
          {v.verified ? (
            <span class="verified">
              <Icon name="shield" size={16} />
              {t('context.verified')}
            </span>
          ) : (
            t('context.said')
          )}
        </Fact>
        {desk.sites.value.length > 1 && <Fact name={t('context.site')}>{desk.siteName(row.site)}</Fact>}
      </dl>
      <CurrentPage row={row} />
      <Basket cart={row.visitor.cart} />
      <Attributes row={row} />
      <Talk row={row} />
      <Earlier key={row.id} row={row} />
      <p class="keys-foot">
        <button type="button" class="link" onClick={() => (desk.dialog.value = 'keys')}>
          {t('context.keys')} <kbd>?</kbd>
        </button>
      </p>
    </section>
  )
}

function Fact({ name, children }: { name: string; children?: ComponentChildren }): JSX.Element | null {
  if (children === undefined || children === null) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function LocalTime({ zone }: { zone: string | undefined }): JSX.Element | null {
  const desk = useDesk()
  const now = zone ? clockIn(zone, desk.minute.value) : undefined
  if (!now) return null
  return (
    <Fact name={t('context.time')}>
      {now.time}
      {now.night && <span class="night"> {t('context.night')}</span>}
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
    <section>
      <h3>{t('context.page')}</h3>
      {page.title && (
        <p class="page-title" dir="auto">
          {page.title}
        </p>
      )}
      {web ? (
        <a class="page-url" href={page.url} target="_blank" rel="noopener noreferrer nofollow">
          <bdi>{short}</bdi>
        </a>
      ) : (
        <span class="page-url">{short}</span>
      )}
    </section>
  )
}

/** What lies in the basket, as the page says it. */
function Basket({ cart }: { cart: Cart | undefined }): JSX.Element | null {
  if (!cart || cart.items.length === 0) return null
  return (
    <section>
      <h3>{t('context.cart')}</h3>
      <ul class="cart">
        {cart.items.map((item, i) => (
          <li key={i}>
            <span>
              {(item.quantity ?? 1) > 1 && `${item.quantity} × `}
              <bdi>{item.name}</bdi>
            </span>
            {item.price !== undefined && <span>{money(item.price, cart.currency, timeLocale())}</span>}
          </li>
        ))}
        {cart.total !== undefined && (
          <li class="total">
            <span>{t('context.total')}</span>
            <span>{money(cart.total, cart.currency, timeLocale())}</span>
          </li>
        )}
      </ul>
    </section>
  )
}

function Attributes({ row }: { row: Conversation }): JSX.Element | null {
  const all = Object.entries(row.visitor.attributes ?? {})
  if (all.length === 0) return null
  return (
    <section>
      <h3>{t('context.attributes')}</h3>
      <dl>
        {all.map(([name, value]) => (
          <Fact key={name} name={name}>
            <bdi>{value}</bdi>
            {row.visitor.signed?.includes(name) && <Verified />}
          </Fact>
        ))}
      </dl>
    </section>
  )
}

/** The conversation itself: when it began, who waits, who is in it. */
function Talk({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const room = desk.chats.room(row.id).value
  const began = room.floor <= 1 ? room.messages[0]?.at : undefined
  const people = row.participants.filter((p) => p.kind !== 'visitor')
  return (
    <section>
      <h3>{t('context.talk')}</h3>
      <dl>
        <Fact name={t('context.state')}>{t(`state.${row.state}`)}</Fact>
        {began && (
          <Fact name={t('context.began')}>
            <time dateTime={began} title={fullTime(began, timeLocale())}>
              {shortTime(began, desk.minute.value)}{' '}
              {shortTime(began, desk.minute.value) === clock(began, timeLocale()) ? '' : clock(began, timeLocale())}
            </time>
          </Fact>
        )}
        <Fact name={t('context.holder')}>{row.assignee ? desk.personName(row.assignee, row) : t('assign.nobody')}</Fact>
        {people.length > 1 && <Fact name={t('context.people')}>{people.map((p) => p.name).join(', ')}</Fact>}
      </dl>
    </section>
  )
}

/** Other conversations of the same person, as far as this console has loaded them. */
function Earlier({ row }: { row: Conversation }): JSX.Element | null {
  const desk = useDesk()
  const others = useComputed(() =>
    [...desk.rows.value.values()]
      .filter((r) => r.visitor.id === row.visitor.id && r.id !== row.id)
      .sort((a, b) => (a.id < b.id ? 1 : -1))
      .slice(0, 5),
  ).value
  if (others.length === 0) return null
  return (
    <section>
      <h3>{t('context.earlier')}</h3>
      <ul class="earlier">
        {others.map((r) => (
          <li key={r.id}>
            <button type="button" class="link" onClick={() => desk.open(r.id, 'click')}>
              {r.last ? shortTime(r.last.at, desk.minute.value) : ''} · {t(`state.${r.state}`)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
