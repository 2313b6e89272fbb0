import { describe, expect, it } from 'vitest'
import type { TraceData } from '../../src/api/trc1'
import {
  allExpanded, collapseAll, collapseOneLevel, expandOneLevel, firstStarting, isCollapsed, positionOf, reveal, rowsToKeep, toggle,
  visibleRows,
} from '../../src/trace/model/collapse'
import { deriveTrace, rowOfSpan } from '../../src/trace/model/tree'
import type { Trace } from '../../src/trace/model/tree'
import { findText, stepTo } from '../../src/trace/ui/use-find'
import { randomFrom } from '../mock-data.mjs'

function traceOf(parents: ArrayLike<number>, errors: number[] = []): Trace {
  const n = parents.length
  const flags = new Uint8Array(n)
  for (const row of errors) flags[row] = 1
  const data: TraceData = {
    header: {
      trace_id: '1', version: 'v1', start_ns: '1000', duration_ns: '100', n, services: ['cart', 'pay'], names: ['get', 'charge'],
      complete: true, warnings: [],
    },
    columns: {
      id: BigUint64Array.from({ length: n }, (_, i) => BigInt(i + 1)), parent: Int32Array.from(parents),
      start: Float64Array.from({ length: n }, (_, i) => i), dur: new Float64Array(n).fill(5),
      svc: Uint32Array.from({ length: n }, (_, i) => i % 2), name: new Uint32Array(n), kind: new Uint8Array(n), flags,
    },
  }
  return deriveTrace(data)
}

//  0 ── 1 ── 2
//    └─ 3 ── 4
//         └─ 5
//  6
const small = traceOf([-1, 0, 1, 0, 3, 3, -1], [2, 4])

describe('tree', () => {
  it('derives depth, size, children and errors below', () => {
    expect([...small.depth]).toEqual([0, 1, 2, 1, 2, 2, 0])
    expect([...small.size]).toEqual([6, 2, 1, 3, 1, 1, 1])
    expect([...small.children]).toEqual([2, 1, 0, 2, 0, 0, 0])
    expect([...small.errorsBelow]).toEqual([2, 1, 0, 1, 0, 0, 0])
    expect(small.errors).toBe(2)
    expect(small.maxDepth).toBe(2)
  })

  it('agrees with a brute-force walk on random trees', () => {
    const random = randomFrom(3)
    for (let round = 0; round < 50; round++) {
      const parents: number[] = []
      const path: number[] = []
      for (let row = 0; row < 60; row++) {
        path.length = Math.floor(random() * (path.length + 1))
        parents.push(path.at(-1) ?? -1)
        path.push(row)
      }
      const trace = traceOf(parents)
      const below = (row: number, top: number): boolean => {
        for (let up = row; up >= 0; up = parents[up]!) if (up === top) return true
        return false
      }
      for (let row = 0; row < 60; row++) {
        expect(trace.size[row]).toBe(parents.filter((_, other) => below(other, row)).length)
      }
      const closed = Math.floor(random() * 60)
      const expected = parents.map((_, row) => row).filter((row) => row === closed || !below(row, closed))
      expect([...visibleRows(trace, toggle(allExpanded, closed), null)]).toEqual(expected)
    }
  })

  it('folds by row and by level', () => {
    expect([...visibleRows(small, allExpanded, null)]).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect([...visibleRows(small, toggle(allExpanded, 3), null)]).toEqual([0, 1, 2, 3, 6])
    expect([...visibleRows(small, collapseAll, null)]).toEqual([0, 6])
    expect([...visibleRows(small, toggle(collapseAll, 0), null)]).toEqual([0, 1, 3, 6])
    const once = collapseOneLevel(small, allExpanded)
    expect([...visibleRows(small, once, null)]).toEqual([0, 1, 3, 6])
    expect(expandOneLevel(small, once)).toEqual(allExpanded)
    expect(isCollapsed(small, collapseAll, 2)).toBe(false)
  })

  it('reveals a hidden row and nothing else', () => {
    expect([...visibleRows(small, reveal(small, collapseAll, 4), null)]).toEqual([0, 1, 3, 4, 5, 6])
    expect(reveal(small, allExpanded, 4)).toBe(allExpanded)
  })

  it('keeps matches with their ancestors', () => {
    const keep = rowsToKeep(small, Uint32Array.of(4))
    expect([...visibleRows(small, allExpanded, keep)]).toEqual([0, 3, 4])
  })

  it('finds positions, spans, text and the next match', () => {
    const visible = Uint32Array.of(0, 3, 6)
    expect([0, 3, 4, 6].map((row) => positionOf(visible, row))).toEqual([0, 1, 2, 2])
    expect(rowOfSpan(small, '0000000000000003')).toBe(2)
    expect(rowOfSpan(small, 'nope')).toBe(-1)
    expect([...findText(small, 'PAY')]).toEqual([1, 3, 5])
    expect([...findText(small, '0000000000000007')]).toEqual([6])
    expect(firstStarting(small, visible, 2, 9)).toBe(3)
    const matches = [1, 3, 5]
    expect([stepTo(matches, -1, 1), stepTo(matches, 3, 1), stepTo(matches, 5, 1)]).toEqual([1, 5, 1])
    expect([stepTo(matches, 3, -1), stepTo(matches, 1, -1), stepTo([], 0, 1)]).toEqual([1, 5, -1])
  })

  it('takes a chain of a million spans', () => {
    const n = 1_000_000
    const parents = new Int32Array(n)
    for (let row = 0; row < n; row++) parents[row] = row - 1
    const trace = traceOf(parents)
    expect(trace.size[0]).toBe(n)
    expect(trace.maxDepth).toBe(n - 1)
    expect(visibleRows(trace, allExpanded, null).length).toBe(n)
    expect(visibleRows(trace, reveal(trace, collapseAll, n - 1), null).length).toBe(n)
    expect(rowsToKeep(trace, Uint32Array.of(n - 1)).every((kept) => kept === 1)).toBe(true)
  })
})
