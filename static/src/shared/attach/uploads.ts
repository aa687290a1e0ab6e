// Files on their way, each once: whoever asks for one that is under way, or there already, gets the same answer.
import { type Signal, signal } from '@preact/signals'
import { CallError } from '../client'
import type { LineFile } from '../outbox'
import type { Attachment } from '../wire.gen'

/** Takes a file to the server. */
export type Carry = (
  file: LineFile,
  conversation: string,
  progress: (part: number) => void,
  signal: AbortSignal,
) => Promise<Attachment>

interface Job {
  promise: Promise<Attachment>
  stop: AbortController
}

export class Uploads {
  /** How much of each file has gone out, from 0 to 1, by its key. */
  readonly parts: Signal<ReadonlyMap<string, number>> = signal(new Map())
  readonly #jobs = new Map<string, Job>()
  /** One after the other: two that share a thin line are both late. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(private readonly carry: Carry) {}

  begin(file: LineFile, conversation: string): Promise<Attachment> {
    const there = this.#jobs.get(file.key)
    if (there) return there.promise
    const stop = new AbortController()
    const promise = this.#last.then(() => {
      if (stop.signal.aborted) throw new CallError('disconnected', 'Stopped.')
      return this.carry(file, conversation, (part) => this.#part(file.key, part), stop.signal)
    })
    this.#jobs.set(file.key, { promise, stop })
    this.#last = promise.then(
      () => this.#part(file.key, 1),
      () => this.#ended(file.key, promise),
    )
    return promise
  }

  /** The files of a line, with what the server calls them. */
  async all(files: readonly LineFile[], conversation: string): Promise<LineFile[]> {
    const ready: LineFile[] = []
    for (const file of files) ready.push(file.id ? file : withAnswer(file, await this.begin(file, conversation)))
    return ready
  }

  /** How much of these files has gone out, by their sizes. */
  partOf(files: readonly LineFile[]): number {
    const parts = this.parts.value
    let all = 0
    let out = 0
    for (const f of files) {
      all += f.size
      out += f.size * (f.id ? 1 : (parts.get(f.key) ?? 0))
    }
    return all > 0 ? out / all : 0
  }

  /** Stops what is under way, and forgets what is there: asked for again it is uploaded again. */
  forget(keys: Iterable<string>): void {
    for (const key of keys) {
      const job = this.#jobs.get(key)
      this.#jobs.delete(key)
      job?.stop.abort()
      this.#part(key, undefined)
    }
  }

  /** A file that did not get through is uploaded anew when somebody asks, but not one that was begun again meanwhile. */
  #ended(key: string, promise: Promise<Attachment>): void {
    if (this.#jobs.get(key)?.promise !== promise) return
    this.#jobs.delete(key)
    this.#part(key, undefined)
  }

  #part(key: string, part: number | undefined): void {
    if (part !== undefined && !this.#jobs.has(key)) return
    const parts = new Map(this.parts.peek())
    if (part === undefined) parts.delete(key)
    else parts.set(key, part)
    this.parts.value = parts
  }
}

/** The server knows the size of a picture as it is shown, turned as the camera was held. */
export function withAnswer(file: LineFile, { id, width, height }: Attachment): LineFile {
  return { ...file, id, ...(width && height && { width, height }) }
}
