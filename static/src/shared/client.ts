// The socket: one WebSocket client for the widget and the console (protocol.md, sections 3, 5 and 7).
//
// Three states; `#set` is the only way from one to the next. Every socket has a number, and what an older one still says is
// ignored: a close that arrives late must not tear down its successor.
import { decide, delay } from './backoff'
import type { CallMap, CallName, Code, EventFrame, Hello, HelloOK, Error as WireError } from './wire.gen'
import { protocol } from './wire.gen'

export type Status = 'disconnected' | 'connecting' | 'connected'

/** Why a call was not answered with ok: a code of the server, what happened on the way, or gone: what was to be sent is not there any more. */
export type Failure = Code | 'timeout' | 'disconnected' | 'gone'

export class CallError extends Error {
  constructor(
    readonly code: Failure,
    message: string,
    readonly retryAfterS = 0,
    readonly trace = '',
  ) {
    super(message)
    this.name = 'CallError'
  }
}

/** How a socket ended. 1006 also stands for "we dropped it ourselves because it had gone silent". */
export interface Ended {
  code: number
  reason: string
}

export interface ClientOptions {
  /** ws: or wss: address. */
  url: string
  /** The first frame, without epoch and since, which the client adds. Asked for at every connection, so that a new token is used. */
  hello(): Hello
  /** The place in every conversation, for hello.since. */
  since(): Record<string, number>
  onStatus?(status: Status): void
  /** A socket ended, and the next one is tried in ms. */
  onWait?(ended: Ended, ms: number): void
  /** Before the first event of a connection. `restored` is true if the database's epoch changed: forget all rows and places. */
  onHello?(ok: HelloOK, restored: boolean): void
  onEvent?(frame: EventFrame): void
  /**
   * A socket ended in a way after which one does not come back by oneself (4400-4499), or a frame of ours ended it (1007). Answer true
   * to connect again all the same: after a new token, or after the line that caused it was put away. It is awaited.
   */
  onRefused?(ended: Ended): boolean | Promise<boolean>
}

/** Milliseconds. */
const connectTimeout = 15_000
const callTimeout = 10_000
const pongTimeout = 10_000
/** Where the browser says that there is no network: it knows, but of the way to a server on the same machine it does not. */
const offlineTimeout = 1500
/** A connection that lasted this long was a good one: the next backoff starts afresh. */
const steadyAfter = 10_000

interface Waiting {
  resolve(ok: unknown): void
  reject(err: CallError): void
  timer: ReturnType<typeof setTimeout>
}

export class Client {
  #status: Status = 'disconnected'
  #socket: WebSocket | undefined
  /** Number of the current socket; callbacks of any other are ignored. */
  #number = 0
  #wanted = false
  #hidden = false
  #attempt = 0
  #epoch = ''
  #awayS = 0
  #nextAt = 0
  #heard = 0
  #heartbeat = 25_000
  #offset = 0
  #lastId = 0
  #waiting = new Map<number, Waiting>()
  #timers = new Set<ReturnType<typeof setTimeout>>()
  readonly #options: ClientOptions

  constructor(options: ClientOptions) {
    this.#options = options
  }

  get status(): Status {
    return this.#status
  }

  /** When the next try is due, in ms of this machine's clock; 0 while one is under way or none is needed. For a screen that counts down. */
  get nextAt(): number {
    return this.#nextAt
  }

  /** Does not wait any longer: somebody pressed "try now". */
  tryNow(): void {
    if (this.#nextAt > 0) this.#connect()
  }

  /** Milliseconds since 1970 by the server's clock, as well as one can know it. */
  now(): number {
    return Date.now() + this.#offset
  }

  /** Connects, and keeps connecting until stop. */
  start(): void {
    if (this.#wanted) return
    this.#wanted = true
    this.#attempt = 0
    addEventListener('online', this.#nudge)
    addEventListener('offline', this.#nudge)
    document.addEventListener('visibilitychange', this.#nudge)
    addEventListener('pagehide', this.#pagehide)
    addEventListener('pageshow', this.#pageshow)
    this.#connect()
  }

  stop(): void {
    this.#wanted = false
    removeEventListener('online', this.#nudge)
    removeEventListener('offline', this.#nudge)
    document.removeEventListener('visibilitychange', this.#nudge)
    removeEventListener('pagehide', this.#pagehide)
    removeEventListener('pageshow', this.#pageshow)
    this.#drop()
    this.#set('disconnected')
  }

  /** Resolves with ok; rejects with a CallError and nothing else. Without a connection it rejects at once: lines wait in the outbox, not here. */
  call<N extends keyof CallMap>(name: N, fields: CallMap[N]['call'], timeout = callTimeout): Promise<CallMap[N]['ok']> {
    if (this.#status !== 'connected') {
      return Promise.reject(new CallError('disconnected', 'There is no connection.'))
    }
    return this.#call(name, fields, timeout) as Promise<CallMap[N]['ok']>
  }

  #set(status: Status): void {
    if (this.#status === status) return
    this.#status = status
    this.#options.onStatus?.(status)
  }

  #after(ms: number, f: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      f()
    }, ms)
    this.#timers.add(timer)
    return timer
  }

  #connect(): void {
    if (!this.#wanted || this.#hidden) return
    this.#drop()
    this.#set('connecting')
    const number = this.#number
    const current = () => number === this.#number
    let socket: WebSocket
    try {
      socket = new WebSocket(this.#options.url, protocol)
    } catch {
      // A browser may refuse outright (mixed content, a policy): the same as a socket that never opened.
      this.#again({ code: 1006, reason: '' })
      return
    }
    this.#socket = socket
    this.#after(connectTimeout, () => this.#lost())
    socket.onopen = () => current() && this.#greet(number)
    socket.onmessage = (e) => current() && this.#frame(String(e.data))
    socket.onclose = (e) => current() && void this.#ended({ code: e.code, reason: e.reason })
  }

  /** Forgets the current socket without waiting for it; its calls fail, its timers and callbacks are dead. */
  #drop(): void {
    this.#number++
    this.#nextAt = 0
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const socket = this.#socket
    this.#socket = undefined
    socket?.close(1000)
    for (const w of this.#waiting.values()) {
      clearTimeout(w.timer)
      w.reject(new CallError('disconnected', 'The connection was lost.'))
    }
    this.#waiting.clear()
  }

  /** The socket is silent or never opened. Its close event may take a minute or never come, so nobody waits for it. */
  #lost(): void {
    void this.#ended({ code: 1006, reason: '' })
  }

  async #greet(number: number): Promise<void> {
    const hello = { ...this.#options.hello(), epoch: this.#epoch || undefined, since: this.#options.since() }
    try {
      const ok = (await this.#call('hello', hello, callTimeout)) as HelloOK
      if (number === this.#number) this.#welcome(ok)
    } catch (err) {
      if (number !== this.#number) return
      // The server closes the socket with a code of its own after a refusal; that decides. Silence is a lost connection.
      if ((err as CallError).code === 'timeout') this.#lost()
    }
  }

  #welcome(ok: HelloOK): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    const restored = this.#epoch !== '' && this.#epoch !== ok.epoch
    this.#epoch = ok.epoch
    this.#awayS = 0
    this.#heartbeat = (ok.heartbeat_s || 25) * 1000
    this.#offset = Date.parse(ok.server_time) - Date.now() || 0
    this.#after(steadyAfter, () => {
      this.#attempt = 0
    })
    this.#listen()
    this.#options.onHello?.(ok, restored)
    this.#set('connected')
  }

  #call(name: CallName, fields: object, timeout: number): Promise<unknown> {
    const id = ++this.#lastId
    const { promise, resolve, reject } = deferred()
    const timer = setTimeout(() => {
      this.#waiting.delete(id)
      reject(new CallError('timeout', 'The server did not answer in time.'))
    }, timeout)
    this.#waiting.set(id, { resolve, reject, timer })
    this.#socket?.send(JSON.stringify({ ...fields, id, call: name }))
    return promise
  }

  #frame(data: string): void {
    this.#heard = Date.now()
    let frame: { id?: number; ok?: unknown; error?: WireError; event?: string }
    try {
      frame = JSON.parse(data)
    } catch {
      this.#lost()
      return
    }
    if (frame.event) {
      if (frame.event === 'going_away') this.#awayS = Number((frame as { in_s?: number }).in_s) || 0
      this.#options.onEvent?.(frame as EventFrame)
      return
    }
    const waiting = this.#waiting.get(frame.id ?? 0)
    if (!waiting) return
    this.#waiting.delete(frame.id ?? 0)
    clearTimeout(waiting.timer)
    const { error } = frame
    if (error) waiting.reject(new CallError(error.code, error.message, error.retry_after_s, error.trace))
    else waiting.resolve(frame.ok)
  }

  /** Asks when nothing was heard for a heartbeat. One timer, armed for when silence would be long enough. */
  #listen(): void {
    const silent = Date.now() - this.#heard
    if (silent >= this.#heartbeat) this.#ping()
    else this.#after(this.#heartbeat - silent + 50, () => this.#listen())
  }

  #pinging = 0

  #ping(): void {
    const number = this.#number
    if (this.#pinging === number) return
    this.#pinging = number
    this.#call('ping', {}, navigator.onLine === false ? offlineTimeout : pongTimeout).then(
      () => {
        if (number !== this.#number) return
        this.#pinging = 0
        this.#listen()
      },
      () => number === this.#number && this.#lost(),
    )
  }

  async #ended(ended: Ended): Promise<void> {
    const what = decide(ended.code)
    // The socket is put away before anybody is told, so that a call made by a callback fails cleanly.
    this.#drop()
    const number = this.#number
    this.#set('connecting')
    if (what === 'again') {
      this.#again(ended)
      return
    }
    const back = (await this.#options.onRefused?.(ended)) ?? false
    if (number !== this.#number || !this.#wanted) return
    if (back || what === 'ask') this.#again(ended)
    else this.stop()
  }

  #again(ended: Ended): void {
    // A restart that was announced is no failure: backing off begins with the tries after it.
    if (this.#awayS > 0) this.#attempt = 0
    const ms = delay(ended, this.#attempt++, this.#awayS)
    this.#awayS = 0
    this.#nextAt = Date.now() + ms
    this.#set('connecting')
    this.#options.onWait?.(ended, ms)
    this.#after(ms, () => this.#connect())
  }

  // The network came or went, or somebody looks at the page again: whatever was waited for is asked now.
  #nudge = (): void => {
    if (!this.#wanted || this.#hidden || document.visibilityState === 'hidden') return
    if (this.#status === 'connected') this.#ping()
    // Only a wait is cut short: while onRefused is at work there is no token to come back with.
    else if (this.#nextAt > 0 && navigator.onLine !== false) this.#connect()
  }

  // An open socket keeps a page out of the back/forward cache, so it is closed on leaving and opened on coming back.
  #pagehide = (): void => {
    this.#hidden = true
    this.#drop()
    this.#set('connecting')
  }

  #pageshow = (): void => {
    if (!this.#hidden) return
    this.#hidden = false
    this.#attempt = 0
    this.#connect()
  }
}

function deferred(): { promise: Promise<unknown>; resolve(v: unknown): void; reject(e: CallError): void } {
  let resolve!: (v: unknown) => void
  let reject!: (e: CallError) => void
  const promise = new Promise<unknown>((a, b) => {
    resolve = a
    reject = b
  })
  return { promise, resolve, reject }
}
