import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const colors = (css: string) => new Map([...css.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]))

test('the console’s colours are the shared ones, each with both of its values', () => {
  const [light = '', dark = ''] = readFileSync('static/src/shared/tokens.css', 'utf8').split(
    '@media (prefers-color-scheme: dark)',
  )
  const lights = colors(light)
  const darks = colors(dark)
  const theme = new Map(
    [
      ...readFileSync('static/src/console/theme.css', 'utf8').matchAll(/(--[\w-]+): light-dark\((#\w+), (#\w+)\);/g),
    ].map((m) => [m[1], [m[2], m[3]]]),
  )
  assert.ok(lights.size > 15)
  for (const [name, value] of lights)
    assert.deepEqual(
      theme.get(name),
      [value, darks.get(name)],
      `${name} in console/theme.css is not what shared/tokens.css has`,
    )
})
