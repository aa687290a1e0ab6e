// The files of conversations as logs show them, with addresses that hold.
import type { Line, LineFile } from '../outbox'
import type { Room } from '../rooms'
import type { Attachment, Message } from '../wire.gen'
import { isPicture } from './box'
import type { Shown } from './shown'
import type { Seen } from './viewer'

/** Asks the server for one line. */
export type AskRow = (conversation: string, seq: number) => Promise<Message | undefined>

export class Gallery {
  /** Addresses of what was sent from this page, by the keys and ids of the files: what is here is not fetched again. */
  readonly #urls = new Map<string, string>()
  readonly #asked = new Map<string, Promise<readonly Attachment[]>>()

  constructor(private readonly ask: AskRow) {}

  /** A file of a line that is on its way. */
  local(file: LineFile): Shown {
    const url = this.#urls.get(file.key) ?? URL.createObjectURL(file.blob)
    this.#urls.set(file.key, url)
    if (file.id) this.#urls.set(file.id, url)
    const { key, name, type, size, width, height, alt } = file
    return {
      id: file.id ?? key,
      name,
      type,
      size,
      url,
      local: true,
      ...(width && height && { width, height }),
      ...(alt && { alt }),
    }
  }

  /** The files of a message. What was sent from here is still here, so that nothing flickers when the server has it. */
  of(message: Message): Shown[] {
    return message.attachments.map(({ thumb, ...file }) => {
      const url = this.#urls.get(file.id)
      return url ? { ...file, url, local: true } : { ...file, ...(thumb && { thumb }) }
    })
  }

  /** The files of a message with new addresses, asked for once by all who need them at the same time. */
  renew(conversation: string, seq: number): Promise<readonly Attachment[]> {
    const name = `${conversation} ${seq}`
    const under = this.#asked.get(name)
    if (under) return under
    const asked = this.ask(conversation, seq).then(
      (m) => m?.attachments ?? [],
      () => [],
    )
    this.#asked.set(name, asked)
    void asked.then(() => this.#asked.delete(name))
    return asked
  }

  /** All pictures of these conversations, and of lines that are on their way to them, in their order. */
  pictures(rooms: readonly Room[], lines: readonly Line[]): Seen[] {
    // Ids of conversations rise with time.
    const sorted = [...rooms].sort((a, b) => (a.id < b.id ? -1 : 1))
    const stored = sorted.flatMap(({ id, messages }) =>
      messages
        .filter((m) => !m.erased)
        .flatMap((m) => this.of(m).map((file) => ({ file, renew: () => this.renew(id, m.seq) }))),
    )
    const there = new Set(stored.map((s) => s.file.id))
    const waiting = lines
      .flatMap((l) => (l.files ?? []).map((f) => this.local(f)))
      .filter((file) => !there.has(file.id))
      .map((file) => ({ file, renew: async () => [] }))
    return [...stored, ...waiting].filter((s) => isPicture(s.file.type))
  }

  /** Somebody else is here: nothing stays. */
  clear(): void {
    for (const url of new Set(this.#urls.values())) URL.revokeObjectURL(url)
    this.#urls.clear()
  }
}
