// A WebSocket for tests: the test opens it, speaks through it and reads what was sent.

export interface Sent {
  id: number
  call: string
  [field: string]: unknown
}

export class FakeSocket {
  static made: FakeSocket[] = []
  sent: Sent[] = []
  closed = false
  onopen?: () => void
  onmessage?: (e: { data: string }) => void
  onclose?: (e: { code: number; reason: string }) => void

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.made.push(this)
  }

  static last(): FakeSocket {
    const socket = FakeSocket.made.at(-1)
    if (!socket) throw new Error('no socket was opened')
    return socket
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data))
  }

  close(): void {
    this.closed = true
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  /** Answers the last call of this name. */
  answer(call: string, ok: object): void {
    this.hear({ id: this.sent.findLast((f) => f.call === call)?.id, ok })
  }

  /** Opens and answers hello. */
  async welcome(epoch = 'e1', participant: object = {}): Promise<void> {
    this.onopen?.()
    const server_time = new Date(Date.now() + 5000).toISOString()
    this.answer('hello', { session: 's', participant, language: 'es', epoch, server_time, heartbeat_s: 25 })
    for (let i = 0; i < 10; i++) await Promise.resolve()
  }
}
