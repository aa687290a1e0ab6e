// The heading of a conversation: who it is, between which languages, whose it is, and what can be done with it.
import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import type { Conversation } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { languageName } from '../app/languages'
import { type Originals, originalsOrder } from '../app/settings'
import { moment } from '../app/times'
import { t } from '../app/words'
import { wakeTimes } from '../inbox/waiting'
import { Icon, type IconName } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { Avatar, Presence, visitorName } from '../ui/marks'
import { type Choice, Menu } from '../ui/menu'

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
          <h2>
            <bdi>{visitorName(row.visitor)}</bdi>
            <Presence online={row.visitor.online} />
          </h2>
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
                      <Icon name="to" size={14} /> {languageName(desk.language.value)}{' '}
                    </span>
                  )}
                  <span class="spoken">{t('pair.hint')}</span>
                  <Icon name="down" size={12} />
                </>
              }
            />
            {desk.sites.value.length > 1 && <span class="dot-before">{desk.siteName(row.site)}</span>}
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
          onClick={() => desk.pins.toggle(row.id)}
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

/** Colleagues who have a part in it, and whether they type: so that nobody answers twice. */
function Others({ row }: { row: Conversation }): JSX.Element | null {
  const desk = useDesk()
  const typing = useComputed(() => desk.typing.value.get(row.id) ?? []).value
  const typer = typing.find((p) => p.kind === 'agent')
  const others = row.participants.filter((p) => p.id !== desk.myId.value && p.kind !== 'visitor')
  if (typer) return <span class="dot-before colleague">{t('typing.colleague', { name: typer.name })}</span>
  if (others.length === 0) return null
  return <span class="dot-before others">{t('others', { names: others.map((p) => p.name).join(', ') })}</span>
}

function HolderMenu({ row }: { row: Conversation }): JSX.Element {
  const desk = useDesk()
  const me = desk.myId.value
  const online = desk.line.online.value
  if (!row.assignee && row.state !== 'resolved') {
    return (
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
    )
  }
  const mine = row.assignee === me
  const choices: Choice[] = [
    { key: 'me', text: t('assign.me'), checked: mine, run: () => void (mine || desk.act.assign(row.id, me)) },
    // The wire names no other agents but those who have taken part, so those are offered.
    ...row.participants
      .filter((p) => p.kind === 'agent' && p.id !== me)
      .map((p) => ({
        key: p.id,
        text: p.name,
        checked: row.assignee === p.id,
        run: () => void desk.act.assign(row.id, p.id),
      })),
    { key: 'none', text: t('assign.nobody'), checked: !row.assignee, run: () => void desk.act.assign(row.id, null) },
  ]
  const name = row.assignee ? (mine ? t('assign.mine') : desk.personName(row.assignee, row)) : t('assign.nobody')
  return (
    <Menu
      name={t('assign.name')}
      label={t('assigned.to', { name })}
      disabled={!online}
      choices={choices}
      button={
        <>
          <Icon name="person" />
          <span class="roomy">{name}</span>
          <Icon name="down" size={14} />
        </>
      }
    />
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
