import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h, render } from 'preact'
import { FakeNode } from './fake_dom'
import { Rich } from './rich'

const drawn = (text: string) => {
  const box = new FakeNode('div')
  render(h(Rich, { text }), box as unknown as Element)
  return box
}

test('a link leaves in a tab of its own, tells nobody where from, lends no weight, and turns nothing beside it', () => {
  const box = drawn('See https://example.com/\u05d0 now')
  assert.deepEqual(
    box.childNodes.map((n) => n.localName),
    [undefined, 'a', undefined],
  )
  const link = box.childNodes[1]!
  assert.equal(link.attributes.get('rel'), 'noopener noreferrer nofollow ugc')
  assert.equal(link.attributes.get('target'), '_blank')
  assert.equal(link.attributes.get('href'), 'https://example.com/%D7%90')
  assert.deepEqual(
    link.childNodes.map((n) => [n.localName, n.textContent]),
    [['bdi', 'https://example.com/\u05d0']],
  )
})

test('what looks like markup is a text, bold or not', () => {
  const box = drawn('<img src=x> *<b>loud</b>*')
  assert.equal(box.textContent, '<img src=x> <b>loud</b>')
  assert.deepEqual(
    box.childNodes.map((n) => n.localName),
    [undefined, 'strong'],
  )
})
