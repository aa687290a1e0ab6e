// The agent's own menu: the languages he reads, and how the console looks and sounds on this machine.
import { type Signal, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useDesk } from '../app/desk'
import { languageName, ownName, sameLanguage } from '../app/languages'
import { type Interface, interfaces, type Key, t } from '../app/words'
import { signOut } from '../login/sign-in'
import { OwnStatus, StatusDot, statusText } from '../team/status'
import { Icon } from '../ui/icons'
import { LanguagePicker } from '../ui/language-picker'
import { Avatar } from '../ui/marks'
import { Popover } from '../ui/popover'
import { Notifications, Sounds } from './calls'
import { Switch } from './switch'

export function OwnMenu(): JSX.Element {
  const desk = useDesk()
  const open = useSignal(false)
  const status = statusText(desk.status.value, desk.minute.value)
  const who = { id: desk.myId.value, name: desk.myName.value, kind: 'agent' as const }
  return (
    <Popover
      class="own"
      layer="own-menu"
      popup="dialog"
      name={t('own.title')}
      label={t('own.open', { name: who.name, status })}
      title={`${who.name} · ${status}`}
      open={open.value}
      onOpen={(o) => (open.value = o)}
      button={
        <>
          <Avatar who={who} />
          <StatusDot of={desk.status.value} now={desk.minute.value} />
        </>
      }
    >
      {(close) => (
        <>
          <header>
            <Avatar who={who} />
            <div>
              <strong>
                <bdi>{who.name}</bdi>
              </strong>
              <small>{t(`role.${desk.hello.value?.agent?.role ?? 'agent'}`)}</small>
            </div>
          </header>
          <OwnStatus />
          <section>
            <button
              type="button"
              class="link"
              onClick={() => {
                close()
                desk.go('profile')
              }}
            >
              <Icon name="shield" size={16} />
              {t('key.profile')}
            </button>
          </section>
          <Languages />
          <Spoken />
          <Segments name="own.theme" options={['system', 'light', 'dark']} value={desk.settings.theme} />
          <Segments name="own.density" options={['comfortable', 'compact']} value={desk.settings.density} />
          <Switches />
          <SignOut />
        </>
      )}
    </Popover>
  )
}

/** In order: the first is translated into, the others are understood and left alone. */
export function Languages(): JSX.Element {
  const desk = useDesk()
  const mine = desk.languages.value
  const online = desk.line.online.value
  const set = (languages: string[]) => void desk.act.setLanguages(languages)
  return (
    <section>
      <h3>{t('own.languages')}</h3>
      <ul class="own-languages">
        {mine.map((tag, i) => (
          <li key={tag}>
            <span>{languageName(tag)}</span>
            {i === 0 ? (
              <small>{t('own.languages.first')}</small>
            ) : (
              <>
                <button
                  type="button"
                  class="link"
                  disabled={!online}
                  onClick={() => set([tag, ...mine.filter((l) => l !== tag)])}
                >
                  {t('own.languages.use')}
                </button>
                <button
                  type="button"
                  class="icon-button small"
                  disabled={!online}
                  aria-label={t('own.languages.remove', { language: languageName(tag) })}
                  onClick={() => set(mine.filter((l) => l !== tag))}
                >
                  <Icon name="close" size={14} />
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      <LanguagePicker
        class="link add"
        name={t('own.languages.add')}
        without={mine}
        disabled={!online}
        onChoose={(tag) => set([...mine.filter((l) => !sameLanguage(l, tag)), tag])}
        button={
          <>
            <Icon name="plus" size={14} />
            {t('own.languages.add')}
          </>
        }
      />
      <p class="own-hint">{t('own.languages.hint')}</p>
    </section>
  )
}

/** The language of the console itself, which need not be one that lines are read in. */
function Spoken(): JSX.Element {
  const { language, spoken } = useDesk().settings
  return (
    <section>
      <h3>
        <label for="own-interface">{t('own.interface')}</label>
      </h3>
      <select
        id="own-interface"
        class="select"
        value={language.value}
        onChange={(e) => (language.value = e.currentTarget.value as Interface | 'auto')}
      >
        <option value="auto">{t('own.interface.auto', { language: ownName(spoken.value || 'en') })}</option>
        {interfaces.map((tag) => (
          <option key={tag} value={tag} lang={tag}>
            {ownName(tag)}
          </option>
        ))}
      </select>
    </section>
  )
}

function Segments<T extends string>({
  name,
  options,
  value,
}: {
  name: 'own.theme' | 'own.density'
  options: readonly T[]
  value: Signal<T>
}): JSX.Element {
  return (
    <section>
      <h3 id={name}>{t(name)}</h3>
      <div class="segments" role="radiogroup" aria-labelledby={name}>
        {options.map((o) => (
          <label key={o} class={value.value === o ? 'chosen' : undefined}>
            <input type="radio" name={name} checked={value.value === o} onChange={() => (value.value = o)} />
            {t(`${name}.${o}` as Key)}
          </label>
        ))}
      </div>
    </section>
  )
}

function Switches(): JSX.Element {
  const { singleKeys } = useDesk().settings
  return (
    <section class="switches">
      <Sounds />
      <Notifications />
      <Switch
        on={singleKeys.value === 'on'}
        text={t('keys.single')}
        hint={t('keys.single.hint')}
        set={(on) => (singleKeys.value = on ? 'on' : 'off')}
      />
    </section>
  )
}

function SignOut(): JSX.Element {
  const desk = useDesk()
  const waiting = desk.sending.lines.value.length
  const leave = async () => {
    try {
      await signOut()
    } catch {
      desk.notices.say(t('own.signout.failed'), 'error')
      return
    }
    // A fresh page holds nothing of the one who left.
    location.reload()
  }
  return (
    <section class="own-foot">
      {waiting > 0 && <p class="own-hint warn">{t('own.signout.waiting', { n: waiting })}</p>}
      <button type="button" class="link danger" onClick={() => void leave()}>
        <Icon name="logout" />
        {t('own.signout')}
      </button>
    </section>
  )
}
