// What has to be known of files before the rest of the program for them is there: which to ask for, and how much room they take in a log.

/** For the attribute `accept` of a file field. With it phones make a JPEG of what they keep in formats of their own. */
export const accept = 'image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain'

export function isPicture(type: string): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(type)
}

/** Pictures in a log are no wider and no higher than this, in CSS pixels, and never too small to hit. */
const largest = 240
const smallest = 44

/** The box of a picture in a log, known before it is loaded so that nothing moves. Of an unknown size it is four by three. */
export function boxOf(width = 0, height = 0): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: largest, height: (largest * 3) / 4 }
  const scale = Math.min(1, largest / width, largest / height)
  const side = (n: number) => Math.max(smallest, Math.round(n * scale))
  return { width: side(width), height: side(height) }
}
