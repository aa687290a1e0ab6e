import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal } from './sign-in'

test('a wrong password stands at the password, without telling which of the two is wrong', () => {
  const r = refusal(401, { code: 'login', detail: 'x' }, 0)
  assert.equal(r.field, 'password')
  assert.match(r.text, /do not match/)
})

test('the code is asked for first, and wrong only when there was one', () => {
  assert.deepEqual(refusal(401, { code: 'second_step' }, 0), { field: 'code', text: '', waitS: 0 })
  const r = refusal(401, { code: 'second_step' }, 0, '123456')
  assert.equal(r.field, 'code')
  assert.match(r.text, /wrong/)
})

test('too many tries tell the seconds, from the body or the header', () => {
  assert.equal(refusal(429, { code: 'rate', retry_after_s: 12 }, 0).waitS, 12)
  assert.equal(refusal(429, {}, 30).waitS, 30)
  assert.match(refusal(429, {}, 30).text, /30 seconds/)
  assert.match(refusal(429, { retry_after_s: 1 }, 0).text, /1 second\./)
  assert.equal(refusal(429, {}, 0).waitS, 1, 'an answer without a time still makes one wait')
})

test('anything else shows the server’s own sentence', () => {
  assert.equal(
    refusal(403, { code: 'forbidden', detail: 'Logging in needs HTTPS.' }, 0).text,
    'Logging in needs HTTPS.',
  )
  assert.match(refusal(502, {}, 0).text, /502/)
})
