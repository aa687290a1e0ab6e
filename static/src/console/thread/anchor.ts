// What one reads stays where it is, whatever comes in above it: older lines, translations, pictures.

/** A line, by its seq, and how far its upper edge is below that of the log, in CSS pixels. */
export interface Anchor {
  seq: number
  top: number
}

/** The first line that begins in what is seen of the log; if none does, the one that fills it. */
export function anchorOf(log: HTMLElement): Anchor | undefined {
  const lines = log.querySelectorAll<HTMLElement>('[data-seq]')
  const edge = log.getBoundingClientRect().top
  let lo = 0
  let hi = lines.length
  while (lo < hi) {
    const mid = (lo + hi) >> 1
    if ((lines[mid]?.getBoundingClientRect().top ?? 0) < edge) lo = mid + 1
    else hi = mid
  }
  const inView = lines[lo]
  const line = inView && inView.getBoundingClientRect().top < edge + log.clientHeight ? inView : lines[lo - 1]
  return line && { seq: Number(line.dataset.seq), top: line.getBoundingClientRect().top - edge }
}

/** Scrolls so that the line is where it was. False if it is not there. */
export function holdAt(log: HTMLElement, { seq, top }: Anchor): boolean {
  const line = log.querySelector<HTMLElement>(`[data-seq="${seq}"]`)
  if (!line) return false
  const moved = line.getBoundingClientRect().top - log.getBoundingClientRect().top - top
  if (moved !== 0) log.scrollTop += moved
  return true
}
