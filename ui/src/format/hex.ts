/** A line of a dump: its offset, its bytes, and those of them that are letters. */
export interface HexLine {
  offset: string
  bytes: string
  text: string
}

const WIDTH = 16

/** Bytes that are given as hexadecimal text, sixteen a line. */
export function hexDump(hex: string): HexLine[] {
  const bytes = hex.match(/[0-9a-f]{2}/gi) ?? []
  return Array.from({ length: Math.ceil(bytes.length / WIDTH) }, (_, index) => {
    const line = bytes.slice(index * WIDTH, (index + 1) * WIDTH)
    return {
      offset: (index * WIDTH).toString(16).padStart(4, '0'),
      bytes: line.join(' '),
      text: line.map((byte) => printable(parseInt(byte, 16))).join('')
    }
  })
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}
