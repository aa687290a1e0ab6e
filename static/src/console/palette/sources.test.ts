import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emmasDesk } from '../app/fixture'
import { t } from '../app/words'

test('what is on or off says what choosing it does, and a sound what it is then', async () => {
  const desk = emmasDesk()
  // Only now: what it takes from the window when it is loaded is there.
  Object.defineProperty(globalThis, 'window', { value: globalThis, configurable: true })
  const { settings } = await import('./sources')
  const { sound, sounds, singleKeys } = desk.settings
  for (const [key, setting, told] of [
    ['sound', sound, ''],
    ['sound-new', sounds.new, `${t('own.sound.new')}: `],
    ['sound-line', sounds.line, `${t('own.sound.line')}: `],
    ['single', singleKeys, undefined],
  ] as const)
    for (const now of ['on', 'off'] as const) {
      setting.value = now
      const hit = settings(desk).find((h) => h.key === key)
      assert.equal(hit?.hint, t(now === 'on' ? 'own.notify.off' : 'own.notify.on'), key)
      desk.notices.clear()
      hit?.run()
      assert.equal(setting.value, now === 'on' ? 'off' : 'on', key)
      const said = told === undefined ? undefined : told + t(now === 'on' ? 'sound.off' : 'sound.on')
      assert.equal(desk.notices.current.value?.text, said, key)
    }
  desk.notices.clear()
})
