// Rows for tests: whole ones, of which a test names only what it is about.
import type { Conversation, Message, Translation } from '../../shared/wire.gen'

export function row(id: string, over: Partial<Conversation> = {}): Conversation {
  return {
    id,
    site: 'shop',
    rev: 1,
    head: 1,
    seq: 1,
    state: 'open',
    visitor: {
      id: `v-${id}`,
      kind: 'visitor',
      name: id,
      language: 'es',
      online: true,
      verified: false,
      attributes: {},
    },
    language: 'es',
    participants: [],
    unread: 0,
    tags: [],
    read: { visitor: 0, agents: 0 },
    ...over,
  }
}

export function message(seq: number, over: Partial<Message> = {}): Message {
  return {
    id: `m-${seq}`,
    seq,
    rev: seq,
    kind: 'message',
    author: { id: 'v', kind: 'visitor', name: 'Lucía', language: 'es', online: true },
    at: new Date(Date.UTC(2026, 10, 22, 9, 0, seq)).toISOString(),
    text: `line ${seq}`,
    language: 'es',
    translations: {},
    attachments: [],
    ...over,
  }
}

export function translation(text: string, over: Partial<Translation> = {}): Translation {
  return {
    text,
    state: 'done',
    by: { kind: 'engine', name: 'apertium' },
    quality: 'full',
    flagged: false,
    at: '2026-11-22T09:00:00.000Z',
    ...over,
  }
}
