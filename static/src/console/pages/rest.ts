// What the pages ask of the server over HTTP (docs/openapi.yaml), and what its refusals say to a person.
import type { Refused as Reason } from '../../shared/wire.gen'
import { t } from '../app/words'
import { refusedText } from './refused'

/** Why something was not done. code is the server's, or "offline", or "changed" where it is not what was read any more. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}

/** The members of a problem (RFC 9457) that matter here. */
interface Problem {
  code?: string
  detail?: string
  title?: string
  trace?: string
  retry_after_s?: number
  refused?: Reason
}

/** A body as it is: a file. */
export interface Sent {
  blob: Blob
  type: string
}

type Headers = Record<string, string>

export class Rest {
  constructor(private readonly fetcher: typeof fetch = (...asked) => fetch(...asked)) {}

  get<T>(path: string): Promise<T> {
    return this.ask<T>('GET', path)
  }

  send<T>(method: 'POST' | 'PUT', path: string, body?: unknown, of?: Headers): Promise<T> {
    return this.ask<T>(method, path, body, of)
  }

  /** late: the page is on its way out, and the request is to outlive it. */
  remove(path: string, late = false, of?: Headers): Promise<void> {
    return this.ask<void>('DELETE', path, undefined, of, late)
  }

  upload<T>(path: string, file: Sent): Promise<T> {
    return this.ask<T>('POST', path, file)
  }

  private async ask<T>(method: string, path: string, body?: unknown, of?: Headers, late = false): Promise<T> {
    const { headers, ...sent } = bodyOf(body)
    let answer: Response
    try {
      answer = await this.fetcher(path, {
        method,
        credentials: 'same-origin',
        ...(late && { keepalive: true }),
        ...sent,
        headers: { ...headers, ...of },
      })
    } catch {
      throw new Refused('offline', t('error.offline'))
    }
    if (answer.status === 412) throw overtakenError()
    if (!answer.ok) throw refusal(await problemOf(answer), Number(answer.headers.get('Retry-After')))
    return (answer.status === 204 ? undefined : await answer.json()) as T
  }
}

/** What was read is not there any more: somebody has changed it. */
export function overtakenError(): Refused {
  return new Refused('changed', t('remark.conflict', { name: '' }).trim())
}

/** Whether something else stands there than what was read, or nothing. */
export function stale(err: unknown): boolean {
  return err instanceof Refused && (err.code === 'changed' || err.code === 'not_found')
}

/** Headers by which a request holds only for what was read: a thing of a list is named by when it was written, and one that is not there by nothing. */
export function asRead(of: { at: string } | undefined): Headers {
  return of ? { 'If-Match': `"${of.at}"` } : { 'If-None-Match': '*' }
}

function bodyOf(body: unknown): { headers?: Headers; body?: BodyInit } {
  if (body === undefined) return {}
  if (isSent(body)) return { headers: { 'Content-Type': body.type }, body: body.blob }
  return { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

function isSent(body: unknown): body is Sent {
  return typeof body === 'object' && body !== null && (body as Partial<Sent>).blob instanceof Blob
}

async function problemOf(answer: Response): Promise<Problem> {
  try {
    const p: unknown = await answer.json()
    return typeof p === 'object' && p !== null ? p : {}
  } catch {
    return {}
  }
}

function refusal(p: Problem, retryAfter: number): Refused {
  const code = p.code ?? 'internal'
  if (code === 'rate') return new Refused(code, t('error.rate', { n: Math.max(1, p.retry_after_s || retryAfter || 0) }))
  const said = (p.refused && refusedText(p.refused)) ?? p.detail ?? p.title ?? t('error.unknown')
  return new Refused(code, p.trace ? t('error.trace', { message: said, trace: p.trace }) : said)
}

/** What to tell about a failure. */
export function why(err: unknown): string {
  return err instanceof Refused ? err.message : t('error.unknown')
}

/** The addresses of a site's things. */
export function siteURL(site: string, ...path: string[]): string {
  return ['/agent/v1/sites', site, ...path].map((p, i) => (i ? encodeURIComponent(p) : p)).join('/')
}
