// Signing in and out over HTTP (protocol, section 1). What goes wrong becomes a sentence and the field that it belongs to.
import { t } from '../app/words'

export interface Refusal {
  field: 'email' | 'password' | 'code' | 'form'
  text: string
  /** Seconds until the next try may succeed; 0 if it is not a matter of waiting. */
  waitS: number
}

/** The members of a problem (RFC 9457) that matter here. */
interface Problem {
  code?: string
  detail?: string
  title?: string
  retry_after_s?: number
}

/** code: the second step, once it was asked for. */
export async function signIn(email: string, password: string, code = ''): Promise<Refusal | undefined> {
  if (!email.trim().includes('@')) return { field: 'email', text: t('login.error.email'), waitS: 0 }
  if (password === '') return { field: 'password', text: t('login.error.empty'), waitS: 0 }
  let answer: Response
  try {
    answer = await fetch('/agent/v1/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email: email.trim(), password, ...(code && { code: code.trim() }) }),
      credentials: 'same-origin',
    })
  } catch {
    return { field: 'form', text: t('login.error.network'), waitS: 0 }
  }
  if (answer.ok) return undefined
  return refusal(answer.status, await problem(answer), Number(answer.headers.get('Retry-After')), code)
}

/** Exported for its test: what a refusal says to a person. */
export function refusal(status: number, p: Problem, retryAfter: number, code = ''): Refusal {
  const waitS = p.retry_after_s || retryAfter || 0
  if (status === 429 || p.code === 'rate')
    return { field: 'form', text: t('login.error.rate', { n: Math.max(1, waitS) }), waitS: Math.max(1, waitS) }
  // The first time nothing is wrong: the code is only asked for.
  if (p.code === 'second_step') return { field: 'code', text: code ? t('login.code.wrong') : '', waitS: 0 }
  if (status === 401 || p.code === 'login') return { field: 'password', text: t('login.error.wrong'), waitS: 0 }
  return { field: 'form', text: p.detail ?? p.title ?? t('login.error.server', { status: String(status) }), waitS: 0 }
}

async function problem(answer: Response): Promise<Problem> {
  try {
    const p: unknown = await answer.json()
    return typeof p === 'object' && p !== null ? p : {}
  } catch {
    return {}
  }
}

export async function signOut(): Promise<void> {
  await fetch('/agent/v1/logout', { method: 'POST', credentials: 'same-origin' })
}
