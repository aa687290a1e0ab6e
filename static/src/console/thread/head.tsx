// The heading of a conversation: who it is, between which languages, whose it is, and what can be done with it.
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { Give } from '../app/parts'
import { type Originals, originalsOrder } from '../app/settings'
import { moment } from '../app/times'
import { t } from '../app/words'
import { wakeTimes } from '../inbox/waiting'
import { Busy, Others } from '../team/company'
import { MomentForm } from '../team/moment-form'
import { Icon, type IconName } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { Avatar, Presence, visitorName } from '../ui/marks'
import { type Choice, Menu } from '../ui/menu'
import { Popover } from '../ui/popover'

const layouts: Record<Originals, IconName> = { below: 'below', beside: 'beside', hidden: 'hidden' }

export function Head({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const pinned = useComputed(() => desk.pins.list.value.includes(row.id)).value
  const { originals } = desk.settings
  const foreign = desk.foreign(row)
  return (
    <header class="talk-head">
      <button
        type="button"
        class="icon-button only-narrow"
        aria-label={t('back')}
        onClick={() => (desk.pane.value = 'list')}
      >
        <Icon name="back" />
      </button>
      <div class="talk-who">
        <Avatar who={{ ...row.visitor, name: visitorName(row.visitor) }} />
        <div class="talk-name">
          <div class="talk-line">
            <h2>
              <bdi>{visitorName(row.visitor)}</bdi>
              <Presence online={row.visitor.online} />
            </h2>
            <Busy row={row} />
          </div>
          <p class="talk-sub">
            <LanguagePicker
              class="pair"
              name={t('language.visitor')}
              title={t('pair.hint')}
              keys="l"
              chosen={row.language}
              disabled={!desk.line.online.value}
              onChoose={(tag) => void desk.act.visitorLanguage(row.id, tag)}
              button={
                <>
                  {/* The spaces keep the words of the button's name apart; a flex box does not draw them. */}
                  <span>{languageName(row.language) || t('language.unknown')}</span>{' '}
                  {foreign && (
                    <span class="into">
                      <Icon name="to" size={14} /> <span>{languageName(desk.language.value)}</span>{' '}
                    </span>
                  )}
                  <span class="spoken">{t('pair.hint')}</span>
                  <Icon name="down" size={12} />
                </>
              }
            />
            {desk.sites.value.length > 1 && <span class="dot-before">{desk.siteName(row.site)}</span>}
            {row.state === 'snoozed' && row.snoozed_until && (
              <span class="dot-before">
                {t('snoozed.until', { time: moment(row.snoozed_until, desk.minute.value) })}
              </span>
            )}
            <Others row={row} />
          </p>
        </div>
      </div>
      <div class="talk-do">
        <button
          type="button"
          class="icon-button roomy"
          aria-label={t('originals.name', { layout: t(`originals.${originals.value}`) })}
          title={t('originals.hint', { layout: t(`originals.${originals.value}`) })}
          aria-keyshortcuts="o"
          onClick={() => desk.settings.nextOriginals()}
        >
          <Icon name={layouts[originals.value] ?? layouts[originalsOrder[0] as Originals]} />
        </button>
        <button
          type="button"
          class="icon-button roomy"
          aria-pressed={pinned}
          aria-label={t('pin')}
          title={t('pin.hint')}
          aria-keyshortcuts="p"
          onClick={() => desk.togglePin(row.id)}
        >
          <Icon name="pin" />
        </button>
        <HolderMenu row={row} />
        <Ending row={row} />
        <button
          type="button"
          class="icon-button"
          aria-pressed={desk.contextShown.value}
          aria-label={t('context.toggle')}
          title={t('context.hint')}
          aria-keyshortcuts="]"
          onClick={() => desk.toggleContext()}
        >
          <Icon name="panel" />
        </button>
      </div>
    </header>
  )
}

function HolderMenu({ row }: { row: Conversation }): JSX.Element | null {
  const desk = useDesk()
  const open = useSignal(false)
  const online = desk.line.online.value
  if (row.state === 'resolved') return null
  const mine = row.assignee === desk.myId.value
  const name = row.assignee ? (mine ? t('assign.mine') : desk.personName(row.assignee, row)) : t('assign.nobody')
  return (
    <>
      {!row.assignee && (
        <button
          type="button"
          disabled={!online}
          aria-keyshortcuts="i"
          title={t('take.hint')}
          onClick={() => void desk.act.take(row.id)}
        >
          <Icon name="take" />
          <span class="word">{t('take')}</span>
        </button>
      )}
      <Popover
        class={row.assignee ? 'assign' : 'icon-button assign'}
        layer="picker give"
        popup="dialog"
        name={t('assign.name')}
        label={t('assigned.to', { name })}
        title={t('assign.hint')}
        keys="a"
        disabled={!online}
        open={open.value}
        onOpen={(o) => (open.value = o)}
        button={
          <>
            <Icon name="person" />
            {row.assignee && <span class="roomy">{name}</span>}
            <Icon name="down" size={14} />
          </>
        }
      >
        {(close) => <Give row={row} close={close} />}
      </Popover>
    </>
  )
}

function Ending({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const online = desk.line.online.value
  if (row.state === 'resolved') {
    return (
      <button type="button" disabled={!online} aria-keyshortcuts="e" onClick={() => void desk.act.reopen(row.id)}>
        <Icon name="reopen" />
        {t('reopen')}
      </button>
    )
  }
  const now = new Date(desk.minute.value)
  const { hour, tomorrow, monday } = wakeTimes(now)
  const until = (key: string, text: string, at: Date): Choice => ({
    key,
    text,
    hint: moment(at.toISOString(), now.getTime()),
    run: () => void desk.act.snooze(row.id, at),
  })
  const snooze: Choice[] = [
    until('hour', t('snooze.hour'), hour),
    until('tomorrow', t('snooze.tomorrow'), tomorrow),
    // On a Sunday both would be the same morning.
    ...(monday.getTime() === tomorrow.getTime() ? [] : [until('monday', t('snooze.monday'), monday)]),
  ]
  if (row.state === 'snoozed')
    snooze.unshift({ key: 'wake', text: t('snooze.wake'), run: () => void desk.act.reopen(row.id) })
  return (
    <>
      <Menu
        class="icon-button snooze"
        name={t('snooze')}
        label={t('snooze')}
        title={t('snooze.hint')}
        keys="s"
        disabled={!online}
        choices={snooze}
        foot={(close) => (
          <MomentForm
            label={t('snooze.until')}
            button={t('snooze')}
            chosen={row.snoozed_until}
            onChoose={(at) => {
              close()
              void desk.act.snooze(row.id, at)
            }}
          />
        )}
        button={<Icon name="wake" />}
      />
      <button
        type="button"
        class="resolve"
        disabled={!online}
        aria-keyshortcuts="e"
        title={t('resolve.hint')}
        aria-label={t('resolve')}
        onClick={() => void desk.act.resolve(row.id)}
      >
        <Icon name="check" />
        <span class="roomy">{t('resolve')}</span>
      </button>
    </>
  )
}
