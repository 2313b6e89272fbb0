// Reader of docs/formats/trc1.md. The bytes come from outside: every offset, length and index is checked before use, so
// that the rest of the trace page may trust the columns.
import type { TraceHeader } from './types'

export const flagError = 1
export const flagServiceRoot = 2
export const flagOrphan = 4
export const flagEvents = 16
export const flagLinks = 32

/** Columns of one trace, in pre-order. */
export interface Columns {
  readonly id: BigUint64Array
  readonly parent: Int32Array
  readonly start: Float64Array
  readonly dur: Float64Array
  readonly svc: Uint32Array
  readonly name: Uint32Array
  readonly kind: Uint8Array
  readonly flags: Uint8Array
}

export interface TraceData {
  readonly header: TraceHeader
  readonly columns: Columns
}

export class Trc1Error extends Error {}

const magic = 0x31435254
const constructors = {
  u64: BigUint64Array,
  i32: Int32Array,
  f64: Float64Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const
const types = { id: 'u64', parent: 'i32', start: 'f64', dur: 'f64', svc: 'u32', name: 'u32', kind: 'u8', flags: 'u8' } as const
type Column = keyof typeof types

interface WireHeader extends TraceHeader {
  cols: { n: string; t: string; o: number; l: number }[]
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Trc1Error(`TRC1: ${what}`)
}

function readHeader(buffer: ArrayBuffer): { header: WireHeader; body: number } {
  check(buffer.byteLength >= 12, 'shorter than its fixed header')
  const view = new DataView(buffer)
  check(view.getUint32(0, true) === magic, 'wrong magic')
  const length = view.getUint32(4, true)
  const body = view.getUint32(8, true)
  check(12 + length <= body && body <= buffer.byteLength && body % 8 === 0, 'header lengths do not fit')
  let header: WireHeader
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 12, length))) as WireHeader
  } catch {
    throw new Trc1Error('TRC1: header is not JSON')
  }
  check(Number.isInteger(header.n) && header.n >= 0 && Array.isArray(header.cols), 'header lacks n or cols')
  check(Array.isArray(header.services) && Array.isArray(header.names), 'header lacks services or names')
  check(/^\d+$/.test(header.start_ns) && /^-?\d+$/.test(header.duration_ns), 'header times are not integers')
  return { header, body }
}

function readColumn<N extends Column>(
  buffer: ArrayBuffer, header: WireHeader, body: number, name: N,
): InstanceType<(typeof constructors)[(typeof types)[N]]> {
  const column = header.cols.find((c) => c.n === name)
  check(column !== undefined && column.t === types[name], `column ${name} is missing or of another type`)
  const make = constructors[types[name]]
  const { o, l } = column
  check(Number.isInteger(o) && o >= 0 && o % 8 === 0 && body + o + l <= buffer.byteLength, `column ${name} is out of bounds`)
  check(l === header.n * make.BYTES_PER_ELEMENT, `column ${name} has not ${header.n} rows`)
  return new make(buffer, body + o, header.n) as InstanceType<(typeof constructors)[(typeof types)[N]]>
}

/** Rows must be in pre-order: the parent of row i is row i-1 or one of its ancestors. */
function checkOrder(parent: Int32Array): void {
  for (let row = 0; row < parent.length; row++) {
    const wanted = parent[row]!
    let ancestor = row - 1
    while (ancestor !== wanted && ancestor >= 0) ancestor = parent[ancestor]!
    check(ancestor === wanted || wanted === -1, `row ${row} is not in pre-order`)
  }
}

export function decodeTrc1(buffer: ArrayBuffer): TraceData {
  const { header, body } = readHeader(buffer)
  const columns: Columns = {
    id: readColumn(buffer, header, body, 'id'),
    parent: readColumn(buffer, header, body, 'parent'),
    start: readColumn(buffer, header, body, 'start'),
    dur: readColumn(buffer, header, body, 'dur'),
    svc: readColumn(buffer, header, body, 'svc'),
    name: readColumn(buffer, header, body, 'name'),
    kind: readColumn(buffer, header, body, 'kind'),
    flags: readColumn(buffer, header, body, 'flags'),
  }
  checkOrder(columns.parent)
  for (let row = 0; row < header.n; row++) {
    check(columns.svc[row]! < header.services.length, `row ${row} names no service`)
    check(columns.name[row]! < header.names.length, `row ${row} names no operation`)
    check(Number.isFinite(columns.start[row]!) && Number.isFinite(columns.dur[row]!), `row ${row} has no time`)
  }
  return { header, columns }
}
