import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Colleague } from '../../shared/wire.gen'
import { called, mentionHits, mentionPlaces, mentionQuery } from './mentions'

const agent = (id: string, name: string, over: Partial<Colleague> = {}): Colleague => ({
  id,
  name,
  role: 'agent',
  languages: ['en'],
  status: 'available',
  online: true,
  open: 0,
  viewing: [],
  ...over,
})

const team = [
  agent('1', 'Ann'),
  agent('2', 'Ann Lee'),
  agent('3', 'Lucía Gómez'),
  agent('4', 'Bo', { online: false }),
  agent('5', 'Zoë', { status: 'away' }),
]

const query = (text: string) => mentionQuery(text, text.length)?.query

test('an @ that begins a word asks for colleagues, until the line ends', () => {
  assert.equal(query('@'), '')
  assert.equal(query('please, @Luc'), 'Luc')
  assert.equal(query('(@Ann L'), 'Ann L')
  assert.deepEqual(mentionQuery('ask @Bo about it', 7), { from: 4, query: 'Bo' })
  assert.equal(query('write to ann@shop'), undefined)
  assert.equal(query('@Ann\nnext'), undefined)
  assert.equal(query('@ and'), undefined)
  assert.equal(query('@Ann  and'), undefined)
  assert.equal(query(`@${'a'.repeat(41)}`), undefined)
})

test('names are found by any of their words, without case and accents; who is there comes first, oneself not at all', () => {
  const names = (q: string, me = '') => mentionHits(team, q, me).map((a) => a.name)
  assert.deepEqual(names(''), ['Ann', 'Ann Lee', 'Lucía Gómez', 'Bo', 'Zoë'])
  assert.deepEqual(names('lucia'), ['Lucía Gómez'])
  assert.deepEqual(names('GOM'), ['Lucía Gómez'])
  assert.deepEqual(names('ann l'), ['Ann Lee'])
  assert.deepEqual(names('ann', '1'), ['Ann Lee'])
  assert.deepEqual(names('nn'), [])
  assert.equal(
    mentionHits(
      Array.from({ length: 30 }, (_, i) => agent(`${i}`, `A${i}`)),
      'a',
      '',
    ).length,
    8,
  )
})

test('who is called stands in the text: the longer of two names, and no part of a word', () => {
  const ids = (text: string) => called(text, team).map((a) => a.id)
  assert.deepEqual(ids('@Ann, look'), ['1'])
  assert.deepEqual(ids('@Ann Lee, look'), ['2'])
  assert.deepEqual(ids('@Ann Lee and @Ann'), ['1', '2'])
  assert.deepEqual(ids('@Anna, mail lucia@Ann.example, @annabel'), [])
  assert.deepEqual(ids('Bo! @Bo. @Bo'), ['4'])
  assert.deepEqual(ids(''), [])
  assert.deepEqual(called('@', [{ id: 'x', name: '' }]), [])
})

test('places are where the names are', () => {
  const text = 'ask @Lucía Gómez and @Bo'
  assert.deepEqual(
    mentionPlaces(text, team).map((p) => text.slice(p.from, p.to)),
    ['@Lucía Gómez', '@Bo'],
  )
})

test('a note calls no more than the server takes', () => {
  const many = Array.from({ length: 30 }, (_, i) => agent(`${i}`, `A${i}z`))
  assert.equal(called(many.map((a) => `@${a.name}`).join(' '), many).length, 20)
})
