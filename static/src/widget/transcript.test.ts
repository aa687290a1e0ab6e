import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translator } from '../shared/i18n'
import type { Room } from '../shared/rooms'
import { emptyRoom } from '../shared/rooms'
import type { Message, Participant } from '../shared/wire.gen'
import { message as fixed } from './talk_fixture'
import { thread } from './thread'
import { transcript } from './transcript'

const me: Participant = { id: 'v1', kind: 'visitor', name: '', language: 'de', online: true }
const ann: Participant = { id: 'a1', kind: 'agent', name: 'Ann', language: 'en', online: true }

function message(seq: number, author: Participant, text: string, more: Partial<Message> = {}): Message {
  // Local noon, so that it is the same day everywhere.
  const at = new Date(2026, 10, 22, 12, seq).toISOString()
  return fixed(seq, author, { at, text, language: author.language, ...more })
}

test('a transcript has what was read, and under a translation what was written; of what is not sent yet nothing', () => {
  const done = { state: 'done', by: { kind: 'engine', name: 'x' }, quality: 'full', flagged: false, at: '' } as const
  const lines = [
    message(1, me, 'Wo ist mein Paket?\nNr. 4711'),
    message(2, ann, 'It left today.', { translations: { de: { ...done, text: 'Es ging heute raus.' } } }),
    message(3, ann, 'Danke!', {
      language: 'de',
      attachments: [{ id: 'f', name: 'a.pdf', type: '', size: 1, url: '' }],
    }),
    message(4, ann, '', { kind: 'event', event: { type: 'resolved', by: 'a1' } }),
  ]
  const room: Room = { ...emptyRoom('c1'), messages: lines }
  const waits = {
    ...message(5, me, 'noch was'),
    key: 'k',
    owner: '',
    order: 1,
    conversation: '',
    state: 'queued' as const,
    tries: 0,
  }
  const t = translator('en', {
    you: 'You',
    'line.from': 'Translated from {language}',
    'event.resolved': 'This chat has ended',
  })
  const text = transcript(thread([room], [waits], 'v1'), { title: 'Shop', t, language: 'en', own: 'de' })
  assert.deepEqual(text.replaceAll('\u202f', ' ').split('\n'), [
    'Shop',
    '',
    'Nov 22, 2026',
    '12:01 PM  You: Wo ist mein Paket?',
    'Nr. 4711',
    '12:02 PM  Ann: Es ging heute raus.',
    '       Translated from English: It left today.',
    '12:03 PM  Ann: Danke! [a.pdf]',
    '12:04 PM  This chat has ended',
    '',
  ])
})
