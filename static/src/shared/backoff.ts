// When to come back after a socket ended (protocol.md, section 7). The range of the close code decides, not the number.

/** again: come back; ask: ask whoever owns the client first, then come back anyway; stop: come back only if the owner says so. */
export type Decision = 'again' | 'ask' | 'stop'

export function decide(code: number): Decision {
  // 1007 is a frame of ours that was not UTF-8: the line in it must be put away first, or it would end the next socket too.
  if (code === 1007) return 'ask'
  return code >= 4400 && code <= 4499 ? 'stop' : 'again'
}

const second = 1000
const longest = 30 * second

/**
 * Milliseconds to wait before try number `attempt` (0 is the first). awayS is in_s of a going_away that came before: then it is
 * the first try, however many there were before that server took us on. The jitter is full, so that ten thousand phones do not come back in the same second.
 */
export function delay(
  ended: { code: number; reason: string },
  attempt: number,
  awayS = 0,
  random: () => number = Math.random,
): number {
  if (awayS > 0) return random() * awayS * second
  if (ended.code === 1013) return 10 * second + random() * 50 * second
  if (ended.code === 4029) {
    const after = Number(/\d+/.exec(ended.reason)?.[0] ?? 5)
    return after * second + random() * second
  }
  return random() * Math.min(longest, second * 2 ** attempt)
}
