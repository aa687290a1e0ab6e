/** The longest text of a line, in code points after NFC (protocol, section 6): what the server counts, not what JavaScript does. */
export const textLimit = 4000

/** The number of characters that are left is shown from here on. */
export const nearLimit = 200

export function counted(text: string): number {
  // A text this short cannot be over, however it is counted; so counting costs nothing while one types.
  if (text.length <= textLimit / 4) return text.length
  return [...text.normalize('NFC').trim()].length
}
