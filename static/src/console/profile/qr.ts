// A QR code (ISO/IEC 18004) of a short text: byte mode, error correction M, versions 1 to 15. Drawn here, so that a secret goes to nobody who draws pictures.

/** Of each version: error correction codewords of a block, and blocks. */
const perBlock = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24]
const blocksOf = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10]
/** The two bits that say M. */
const levelBits = 0

type Grid = boolean[][]

/** Rows of modules, true is dark; undefined if the text is too long. */
export function qr(text: string): Grid | undefined {
  const bytes = [...new TextEncoder().encode(text)]
  for (let version = 1; version <= perBlock.length; version++) {
    const room = capacity(version)
    if (4 + (version < 10 ? 8 : 16) + bytes.length * 8 > room * 8) continue
    return draw(version, interleave(version, codewords(bytes, version, room)))
  }
  return undefined
}

/** An SVG path of all dark modules, one unit each. */
export function path(grid: Grid): string {
  return grid.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
}

/** Modules for data and correction, in whole bytes. */
function whole(version: number): number {
  let bits = (16 * version + 128) * version + 64
  if (version >= 2) {
    const n = Math.floor(version / 7) + 2
    bits -= (25 * n - 10) * n - 55
    if (version >= 7) bits -= 36
  }
  return Math.floor(bits / 8)
}

function capacity(version: number): number {
  return whole(version) - (perBlock[version - 1] ?? 0) * (blocksOf[version - 1] ?? 0)
}

function codewords(bytes: number[], version: number, room: number): number[] {
  const bits: number[] = []
  const push = (value: number, n: number) => {
    for (let i = n - 1; i >= 0; i--) bits.push((value >>> i) & 1)
  }
  push(4, 4)
  push(bytes.length, version < 10 ? 8 : 16)
  for (const b of bytes) push(b, 8)
  push(0, Math.min(4, room * 8 - bits.length))
  push(0, (8 - (bits.length % 8)) % 8)
  for (let pad = 0xec; bits.length < room * 8; pad ^= 0xec ^ 0x11) push(pad, 8)
  const out: number[] = []
  for (let i = 0; i < bits.length; i += 8) out.push(bits.slice(i, i + 8).reduce((n, bit) => (n << 1) | bit, 0))
  return out
}

/** Multiplies in the field of 256 elements that QR codes are made in. */
function times(a: number, b: number): number {
  let out = 0
  for (let i = 7; i >= 0; i--) {
    out = (out << 1) ^ ((out >>> 7) * 0x11d)
    out ^= ((b >>> i) & 1) * a
  }
  return out
}

function correction(data: number[], degree: number): number[] {
  const divisor = [...Array<number>(degree - 1).fill(0), 1]
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) divisor[j] = times(divisor[j] ?? 0, root) ^ (divisor[j + 1] ?? 0)
    root = times(root, 2)
  }
  const rest = Array<number>(degree).fill(0)
  for (const b of data) {
    const factor = b ^ (rest.shift() ?? 0)
    rest.push(0)
    divisor.forEach((d, i) => {
      rest[i] = (rest[i] ?? 0) ^ times(d, factor)
    })
  }
  return rest
}

/** Cuts into blocks, adds their correction, and deals all out in turn. */
function interleave(version: number, data: number[]): number[] {
  const n = blocksOf[version - 1] ?? 1
  const degree = perBlock[version - 1] ?? 0
  const short = Math.floor(data.length / n)
  const long = data.length % n
  const blocks: number[][] = []
  for (let i = 0, at = 0; i < n; i++) {
    const size = short + (i >= n - long ? 1 : 0)
    blocks.push(data.slice(at, at + size))
    at += size
  }
  const out: number[] = []
  for (let i = 0; i <= short; i++) for (const b of blocks) if (i < b.length) out.push(b[i] ?? 0)
  const corrections = blocks.map((b) => correction(b, degree))
  for (let i = 0; i < degree; i++) for (const c of corrections) out.push(c[i] ?? 0)
  return out
}

class Canvas {
  readonly size: number
  readonly dark: Grid
  readonly fixed: Grid

  constructor(readonly version: number) {
    this.size = version * 4 + 17
    const empty = () => Array.from({ length: this.size }, () => Array<boolean>(this.size).fill(false))
    this.dark = empty()
    this.fixed = empty()
  }

  set(x: number, y: number, dark: boolean): void {
    const row = this.dark[y]
    const fixed = this.fixed[y]
    if (!row || !fixed || x < 0 || x >= this.size) return
    row[x] = dark
    fixed[x] = true
  }

  patterns(): void {
    for (let i = 0; i < this.size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    for (const [x, y] of [
      [3, 3],
      [this.size - 4, 3],
      [3, this.size - 4],
    ] as const)
      for (let dy = -4; dy <= 4; dy++)
        for (let dx = -4; dx <= 4; dx++) {
          const ring = Math.max(Math.abs(dx), Math.abs(dy))
          this.set(x + dx, y + dy, ring !== 2 && ring !== 4)
        }
    const at = this.alignments()
    at.forEach((y, i) => {
      at.forEach((x, j) => {
        const corner = (i === 0 && (j === 0 || j === at.length - 1)) || (i === at.length - 1 && j === 0)
        if (corner) return
        for (let dy = -2; dy <= 2; dy++)
          for (let dx = -2; dx <= 2; dx++) this.set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
      })
    })
    this.format(0)
    if (this.version >= 7) this.versions()
  }

  private alignments(): number[] {
    if (this.version === 1) return []
    const n = Math.floor(this.version / 7) + 2
    const step = Math.floor((this.version * 8 + n * 3 + 5) / (n * 4 - 4)) * 2
    const all = [6]
    for (let i = 0; i < n - 1; i++) all.splice(1, 0, this.size - 7 - i * step)
    return all
  }

  format(mask: number): void {
    const data = (levelBits << 3) | mask
    let rest = data
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
    const bits = ((data << 10) | rest) ^ 0x5412
    const bit = (i: number) => ((bits >>> i) & 1) === 1
    for (let i = 0; i <= 5; i++) this.set(8, i, bit(i))
    this.set(8, 7, bit(6))
    this.set(8, 8, bit(7))
    this.set(7, 8, bit(8))
    for (let i = 9; i < 15; i++) this.set(14 - i, 8, bit(i))
    for (let i = 0; i < 8; i++) this.set(this.size - 1 - i, 8, bit(i))
    for (let i = 8; i < 15; i++) this.set(8, this.size - 15 + i, bit(i))
    this.set(8, this.size - 8, true)
  }

  private versions(): void {
    let rest = this.version
    for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25)
    const bits = (this.version << 12) | rest
    for (let i = 0; i < 18; i++) {
      const dark = ((bits >>> i) & 1) === 1
      const a = this.size - 11 + (i % 3)
      const b = Math.floor(i / 3)
      this.set(a, b, dark)
      this.set(b, a, dark)
    }
  }

  /** Puts the data where nothing stands, in columns of two, upwards and downwards. */
  fill(data: number[]): void {
    let i = 0
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      for (let v = 0; v < this.size; v++)
        for (const x of [right, right - 1]) {
          const up = ((right + 1) & 2) === 0
          const y = up ? this.size - 1 - v : v
          const row = this.dark[y]
          if (!row || this.fixed[y]?.[x] || i >= data.length * 8) continue
          row[x] = (((data[i >>> 3] ?? 0) >>> (7 - (i & 7))) & 1) === 1
          i++
        }
    }
  }

  /** Every other module is turned over, so that no large light or dark place is left. Any mask can be read; this one is right for texts. */
  mask(): void {
    this.dark.forEach((row, y) => {
      row.forEach((dark, x) => {
        if (!this.fixed[y]?.[x] && (x + y) % 2 === 0) row[x] = !dark
      })
    })
  }
}

function draw(version: number, data: number[]): Grid {
  const c = new Canvas(version)
  c.patterns()
  c.fill(data)
  c.mask()
  c.format(0)
  return c.dark
}
