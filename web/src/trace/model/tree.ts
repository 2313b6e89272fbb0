// What follows from the columns of a trace: depth, subtree size and errors below. One number per row, no object per span,
// no recursion: a chain of a million spans is a loop like any other.
import { flagError } from '../../api/trc1'
import type { Columns, TraceData } from '../../api/trc1'
import type { TraceHeader } from '../../api/types'

export interface Trace {
  readonly header: TraceHeader
  readonly columns: Columns
  readonly n: number
  readonly startNs: bigint
  /** Length of the time axis in ns, at least 1. */
  readonly span: number
  readonly depth: Uint32Array
  readonly maxDepth: number
  /** Rows of the subtree, the row itself included. */
  readonly size: Uint32Array
  readonly children: Uint32Array
  /** Errors in the subtree, the row itself excluded. */
  readonly errorsBelow: Uint32Array
  readonly errors: number
  readonly orphans: number
}

export function deriveTrace({ header, columns }: TraceData): Trace {
  const { n } = header
  const { parent, flags, start, dur } = columns
  const depth = new Uint32Array(n)
  const size = new Uint32Array(n).fill(1)
  const children = new Uint32Array(n)
  const errorsBelow = new Uint32Array(n)
  let maxDepth = 0
  let errors = 0
  let orphans = 0
  let end = Number(header.duration_ns)
  for (let row = 0; row < n; row++) {
    const up = parent[row]!
    if (up >= 0) {
      depth[row] = depth[up]! + 1
      children[up]!++
    }
    if (depth[row]! > maxDepth) maxDepth = depth[row]!
    errors += flags[row]! & flagError
    if (flags[row]! & 4) orphans++
    if (start[row]! + dur[row]! > end) end = start[row]! + dur[row]!
  }
  for (let row = n - 1; row >= 0; row--) {
    const up = parent[row]!
    if (up < 0) continue
    size[up]! += size[row]!
    errorsBelow[up]! += errorsBelow[row]! + (flags[row]! & flagError)
  }
  return {
    header, columns, n, startNs: BigInt(header.start_ns), span: Math.max(1, end), depth, maxDepth, size, children,
    errorsBelow, errors, orphans,
  }
}

export const serviceOf = (trace: Trace, row: number): string => trace.header.services[trace.columns.svc[row]!]!
export const operationOf = (trace: Trace, row: number): string => trace.header.names[trace.columns.name[row]!]!
export const isError = (trace: Trace, row: number): boolean => (trace.columns.flags[row]! & flagError) !== 0
export const spanIdOf = (trace: Trace, row: number): string =>
  trace.columns.id[row]!.toString(16).padStart(16, '0')

export function rowOfSpan(trace: Trace, spanId: string): number {
  if (!/^[0-9a-f]{1,16}$/.test(spanId)) return -1
  return trace.columns.id.indexOf(BigInt(`0x${spanId}`))
}
