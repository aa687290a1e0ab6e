import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signal } from '@preact/signals'
import { FakeClock } from '../../shared/fake_clock'
import type { Desk } from '../app/desk'
import { tellFront } from './front'

test('colleagues are told what stands in front, and not what a page or a list covers', (t) => {
  const clock = new FakeClock()
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  Object.defineProperty(globalThis, 'document', { value: page, configurable: true })
  const told: (string | undefined)[] = []
  const call = async (_: string, fields: { conversation?: string }) => void told.push(fields.conversation)
  const desk = {
    client: { call },
    line: { online: signal(true) },
    current: signal<string | undefined>('c1'),
    place: signal<object | undefined>(undefined),
    single: signal(false),
    pane: signal('talk'),
  }
  const stop = tellFront(desk as unknown as Desk)
  t.after(() => {
    stop()
    clock.stop()
    Reflect.deleteProperty(globalThis, 'document')
  })
  const tells = (...want: (string | undefined)[]) => {
    clock.tick(400)
    assert.deepEqual(told.splice(0), want)
  }
  tells('c1')
  desk.place.value = { name: 'glossary' }
  tells(undefined)
  desk.place.value = undefined
  tells('c1')
  desk.pane.value = 'list'
  tells()
  desk.single.value = true
  tells(undefined)
  desk.pane.value = 'talk'
  tells('c1')
  desk.current.value = 'c2'
  desk.current.value = 'c3'
  tells('c3')
  page.visibilityState = 'hidden'
  page.dispatchEvent(new Event('visibilitychange'))
  tells(undefined)
})
