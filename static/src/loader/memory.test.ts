import assert from 'node:assert/strict'
import { test } from 'node:test'
import { notebookOf } from './memory'

/** The two storages of a page, or one that refuses. */
function storages(refused = false) {
  const kept = { local: new Map<string, string>(), tab: new Map<string, string>() }
  const storage = (of: Map<string, string>) => ({
    getItem: (k: string) => {
      if (refused) throw new Error('refused')
      return of.get(k) ?? null
    },
    setItem: (k: string, v: string) => of.set(k, v),
    removeItem: (k: string) => of.delete(k),
  })
  for (const [name, of] of [
    ['localStorage', kept.local],
    ['sessionStorage', kept.tab],
  ] as const)
    Object.defineProperty(globalThis, name, { value: storage(of), configurable: true })
  return kept
}

test('what goes with the tab is noted in the tab, and takes nothing else along', () => {
  const kept = storages()
  const notebook = notebookOf('shop')
  notebook.write({ quiet: true })
  notebook.write({ live: true }, true)
  assert.deepEqual(notebook.read(), { quiet: true, live: true })
  assert.deepEqual([...kept.local.values()], ['{"quiet":true}'], 'a tab that is closed leaves nothing behind')
  notebook.write({ live: false }, true)
  assert.deepEqual([notebook.read(), kept.tab.size], [{ quiet: true }, 0])
})

test('nothing to remember is nothing stored, and refused storage troubles nobody', () => {
  const kept = storages()
  for (const tab of [true, false]) notebookOf('shop').write({ live: false }, tab)
  assert.deepEqual([kept.local.size, kept.tab.size], [0, 0])
  storages(true)
  notebookOf('shop').write({ live: true }, true)
  assert.deepEqual(notebookOf('shop').read(), {})
})
