// Lines on their way: the shared outbox for one agent, as signals by conversation.
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Client } from '../../shared/client'
import { attached, type Line, type NewLine, Outbox, type OutboxOptions } from '../../shared/outbox'
import type { Room } from '../../shared/rooms'
import { openShelf } from '../../shared/shelf'
import type { Message } from '../../shared/wire.gen'

export class Sending {
  /** All lines of this agent that are not known to be stored. */
  readonly lines: Signal<readonly Line[]> = signal([])
  private outbox: Outbox | undefined
  private stop: (() => void) | undefined
  /** Keys of lines that their agent has thrown away. */
  private readonly thrown = new Set<string>()

  constructor(
    private readonly client: Client,
    private readonly online: ReadonlySignal<boolean>,
    private readonly arrived: (conversation: string, message: Message) => void,
    private readonly files: Pick<OutboxOptions, 'upload' | 'forget'>,
    /** A line is stored that was the last word in its conversation; told to the page that has sent it, or sent it again after a reload. */
    private readonly lastWord: (conversation: string) => void,
  ) {}

  /** Somebody is in: his lines of before the reload, and nobody else's, go on. */
  begin(agent: string): void {
    this.stop?.()
    this.outbox?.close()
    this.thrown.clear()
    const outbox = new Outbox({
      owner: `agent:${agent}`,
      shelf: openShelf(),
      ...this.files,
      send: ({ key, conversation, text, language, note, reviewed, calls, files }) =>
        this.client.call('send', {
          key,
          conversation,
          text,
          ...(language && { language }),
          ...(note && { note }),
          ...(reviewed && { reviewed }),
          ...(calls && { mentions: [...calls] }),
          ...(files && { attachments: files.map(attached) }),
        }),
      changed: (lines) => (this.lines.value = lines),
      sent: (ok, line) => {
        this.arrived(ok.conversation, ok.message)
        if (line.resolves) this.lastWord(ok.conversation)
      },
    })
    this.outbox = outbox
    this.stop = effect(() => outbox.online(this.online.value))
  }

  /** Returns the line's key. */
  add(line: NewLine): string | undefined {
    return this.outbox?.add(line).key
  }

  /**
   * Resolves when the line is stored (true), when a person has to decide what becomes of it (false), or when nobody here can tell any more: it was thrown away,
   * or somebody else has signed in (undefined).
   */
  stored(key: string): Promise<boolean | undefined> {
    const { outbox } = this
    return new Promise((resolve) => {
      // The effect runs once before there is a way to stop it, hence the turn that is waited for.
      const stop = effect(() => {
        const line = this.lines.value.find((l) => l.key === key)
        if (line && line.state !== 'failed' && line.state !== 'refused') return
        resolve(line ? false : this.outbox === outbox && !this.thrown.has(key) ? true : undefined)
        queueMicrotask(() => stop())
      })
    })
  }

  /** The conversations that are answered as soon as their lines have arrived. */
  answered(): Set<string> {
    const going = this.lines.peek().filter((l) => !l.note && (l.state === 'queued' || l.state === 'sending'))
    return new Set(going.map((l) => l.conversation))
  }

  /** A line that was held goes. */
  release(key: string): void {
    this.outbox?.release(key)
  }

  retry(key: string): void {
    this.outbox?.retry(key)
  }

  /** Throws a line away and returns it, so that its text can go back into the composer. */
  remove(key: string): Line | undefined {
    this.thrown.add(key)
    return this.outbox?.remove(key)
  }

  /**
   * A room changed: lines that stand in it are stored, whatever became of the reply. A last word waits for the reply all the same, and is sent again without one:
   * of all the pages that see it in a room only the one that is answered ends the conversation.
   */
  seen(room: Room): void {
    const waiting = this.lines.peek().filter((l) => l.conversation === room.id)
    if (waiting.length === 0) return
    const keys = new Set(room.messages.map((m) => m.key))
    for (const line of waiting) if (keys.has(line.key) && !line.resolves) this.outbox?.stored(line.key)
  }

  /** Our own frame ended the socket; tells whether a line was in it. */
  broke(message: string): boolean {
    return this.outbox?.broke(message) ?? false
  }
}
