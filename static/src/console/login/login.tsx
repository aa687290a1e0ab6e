// The way in: one column, errors beside their field, and what to do where there is no account yet.
import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useDesk } from '../app/desk'
import { shelf } from '../app/shelf'
import { t } from '../app/words'
import { Icon } from '../ui/icons'
import { Mark } from '../ui/logo'
import { type Refusal, signIn } from './sign-in'

const lastMail = 'dragoman.console.email'

export default function Login(): JSX.Element {
  const desk = useDesk()
  const email = useRef<HTMLInputElement>(null)
  const password = useRef<HTMLInputElement>(null)
  const code = useRef<HTMLInputElement>(null)
  /** The password was right, and the code is asked for. */
  const second = useSignal(false)
  const busy = useSignal(false)
  const refused = useSignal<Refusal | undefined>(undefined)
  const wait = useSignal(0)
  const shown = useSignal(false)

  const title = t('login.document')
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    if (second.value) code.current?.focus()
  }, [second.value])
  // Not useEffect, which comes after painting: it would write over what somebody has begun to type by then.
  useLayoutEffect(() => {
    const kept = remembered()
    if (email.current && kept) email.current.value = kept
    ;(kept ? password : email).current?.focus()
  }, [])

  // A refusal for being too often counts down before one's eyes and then goes away.
  useEffect(() => {
    if (wait.value <= 0) return
    const timer = setTimeout(() => {
      wait.value--
      if (wait.value === 0) refused.value = undefined
    }, 1000)
    return () => clearTimeout(timer)
  }, [wait.value])

  const submit = async (e: Event) => {
    e.preventDefault()
    if (busy.value || wait.value > 0 || !email.current || !password.current) return
    busy.value = true
    remember(email.current.value.trim())
    const problem = await signIn(email.current.value, password.current.value, code.current?.value)
    busy.value = false
    refused.value = problem
    if (!problem) {
      desk.line.access.value = 'unknown'
      desk.client.start()
      return
    }
    wait.value = problem.waitS
    if (problem.field === 'code') second.value = true
    else if (problem.field !== 'form') second.value = false
    const fields = { email, password, code, form: second.value ? code : password }
    const field = fields[problem.field].current
    field?.focus()
    if (problem.field === 'password' || problem.field === 'code') field?.select()
  }

  const at = (field: Refusal['field']) => (refused.value?.field === field ? refused.value : undefined)
  const form = wait.value > 0 ? t('login.error.rate', { n: wait.value }) : at('form')?.text
  const ousted = desk.line.ousted.value
  return (
    <main class="login">
      <form onSubmit={(e) => void submit(e)} noValidate>
        <Mark size={40} />
        <h1>{t('login.title')}</h1>
        {ousted && !refused.value && (
          <p class="login-note" role="status">
            {t(`login.ousted.${ousted}`)}
          </p>
        )}
        <Field label={t('login.email')} error={at('email')?.text} id="email">
          <input
            ref={email}
            id="email"
            name="email"
            type="email"
            inputMode="email"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            aria-invalid={at('email') !== undefined}
            aria-describedby={at('email') ? 'email-error' : undefined}
          />
        </Field>
        <Field label={t('login.password')} error={at('password')?.text} id="password">
          <span class="with-button">
            <input
              ref={password}
              id="password"
              name="password"
              type={(shown.value ? 'text' : 'password') as 'password'}
              autocomplete="current-password"
              required
              aria-invalid={at('password') !== undefined}
              aria-describedby={at('password') ? 'password-error' : undefined}
            />
            <button type="button" class="link" aria-pressed={shown.value} onClick={() => (shown.value = !shown.value)}>
              {t(shown.value ? 'login.hide' : 'login.show')}
            </button>
          </span>
        </Field>
        {second.value && (
          <Field label={t('login.code')} error={at('code')?.text} id="code">
            <div>
              <input
                ref={code}
                id="code"
                name="code"
                type="text"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck={false}
                required
                aria-invalid={!!at('code')?.text}
                aria-describedby={at('code')?.text ? 'code-hint code-error' : 'code-hint'}
              />
              <small id="code-hint">{t('login.code.hint')}</small>
            </div>
          </Field>
        )}
        {form && (
          <p class="field-error" role="alert">
            <Icon name="alert" size={16} />
            {form}
          </p>
        )}
        <button type="submit" class="primary wide" disabled={busy.value || wait.value > 0}>
          {t(busy.value ? 'login.busy' : 'login.submit')}
        </button>
        <details>
          <summary>{t('login.help')}</summary>
          <p>{t('login.help.text')}</p>
          <code>dragoman agent add you@shop.example --name "Your name" --language en</code>
          <p>{t('login.help.forgot')}</p>
          <code>dragoman agent password you@shop.example</code>
        </details>
        <Demo
          enter={(mail, pass) => {
            if (email.current) email.current.value = mail
            if (password.current) password.current.value = pass
            email.current?.form?.requestSubmit()
          }}
        />
      </form>
    </main>
  )
}

function Field({
  id,
  label,
  error,
  children,
}: {
  id: string
  label: string
  error: string | undefined
  children: JSX.Element
}): JSX.Element {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {error && (
        <p class="field-error" id={`${id}-error`} role="alert">
          <Icon name="alert" size={16} />
          {error}
        </p>
      )}
    </div>
  )
}

/** Accounts of the demo, one click each, only where the server has put them into the page. */
function Demo({ enter }: { enter: (email: string, password: string) => void }): JSX.Element | null {
  const accounts = demoAccounts(document.getElementById('demo')?.textContent ?? '')
  if (accounts.length === 0) return null
  return (
    <div class="demo">
      <p>{t('login.demo')}</p>
      {accounts.map(({ email, password, name }) => (
        <button key={email} type="button" onClick={() => enter(email, password)}>
          {name}
        </button>
      ))}
    </div>
  )
}

interface DemoAccount {
  email: string
  password: string
  name: string
}

export function demoAccounts(json: string): DemoAccount[] {
  try {
    const read: unknown = JSON.parse(json || '[]')
    const whole = (a: Partial<DemoAccount>): a is DemoAccount =>
      typeof a?.email === 'string' && typeof a.password === 'string' && typeof a.name === 'string'
    return Array.isArray(read) ? read.filter(whole) : []
  } catch {
    return []
  }
}

function remembered(): string {
  try {
    return shelf()?.getItem(lastMail) ?? ''
  } catch {
    return ''
  }
}

function remember(email: string): void {
  try {
    shelf()?.setItem(lastMail, email)
  } catch {
    // Then it is typed again the next time.
  }
}
