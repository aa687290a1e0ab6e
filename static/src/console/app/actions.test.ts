import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { signal } from '@preact/signals'
import { CallError } from '../../shared/client'
import { message } from '../inbox/fixture'
import { Actions } from './actions'
import type { Desk } from './desk'
import { Notices } from './notices'
import { t } from './words'

// Notices go by themselves; nobody waits for that here.
mock.timers.enable({ apis: ['setTimeout'] })

/** A desk at which one line can be corrected. `answer` is the server. */
function corrector(answer: (fields: Record<string, unknown>) => unknown) {
  const notices = new Notices()
  const asked: Record<string, unknown>[] = []
  const desk = {
    client: {
      call: async (_: string, fields: Record<string, unknown>) => {
        asked.push(fields)
        return answer(fields)
      },
    },
    chats: { upsert: () => {} },
    inbox: { release: () => {} },
    corrected: signal(undefined),
    notices,
  } as unknown as Desk
  return { act: new Actions(desk), asked, notices }
}

const corrected = message(4, {
  translations: {
    de: {
      text: 'Ihre Tasse',
      state: 'done',
      by: { kind: 'agent', name: 'Emma' },
      quality: 'full',
      flagged: false,
      at: '',
      was: {
        text: 'Ihr Becher',
        state: 'done',
        by: { kind: 'engine', name: 'x' },
        quality: 'full',
        flagged: false,
        at: '',
      },
    },
  },
} as Parameters<typeof message>[1])

test('who takes a correction back says which, so that a colleague keeps what he has said since', async () => {
  const { act, asked, notices } = corrector(({ undo }) => {
    if (undo) throw new CallError('conflict', 'It does not stand there any more.')
    return corrected
  })
  assert.equal(await act.correct('c', 4, 'de', 'Ihre Tasse'), true)
  notices.current.peek()?.action?.run()
  await new Promise((done) => setImmediate(done))
  assert.deepEqual(asked[1], { conversation: 'c', seq: 4, language: 'de', text: 'Ihre Tasse', undo: true })
  assert.equal(notices.current.peek()?.text, t('undo.other'))
})

test('a correction that still stands there is taken back, and what else is refused is told as it is', async () => {
  let fault: CallError | undefined
  const { act, notices } = corrector(() => {
    if (fault) throw fault
    return corrected
  })
  await act.uncorrect('c', 4, 'de', 'Ihre Tasse')
  assert.equal(notices.current.peek()?.text, t('uncorrected'))
  fault = new CallError('state', 'There is nothing to take back.')
  await act.uncorrect('c', 4, 'de', 'Ihre Tasse')
  assert.deepEqual(notices.current.peek(), { text: 'There is nothing to take back.', kind: 'error' })
})
