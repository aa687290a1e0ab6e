// One file on its way to the server. XMLHttpRequest, because fetch does not say how much of a body has gone out.
import { CallError } from '../client'
import type { Attachment, Code } from '../wire.gen'

export interface Parcel {
  url: string
  /** What stands before the file in the form. */
  fields: Readonly<Record<string, string>>
  file: Blob
  name: string
  /** Told how much has gone out, from 0 to 1. */
  progress(part: number): void
  signal: AbortSignal
}

/** Milliseconds without progress after which the connection is taken for lost, and for the answer once everything is out. */
const silence = 30_000
const answerTime = 60_000

/**
 * Resolves with what the server calls the file. Rejects with a CallError: `disconnected` if it was stopped, `unavailable` if it did not get
 * through and may get through later, else what the server says.
 */
export function transfer(parcel: Parcel): Promise<Attachment> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    let timer: ReturnType<typeof setTimeout> | undefined
    const end = (settle: () => void) => {
      clearTimeout(timer)
      parcel.signal.removeEventListener('abort', stop)
      settle()
    }
    const fail = (err: CallError) => end(() => reject(err))
    const stop = () => {
      fail(new CallError('disconnected', 'Stopped.'))
      xhr.abort()
    }
    const wait = (ms: number) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        fail(lost())
        xhr.abort()
      }, ms)
    }
    xhr.upload.onprogress = (e) => {
      parcel.progress(e.total > 0 ? e.loaded / e.total : 0)
      wait(e.loaded < e.total ? silence : answerTime)
    }
    xhr.onerror = () => fail(lost())
    xhr.onload = () => {
      const answer = read(xhr)
      if (answer instanceof CallError) fail(answer)
      else end(() => resolve(answer))
    }
    parcel.signal.addEventListener('abort', stop)
    if (parcel.signal.aborted) {
      stop()
      return
    }
    wait(silence)
    xhr.open('POST', parcel.url)
    xhr.send(formOf(parcel))
  })
}

function formOf({ fields, file, name }: Parcel): FormData {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  // Last: the server reads the fields first and knows whose it is before the bytes come.
  form.append('file', file, name)
  return form
}

function lost(): CallError {
  return new CallError('unavailable', 'The file did not get through.')
}

interface Problem {
  code?: Code
  detail?: string
  retry_after_s?: number
}

function read(xhr: Pick<XMLHttpRequest, 'status' | 'responseText' | 'getResponseHeader'>): Attachment | CallError {
  let body: Problem & { attachment?: Attachment }
  try {
    body = JSON.parse(xhr.responseText)
  } catch {
    // A proxy's page, or nothing at all.
    body = {}
  }
  if (xhr.status === 200 && body.attachment) return body.attachment
  // The token or the login has ended; the socket sees to a new one, and the file goes then. Or the line was too slow.
  if (body.code === 'token' || body.code === 'login' || xhr.status === 408) return lost()
  // A proxy in between may take less than the server.
  if (body.code === undefined && xhr.status === 413) return new CallError('too_large', body.detail ?? '')
  const after = body.retry_after_s ?? (Number(xhr.getResponseHeader('Retry-After')) || 0)
  if (body.code) return new CallError(body.code, body.detail ?? '', after)
  return xhr.status >= 500 || xhr.status < 300 ? lost() : new CallError('bad_request', body.detail ?? '')
}
