import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Chosen, mostTries } from './chosen'

/** Somebody who chooses, and a server whose answers the test gives by hand. */
function person() {
  const asked: Array<{ language: string; ok(): void; no(): void }> = []
  const got: string[] = []
  const chosen = new Chosen<string>({
    fetch: (language) =>
      new Promise((resolve, reject) => {
        asked.push({ language, ok: () => resolve(`texts of ${language}`), no: () => reject(new TypeError('network')) })
      }),
    take: (texts, language) => got.push(`${language}: ${texts}`),
    missing: () => got.push('missing'),
    random: () => 0.5,
  })
  return { chosen, asked, got }
}

/** Lets everything that is ready to run, run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

test('of two choices the later one counts, whichever answer comes first', async () => {
  const { chosen, asked, got } = person()
  const first = chosen.want('fr')
  const second = chosen.want('de')
  asked[1]?.ok()
  await second
  asked[0]?.ok()
  await first
  assert.deepEqual(got, ['de: texts of de'])

  void chosen.want('fr')
  void chosen.want('es')
  void chosen.want()
  asked[2]?.ok()
  asked[3]?.no()
  await settle()
  assert.deepEqual(got, ['de: texts of de'], 'back to what is there: nothing changes any more')
})

test('what did not come is asked for again, later each time, and not for ever', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { chosen, asked, got } = person()
  void chosen.want('fr')
  for (let tries = 1; tries <= mostTries; tries++) {
    assert.equal(asked.length, tries)
    asked.at(-1)?.no()
    await settle()
    const wait = 500 * 2 ** tries
    context.mock.timers.tick(wait - 1)
    assert.equal(asked.length, tries, 'not before its time')
    context.mock.timers.tick(1)
  }
  context.mock.timers.tick(1e9)
  assert.deepEqual([asked.length, got.length], [mostTries, mostTries])

  chosen.again()
  asked.at(-1)?.ok()
  await settle()
  assert.deepEqual([asked.length, got.at(-1)], [mostTries + 1, 'fr: texts of fr'])
  chosen.again()
  context.mock.timers.tick(1e9)
  assert.equal(asked.length, mostTries + 1, 'it is here')
})

test('a connection that comes while something is asked for does not ask twice', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { chosen, asked, got } = person()
  chosen.again()
  void chosen.want('fr')
  chosen.again()
  assert.equal(asked.length, 1)
  asked[0]?.no()
  await settle()
  chosen.again()
  context.mock.timers.tick(1e9)
  assert.equal(asked.length, 2, 'the try that waited is the one that was made at once')
  asked[1]?.ok()
  await settle()
  assert.deepEqual(got, ['missing', 'fr: texts of fr'])
})

test('what fails for an earlier choice says nothing of the newest', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { chosen, asked, got } = person()
  void chosen.want('fr')
  void chosen.want('de')
  asked[1]?.ok()
  await settle()
  asked[0]?.no()
  await settle()
  context.mock.timers.tick(1e9)
  assert.deepEqual([got, asked.length], [['de: texts of de'], 2])
})
