import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boxOf, isPicture } from './box'
import { isolated, type Limits, limitsOf, percent, placeOf, refuse, shownName, sizeName, typeOf } from './rules'

const limits: Limits = { bytes: 1000, files: 2 }
const file = (name: string, type: string, size = 10) => ({ name, type, size })

test('what is sure to be refused is refused before it is uploaded', () => {
  assert.equal(refuse(file('a.png', 'image/png'), 0, limits), undefined)
  assert.equal(refuse(file('a.png', 'image/png', 1000), 1, limits), undefined)
  assert.equal(refuse(file('a.png', 'image/png', 1001), 0, limits), 'large')
  assert.equal(refuse(file('a.png', 'image/png', 0), 0, limits), 'empty')
  assert.equal(refuse(file('a.png', 'image/png'), 2, limits), 'many')
  for (const [name, type] of [
    ['a.svg', 'image/svg+xml'],
    ['a.png', 'image/svg+xml; x'],
    ['a.html', 'text/html'],
    ['a.svg', ''],
    ['a', ''],
    ['.png.exe', ''],
    ['a.heic', 'image/heic'],
    ['a.zip', 'application/zip'],
  ] as const)
    assert.equal(refuse(file(name, type), 0, limits), 'kind', name)
})

test('limits are the server’s, and none is none', () => {
  assert.equal(refuse(file('a.png', 'image/png', 1e12), 99, limitsOf({ bytes: 0, files: 0 })), undefined)
  assert.equal(refuse(file('a.png', 'image/png', 3), 0, limitsOf({ bytes: 2, files: 0 })), 'large')
  assert.equal(refuse(file('a.png', 'image/png', (10 << 20) + 1), 0, limitsOf()), 'large')
})

test('a system that knows no types is no obstacle', () => {
  assert.equal(typeOf(file('IMG_1.JPG', '')), 'image/jpeg')
  assert.equal(typeOf(file('a.txt', 'text/plain; charset=utf-8')), 'text/plain')
  assert.equal(typeOf(file('a.pdf', 'APPLICATION/PDF')), 'application/pdf')
  assert.equal(typeOf(file('a.md', 'text/markdown')), 'text/plain')
  assert.equal(typeOf(file('a.txt', 'image/svg+xml')), 'image/svg+xml')
  assert.equal(typeOf(file('a.constructor', '')), '')
})

test('a name is shown as text that is what it seems to be', () => {
  assert.equal(shownName('invoice\u202Efdp.exe'), 'invoicefdp.exe')
  assert.equal(shownName('a\u0000b\r\n.png'), 'ab.png')
  assert.equal(shownName('<img src=x onerror=alert(1)>.png'), '<img src=x onerror=alert(1)>.png')
  const long = shownName(`${'x'.repeat(300)}-final.pdf`)
  assert.equal([...long].length, 32)
  assert.ok(long.endsWith('-final.pdf'.slice(-9)), long)
  assert.ok(
    [...shownName('😀'.repeat(100))].every((c) => c === '😀' || c === '…'),
    'no character is cut in two',
  )
  assert.equal(isolated('صورة.png'), '\u2068صورة.png\u2069')
})

test('sizes and parts are said in the language of the page', () => {
  assert.equal(sizeName(12, 'en'), '12 bytes')
  assert.equal(sizeName(1, 'en'), '1 byte')
  assert.equal(sizeName(640 * 1024, 'en'), '640 kB')
  assert.equal(sizeName(2.44 * 1024 * 1024, 'de'), '2,4 MB')
  assert.equal(sizeName(10 << 20, 'en'), '10 MB')
  assert.equal(sizeName(1010, 'en'), '1 kB')
  assert.equal(percent(0.456, 'de'), '46\u00A0%')
  assert.deepEqual([placeOf(1, 2, 'de'), placeOf(1, 12, 'fa')], ['1 / 2', '۱ / ۱۲'])
})

test('the box of a picture is known before it is there, and never too small to hit', () => {
  assert.deepEqual(boxOf(4000, 3000), { width: 240, height: 180 })
  assert.deepEqual(boxOf(1000, 3000), { width: 80, height: 240 })
  assert.deepEqual(boxOf(100, 50), { width: 100, height: 50 })
  assert.deepEqual(boxOf(1, 1), { width: 44, height: 44 })
  assert.deepEqual(boxOf(10_000, 10), { width: 240, height: 44 })
  for (const unknown of [boxOf(), boxOf(0, 9), boxOf(Number.NaN, 1)])
    assert.deepEqual(unknown, { width: 240, height: 180 })
  assert.deepEqual(['image/png', 'image/svg+xml', 'application/pdf', 'image/png;x'].map(isPicture), [
    true,
    false,
    false,
    false,
  ])
})
