import type { Code, SessionOK, SessionRequest } from '../shared/wire.gen'

/** The server answered and said no. Anything else that goes wrong is the network's. */
export class SessionError extends Error {
  constructor(
    readonly code: Code,
    readonly retryAfterS: number,
    detail?: string,
  ) {
    super(detail ?? code)
    this.name = 'SessionError'
  }
}

type Question = { [K in keyof SessionRequest]: SessionRequest[K] | undefined }

/** POST /widget/v1/session (protocol.md, section 2). */
export async function askSession(q: Question): Promise<SessionOK> {
  const response = await fetch('/widget/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(q),
    signal: AbortSignal.timeout(15_000),
  })
  if (response.ok) return (await response.json()) as SessionOK
  const problem = (await response.json().catch(() => ({}))) as {
    code?: Code
    detail?: string
    retry_after_s?: number
  }
  const after = problem.retry_after_s ?? (Number(response.headers.get('Retry-After')) || 10)
  throw new SessionError(problem.code ?? 'internal', after, problem.detail)
}
