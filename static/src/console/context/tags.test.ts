import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { contrast } from '../../shared/color'
import { cleanTag, hueOf, longestTag, offers, tagKey } from './tags'

const all = [
  { name: 'Refund', uses: 9 },
  { name: 'VIP', uses: 4 },
  { name: 'no refund', uses: 3 },
  { name: 'referral', uses: 1 },
]
const names = (typed: string, on: string[] = []) => offers(all, typed, on).map((o) => o.name)

test('what begins with it comes first, then what has it, the most used first, and at last a new one', () => {
  assert.deepEqual(names(''), ['Refund', 'VIP', 'no refund', 'referral'])
  assert.deepEqual(names('ref'), ['Refund', 'referral', 'no refund', 'ref'])
  assert.deepEqual(names('REFUND'), ['Refund', 'no refund'], 'case does not make another tag')
  assert.deepEqual(names(' #late   delivery '), ['late delivery'])
})

test('what is on already is not offered, nor as new', () => {
  assert.deepEqual(names('ref', ['refund']), ['referral', 'no refund', 'ref'])
  assert.deepEqual(names('refund', ['REFUND']), ['no refund'])
  assert.deepEqual(names('gone', ['Gone']), [])
})

test('no more than a list has room for, and nothing that the server would refuse', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ name: `tag ${i}`, uses: 30 - i }))
  assert.deepEqual(
    offers(many, 'tag', []).map((o) => o.name),
    ['tag 0', 'tag 1', 'tag 2', 'tag 3', 'tag 4', 'tag 5', 'tag 6', 'tag'],
  )
  assert.equal(names('é'.repeat(longestTag)).length, 1)
  assert.deepEqual(names('é'.repeat(longestTag + 1)), [])
  assert.deepEqual(names(' # '), ['Refund', 'VIP', 'no refund', 'referral'])
})

test('tags are compared as the server does', () => {
  assert.equal(tagKey('Straße'), tagKey('STRASSE'))
  assert.equal(cleanTag('  ##late \n delivery'), 'late delivery')
  assert.equal(hueOf('VIP'), hueOf(' #vip '))
  assert.ok(new Set(['a', 'b', 'c', 'd', 'e', 'f'].map(hueOf)).size > 3, 'different tags look different')
})

test('the words of a tag have 4.5:1 on it, whatever its hue, in light and in dark', () => {
  const css = readFileSync('static/src/console/context/context.css', 'utf8')
  const label = css.slice(css.indexOf('.label {'), css.indexOf('}', css.indexOf('.label {')))
  const colors = [...label.matchAll(/oklch\(([\d.]+)% ([\d.]+) var\(--hue\)\)/g)].map((m) => [
    Number(m[1]) / 100,
    Number(m[2]),
  ])
  assert.equal(colors.length, 4)
  const [lightGround, darkGround, lightInk, darkInk] = colors as [number, number][]
  for (let hue = 0; hue < 360; hue++) {
    for (const [ground, ink] of [
      [lightGround, lightInk],
      [darkGround, darkInk],
    ] as [[number, number], [number, number]][]) {
      const ratio = contrast(srgb(...ground, hue), srgb(...ink, hue))
      assert.ok(ratio >= 4.5, `hue ${hue}: ${ratio}`)
    }
  }
})

/** A colour of oklch as a browser shows it, by the matrices of CSS Color 4; what sRGB does not have is cut. */
function srgb(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const channel = (c: number) => {
    const cut = Math.min(1, Math.max(0, c))
    return Math.round((cut <= 0.0031308 ? 12.92 * cut : 1.055 * cut ** (1 / 2.4) - 0.055) * 255)
  }
  return `#${linear.map((c) => channel(c).toString(16).padStart(2, '0')).join('')}`
}
