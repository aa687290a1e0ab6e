// What must stand in a translation as it stood in the original: links, addresses, codes, numbers. A person may leave one out, and is asked.
import { isAddress, tokensOf } from '../../shared/entities'

/** Digits of all scripts as those of ASCII: an Arabic translation may write ٤٧١١. */
function plainDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (d) => {
    const code = d.codePointAt(0) ?? 0
    // Each script has its ten digits in a row, and the zero is where the digit before it is none.
    let zero = code
    while (zero > code - 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    // Mathematical digits stand in several rows without a gap; nobody writes prices in them.
    return String(code - zero)
  })
}

/** One number, however it is written: 1,500 and 1.500 and 1 500 have the same digits. */
function digitsOf(token: string): string {
  return plainDigits(token).replace(/\D/g, '')
}

/** A link and a code are letters that count; of "2-day", "3pm" and "#4711" only the number does, because the rest is translated. */
function toTheLetter(token: string): boolean {
  return isAddress(token) || /\p{Lu}/u.test(token)
}

/** The tokens of `source` that `target` lacks, each as often as it is lacking. */
export function missing(source: string, target: string): string[] {
  let rest = plainDigits(target).toLowerCase()
  const numbers = (rest.match(/\d(?:[\d.,:'’/\u00a0\u202f -]*\d)?/g) ?? []).map((n) => n.replace(/\D/g, ''))
  const lacking: string[] = []
  for (const token of tokensOf(source)) {
    const plain = plainDigits(token).toLowerCase()
    const at = rest.indexOf(plain)
    const same = numbers.indexOf(digitsOf(token))
    if (at >= 0) {
      rest = `${rest.slice(0, at)} ${rest.slice(at + plain.length)}`
      if (same >= 0) numbers.splice(same, 1)
    } else if (!toTheLetter(token) && same >= 0) numbers.splice(same, 1)
    else lacking.push(token)
  }
  return lacking
}
