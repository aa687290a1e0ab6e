// A desk for tests, without a server and a window: what is asked of the server is answered by the test.
import type { HelloOK } from '../../shared/wire.gen'
import { Desk } from './desk'

/** `answer` is what the server says to any call. Emma sits there: her id is "emma", she reads English. */
export function emmasDesk(answer: (call: string, fields: unknown) => unknown = () => ({})): Desk {
  const window = {
    location: { protocol: 'http:', host: 'chat.test' },
    navigator: { language: 'en', languages: ['en'] },
    addEventListener: () => {},
    document: { activeElement: null },
    matchMedia: () => ({ matches: false }),
  }
  for (const [name, value] of Object.entries(window))
    Object.defineProperty(globalThis, name, { value, configurable: true })
  const desk = new Desk()
  desk.client.call = (async (call: string, fields: unknown) => answer(call, fields)) as typeof desk.client.call
  desk.hello.value = { agent: { id: 'emma', name: 'Emma', role: 'agent' }, sites: [] } as unknown as HelloOK
  desk.languages.value = ['en']
  return desk
}
