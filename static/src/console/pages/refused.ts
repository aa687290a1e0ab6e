// Why something that was sent is not taken, in the words of who sent it.
import type { Refused } from '../../shared/wire.gen'
import { type Key, t } from '../app/words'

/** undefined where there is only a sentence of the server's: it names no reason, or one that is newer than this console. */
export function refusedText({ reason, column = '', value = '', limit = 0, before = 0 }: Refused): string | undefined {
  const key = `refused.${reason}`
  const text = t(key as Key, { column: isolated(column), value: isolated(value), limit })
  if (text === key) return undefined
  return before > 0 ? `${text} ${t('refused.before', { n: before })}` : text
}

/** What stands in a file runs in its own direction, whatever stands around it. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`
}
