// What agents do about themselves: languages, password, second step, and where they are signed in.
import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { wear } from '../../shared/parts'
import { fullTime } from '../../shared/time'
import type { Login } from '../../shared/wire.gen'
import { useDesk } from '../app/desk'
import { timeLocale } from '../app/times'
import { t } from '../app/words'
import { Languages } from '../menu/menu'
import { Refused, Rest, why } from '../pages/rest'
import { Icon } from '../ui/icons'
import { device } from './device'
import looks from './profile.css'
import { drawn } from './qr'

wear(looks)

interface Mine {
  email: string
  second_step: boolean
  recovery_left: number
}

const url = '/agent/v1/me'
export default function Profile(): JSX.Element {
  const desk = useDesk()
  const rest = useMemo(() => new Rest(), [])
  const mine = useSignal<Mine | undefined>(undefined)
  const fault = useSignal('')
  const load = async () => {
    try {
      mine.value = await rest.get<Mine>(url)
      fault.value = ''
    } catch (err) {
      fault.value = why(err)
    }
  }
  // A change of what the login asks for ends the other sessions.
  const ended = useSignal(0)
  const left = async () => {
    ended.value++
    await load()
  }
  const online = desk.line.online.value
  useEffect(() => {
    if (online) void load()
  }, [online])
  return (
    <section class="profile" aria-labelledby="profile-title">
      <header>
        <h2 id="profile-title">{t('key.profile')}</h2>
        <p>
          <bdi>{mine.value?.email}</bdi>
        </p>
        <Fault text={fault.value} />
      </header>
      <div class="profile-part">
        <Languages />
      </div>
      <Password rest={rest} email={mine.value?.email ?? ''} changed={left} />
      {mine.value && <Second rest={rest} mine={mine.value} changed={left} />}
      <Sessions rest={rest} ended={ended.value} />
    </section>
  )
}

function Fault({ text, id }: { text: string; id?: string }): JSX.Element | null {
  if (!text) return null
  return (
    <p class="field-error" role="alert" id={id}>
      <Icon name="alert" size={16} />
      {text}
    </p>
  )
}

interface InputProps {
  id: string
  label: string
  hint?: string
  error: string
  type?: 'password' | 'text'
  autocomplete: 'current-password' | 'new-password' | 'one-time-code'
}

function Input({ id, label, hint, error, type = 'password', autocomplete }: InputProps): JSX.Element {
  const said = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={id}
        type={type as 'password'}
        autocomplete={autocomplete}
        inputMode={autocomplete === 'one-time-code' ? 'numeric' : undefined}
        required
        aria-invalid={error !== ''}
        aria-describedby={said || undefined}
      />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      <Fault text={error} id={`${id}-error`} />
    </div>
  )
}

/** A form that shows what went wrong at the field that it belongs to, and goes there. */
function useForm(fieldOf: (code: string) => string, send: (values: FormData) => Promise<void>) {
  const busy = useSignal(false)
  const wrong = useSignal({ field: '', text: '' })
  const submit = async (e: Event) => {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    if (busy.peek()) return
    busy.value = true
    try {
      await send(new FormData(form))
      wrong.value = { field: '', text: '' }
      form.reset()
    } catch (err) {
      const field = err instanceof Refused ? fieldOf(err.code) : ''
      wrong.value = { field, text: why(err) }
      form.querySelector<HTMLInputElement>(`#${field || 'none'}`)?.select()
    }
    busy.value = false
  }
  const at = (field: string) => (wrong.value.field === field ? wrong.value.text : '')
  return { busy, at, submit: (e: Event) => void submit(e) }
}

interface PasswordProps {
  rest: Rest
  email: string
  changed: () => Promise<void>
}

function Password({ rest, email, changed }: PasswordProps): JSX.Element {
  const desk = useDesk()
  const { busy, at, submit } = useForm(
    (code) => (code === 'forbidden' ? 'old' : code === 'bad_request' ? 'new' : ''),
    async (values) => {
      await rest.send('POST', `${url}/password`, { old: values.get('old'), new: values.get('new') })
      desk.notices.say(t('profile.changed'))
      await changed()
    },
  )
  return (
    <form class="profile-part" onSubmit={submit}>
      <h3>{t('login.password')}</h3>
      <input type="email" autocomplete="username" value={email} readOnly hidden />
      <Input id="old" label={t('profile.old')} error={at('old')} autocomplete="current-password" />
      <Input
        id="new"
        label={t('profile.new')}
        hint={t('profile.new.hint')}
        error={at('new')}
        autocomplete="new-password"
      />
      <Fault text={at('')} />
      <p>{t('profile.others')}</p>
      <button type="submit" class="primary" disabled={busy.value}>
        {t('profile.change')}
      </button>
    </form>
  )
}

interface Secret {
  secret: string
  url: string
}

function Second({ rest, mine, changed }: { rest: Rest; mine: Mine; changed: () => Promise<void> }): JSX.Element {
  const secret = useSignal<Secret | undefined>(undefined)
  const codes = useSignal<string[]>([])
  const fault = useSignal('')
  const begin = async () => {
    try {
      secret.value = await rest.send<Secret>('POST', `${url}/second-step`, {})
      fault.value = ''
    } catch (err) {
      fault.value = why(err)
    }
  }
  const { busy, at, submit } = useForm(
    (code) => (code === 'second_step' ? 'code' : code === 'forbidden' ? 'password' : ''),
    async (values) => {
      const password = values.get('password')
      if (mine.second_step) await rest.send('POST', `${url}/second-step/off`, { password })
      else {
        const code = String(values.get('code')).replace(/\s/g, '')
        const body = { password, code, secret: secret.peek()?.secret }
        codes.value = (await rest.send<{ recovery: string[] }>('PUT', `${url}/second-step`, body)).recovery
        secret.value = undefined
      }
      await changed()
    },
  )
  const password = (
    <Input id="password" label={t('profile.old')} error={at('password')} autocomplete="current-password" />
  )
  const go = (text: string) => (
    <>
      <Fault text={at('')} />
      <p>{t('profile.others')}</p>
      <button type="submit" class="primary" disabled={busy.value}>
        {text}
      </button>
    </>
  )
  const part = (children: ComponentChildren) => (
    <form class="profile-part" onSubmit={submit}>
      <h3>{t('profile.second')}</h3>
      {children}
    </form>
  )
  if (codes.value.length > 0) return part(<Recovery codes={codes.value} done={() => (codes.value = [])} />)
  if (mine.second_step)
    return part(
      <>
        <p>{t('profile.second.on', { n: mine.recovery_left })}</p>
        {password}
        {go(t('profile.second.stop'))}
      </>,
    )
  if (!secret.value)
    return part(
      <>
        <p>{t('profile.second.off')}</p>
        <Fault text={fault.value} />
        <button type="button" onClick={() => void begin()}>
          {t('profile.second.begin')}
        </button>
      </>,
    )
  return part(
    <>
      <p>{t('profile.second.scan')}</p>
      <Code secret={secret.value} />
      <Input id="code" label={t('profile.second.code')} error={at('code')} type="text" autocomplete="one-time-code" />
      {password}
      {go(t('profile.second.confirm'))}
    </>,
  )
}

/** The picture is drawn here: the secret goes to nobody else. What it holds is no name for it, and stands beside it for who cannot scan it. */
function Code({ secret }: { secret: Secret }): JSX.Element {
  const { box, path } = useMemo(() => drawn(secret.url), [secret.url])
  const here = useRef<HTMLDivElement>(null)
  // The button that asked for it is gone, and what comes next may lie below the edge.
  useEffect(() => {
    document.getElementById('code')?.focus()
    here.current?.scrollIntoView()
  }, [])
  return (
    <div class="profile-code" ref={here}>
      <svg role="img" aria-label={t('profile.second.picture')} viewBox={box} shape-rendering="crispEdges">
        <path d={path} />
      </svg>
      <code>{secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
    </div>
  )
}

function Recovery({ codes, done }: { codes: string[]; done: () => void }): JSX.Element {
  const desk = useDesk()
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => list.current?.focus(), [])
  return (
    <>
      <h4 id="recovery-title">{t('profile.recovery')}</h4>
      <p>{t('profile.recovery.hint')}</p>
      <ul class="profile-recovery" ref={list} tabIndex={-1} aria-labelledby="recovery-title">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <p>
        <button type="button" onClick={() => desk.notices.copy(codes.join('\n'))}>
          {t('copy')}
        </button>{' '}
        <button type="button" class="primary" onClick={done}>
          {t('profile.recovery.done')}
        </button>
      </p>
    </>
  )
}

function Sessions({ rest, ended }: { rest: Rest; ended: number }): JSX.Element {
  const desk = useDesk()
  const all = useSignal<Login[]>([])
  const fault = useSignal('')
  const load = async () => {
    all.value = (await rest.get<{ logins: Login[] }>(`${url}/logins`)).logins
  }
  const act = async (what: () => Promise<void>) => {
    try {
      await what()
      fault.value = ''
    } catch (err) {
      fault.value = why(err)
    }
  }
  useEffect(() => void act(load), [ended])
  const end = (one: Login) =>
    act(async () => {
      await rest.remove(`${url}/logins/${encodeURIComponent(one.id)}`)
      desk.notices.say(t('profile.ended'))
      await load()
    })
  const everywhere = () =>
    act(async () => {
      await rest.remove(`${url}/logins`)
      // A fresh page holds nothing of the one who left.
      location.reload()
    })
  return (
    <div class="profile-part">
      <h3 id="sessions-title">{t('profile.sessions')}</h3>
      <ul class="profile-sessions" aria-labelledby="sessions-title">
        {all.value.map((one) => (
          <li key={one.id}>
            <span>
              <bdi>{device(one.device)}</bdi>
              <small>
                <bdi>{one.address}</bdi> · {t('profile.used', { time: fullTime(one.used, timeLocale()) })}
              </small>
            </span>
            {one.current ? (
              <strong>{t('profile.current')}</strong>
            ) : (
              <button
                type="button"
                aria-label={`${t('own.signout')}: ${device(one.device)}`}
                onClick={() => void end(one)}
              >
                {t('own.signout')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <Fault text={fault.value} />
      <button type="button" class="danger" onClick={() => void everywhere()}>
        {t('profile.end.all')}
      </button>
    </div>
  )
}
