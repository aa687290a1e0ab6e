import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { CallError } from '../client'
import { transfer } from './transfer'

/** A request whose fate is in the test's hands. */
class FakeRequest {
  static last: FakeRequest
  upload: { onprogress?: (e: { loaded: number; total: number }) => void } = {}
  onload?: () => void
  onerror?: () => void
  status = 0
  responseText = ''
  aborted = false
  opened: string[] = []
  form: FormData | undefined
  headers = new Map<string, string>()

  constructor() {
    FakeRequest.last = this
  }

  open(method: string, url: string): void {
    this.opened = [method, url]
  }

  send(form: FormData): void {
    this.form = form
  }

  abort(): void {
    this.aborted = true
  }

  getResponseHeader(name: string): string | null {
    return this.headers.get(name) ?? null
  }

  answer(status: number, body: unknown): void {
    this.status = status
    this.responseText = typeof body === 'string' ? body : JSON.stringify(body)
    this.onload?.()
  }
}

beforeEach(() => {
  Object.defineProperty(globalThis, 'XMLHttpRequest', { value: FakeRequest, configurable: true })
})
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'XMLHttpRequest')
})

function begin() {
  const parts: number[] = []
  const stop = new AbortController()
  const sent = transfer({
    url: '/widget/v1/upload',
    fields: { token: 't1' },
    file: new Blob(['abc']),
    name: 'a.png',
    progress: (part) => parts.push(part),
    signal: stop.signal,
  })
  const code = sent.then(
    () => 'ok',
    (err: CallError) => err.code,
  )
  return { parts, stop, sent, code, request: FakeRequest.last }
}

test('the token comes first, then the file under its name', async () => {
  const { request, sent, parts } = begin()
  assert.deepEqual(request.opened, ['POST', '/widget/v1/upload'])
  assert.deepEqual([...request.form!.keys()], ['token', 'file'])
  assert.equal((request.form!.get('file') as File).name, 'a.png')
  request.upload.onprogress?.({ loaded: 1, total: 4 })
  request.upload.onprogress?.({ loaded: 4, total: 4 })
  request.answer(200, { attachment: { id: 'f1' } })
  assert.deepEqual(await sent, { id: 'f1' })
  assert.deepEqual(parts, [0.25, 1])
})

test('what the server says is told, and what it did not say may be tried again', async () => {
  for (const [status, body, want] of [
    [400, { code: 'bad_request', detail: 'No.' }, 'bad_request'],
    [413, { code: 'too_large' }, 'too_large'],
    [413, 'Request Entity Too Large', 'too_large'],
    [415, { code: 'type' }, 'type'],
    [408, { code: 'bad_request' }, 'unavailable'],
    [429, { code: 'rate', retry_after_s: 7 }, 'rate'],
    [404, { code: 'not_found' }, 'not_found'],
    [401, { code: 'token' }, 'unavailable'],
    [401, { code: 'login' }, 'unavailable'],
    [502, '<html>', 'unavailable'],
    [200, '<html>', 'unavailable'],
    [403, '<html>', 'bad_request'],
  ] as const) {
    const { request, code } = begin()
    request.answer(status, body)
    assert.equal(await code, want, `${status}`)
  }
  const { request, sent } = begin()
  request.answer(429, { code: 'rate', retry_after_s: 7 })
  await assert.rejects(sent, { retryAfterS: 7 })
})

test('a file that is stopped is no failure, and nothing goes on', async () => {
  const { request, stop, code } = begin()
  stop.abort()
  assert.equal(await code, 'disconnected')
  assert.equal(request.aborted, true)
  const before = new AbortController()
  before.abort()
  const never = transfer({ ...parcel, signal: before.signal })
  await assert.rejects(never, { code: 'disconnected' })
  assert.deepEqual(FakeRequest.last.opened, [], 'nothing was asked')
})

const parcel = { url: '/', fields: {}, file: new Blob(['x']), name: 'x', progress: () => {} }

test('a connection that is lost, or silent, is lost', async (t) => {
  const { request, code } = begin()
  request.onerror?.()
  assert.equal(await code, 'unavailable')
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const silent = begin()
  t.mock.timers.tick(29_999)
  silent.request.upload.onprogress?.({ loaded: 1, total: 4 })
  t.mock.timers.tick(29_999)
  assert.equal(silent.request.aborted, false)
  t.mock.timers.tick(1)
  assert.equal(silent.request.aborted, true)
  assert.equal(await silent.code, 'unavailable')
  // A server has longer to answer: it looks at the whole picture.
  const out = begin()
  out.request.upload.onprogress?.({ loaded: 4, total: 4 })
  t.mock.timers.tick(59_999)
  assert.equal(out.request.aborted, false)
  t.mock.timers.tick(1)
  assert.equal(await out.code, 'unavailable')
})
