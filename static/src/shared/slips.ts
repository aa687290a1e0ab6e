// Slips of paper: lines in localStorage for as long as IndexedDB has not committed them. What is written there is there before the function returns,
// and what is on its way to a database is lost with a page that goes at once. Files do not fit on one: of them stands there what they are, and where they lay before.
import type { Line, LineFile } from './outbox'

const prefix = 'dragoman.line.'

/** Returns what stands on the slip, to be struck out again; empty if there is none. */
export function jot(line: Line): string {
  // A file beside the box is all that its line is.
  if (line.files?.some((f) => f.key === line.key)) return ''
  const slip = JSON.stringify(line)
  try {
    localStorage.setItem(prefix + line.key, slip)
    return slip
  } catch {
    return ''
  }
}

/** The lines that stand on slips, of all tabs, or the one with a key. */
export function jotted(key = ''): Line[] {
  try {
    return Object.entries(localStorage).flatMap(([name, slip]) =>
      (key ? name === prefix + key : name.startsWith(prefix)) ? read(slip) : [],
    )
  } catch {
    // Refused.
    return []
  }
}

/** What stands on a slip, if that is a line: one that another version has written otherwise takes no other with it. */
function read(slip: string): Line[] {
  try {
    const line = JSON.parse(slip) as Line | null
    return typeof line?.key === 'string' && typeof line.text === 'string' ? [unpacked(line)] : []
  } catch {
    return []
  }
}

/** Throws the slip of a line away: whatever stands on it, or only if nothing newer does. */
export function strike(key: string, slip?: string): void {
  try {
    if (slip === undefined || localStorage.getItem(prefix + key) === slip) localStorage.removeItem(prefix + key)
  } catch {
    // There was none.
  }
}

/** A line as it comes out of JSON: its files are empty, until somebody finds what was in them. */
export function unpacked<T extends { files?: readonly LineFile[] }>(line: T): T {
  return line.files ? { ...line, files: line.files.map((f) => ({ ...f, blob: new Blob() })) } : line
}

/** Of a file only its name has come from an earlier page. */
export function isEmpty({ blob }: LineFile): boolean {
  return blob.size === 0
}
