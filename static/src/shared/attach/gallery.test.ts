import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Line, LineFile } from '../outbox'
import type { Room } from '../rooms'
import type { Attachment, Message } from '../wire.gen'
import { Gallery } from './gallery'

const attachment = (id: string, type = 'image/png'): Attachment => ({
  id,
  name: `${id}.png`,
  type,
  size: 3,
  url: `/f/${id}`,
  thumb: `/f/${id}/small`,
})
const message = (seq: number, attachments: Attachment[], more = {}) =>
  ({ seq, kind: 'message', attachments, ...more }) as Message
const room = (id: string, messages: Message[]) => ({ id, messages }) as unknown as Room
const file = (key: string, id?: string): LineFile => ({
  key,
  name: `${key}.png`,
  type: 'image/png',
  size: 3,
  blob: new Blob(['abc']),
  ...(id && { id }),
})
const none = () => Promise.resolve(undefined)

test('what was sent from here is shown from here when the server has it', () => {
  const gallery = new Gallery(none)
  const before = gallery.local(file('k1'))
  assert.equal(gallery.local(file('k1', 'f1')).url, before.url)
  const [shown] = gallery.of(message(1, [attachment('f1')]))
  assert.deepEqual([shown?.url, shown?.thumb, shown?.local], [before.url, undefined, true])
  assert.equal(gallery.of(message(2, [attachment('f2')]))[0]?.thumb, '/f/f2/small')
  gallery.clear()
  assert.equal(gallery.of(message(1, [attachment('f1')]))[0]?.url, '/f/f1', 'the next visitor has nothing of it')
})

test('a row is asked for once by all its pictures, and again the next time', async () => {
  const asked: number[] = []
  const gallery = new Gallery(async (_, seq) => {
    asked.push(seq)
    return message(seq, [attachment('f1')])
  })
  const [a, b] = await Promise.all([gallery.renew('c1', 7), gallery.renew('c1', 7)])
  assert.deepEqual([a, asked], [b, [7]])
  await gallery.renew('c1', 7)
  assert.deepEqual(asked, [7, 7])
  const away = new Gallery(() => Promise.reject(new Error('no connection')))
  assert.deepEqual(await away.renew('c1', 7), [])
})

test('pictures stand in the order of the talk, what is on its way last, and each once', () => {
  const gallery = new Gallery(none)
  const rooms = [
    room('c2', [message(1, [attachment('f3')])]),
    room('c1', [
      message(1, [attachment('f1'), attachment('p', 'application/pdf')]),
      message(2, [attachment('f2')], { erased: true }),
      message(3, [attachment('f2')]),
    ]),
  ]
  const lines = [{ files: [file('k3', 'f3'), file('k4')] }] as unknown as Line[]
  assert.deepEqual(
    gallery.pictures(rooms, lines).map((s) => s.file.id),
    ['f1', 'f2', 'f3', 'k4'],
  )
})
