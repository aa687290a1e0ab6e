import assert from 'node:assert/strict'
import { test } from 'node:test'
import { device } from './device'

test('a session is recognised by browser and system', () => {
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0'
  assert.equal(device(`Mozilla/5.0 (X11; Linux x86_64) ${chrome} Safari/537.36`), 'Chrome, Linux')
  assert.equal(
    device(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/140.0.0.0`),
    'Edge, Windows',
  )
  assert.equal(device('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'), 'Firefox, Linux')
  assert.equal(
    device(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    ),
    'Safari, iOS',
  )
  assert.equal(device('curl/8.5.0'), 'curl/8.5.0')
  assert.equal(device(''), '–')
})
