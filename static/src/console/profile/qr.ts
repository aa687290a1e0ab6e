import { correction, generate } from 'lean-qr/nano'

/** Light modules around a code, without which it is not found. */
const quiet = 4

/** The QR code of a text, for an SVG: the box that it stands in, and a path of its dark modules, one unit each. */
export function drawn(text: string): { box: string; path: string } {
  const code = generate(text, { minCorrectionLevel: correction.M })
  let path = ''
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`
  const side = code.size + 2 * quiet
  return { box: `${-quiet} ${-quiet} ${side} ${side}`, path }
}
