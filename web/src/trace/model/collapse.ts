// Which rows are folded away: every row with children from some level down, and exceptions to that. Small however large
// the trace is, so that it fits in the URL.
import type { Trace } from './tree'

export interface Collapse {
  /** Rows at this depth or deeper are collapsed; `null` for none. */
  readonly level: number | null
  /** Rows for which the opposite holds. */
  readonly toggled: ReadonlySet<number>
}

export const allExpanded: Collapse = { level: null, toggled: new Set() }

export function isCollapsed(trace: Trace, collapse: Collapse, row: number): boolean {
  if (trace.children[row] === 0) return false
  const byLevel = collapse.level !== null && trace.depth[row]! >= collapse.level
  return byLevel !== collapse.toggled.has(row)
}

export function toggle(collapse: Collapse, row: number): Collapse {
  const toggled = new Set(collapse.toggled)
  if (!toggled.delete(row)) toggled.add(row)
  return { level: collapse.level, toggled }
}

/** Expands what hides `row`. */
export function reveal(trace: Trace, collapse: Collapse, row: number): Collapse {
  let result = collapse
  for (let up = trace.columns.parent[row]!; up >= 0; up = trace.columns.parent[up]!) {
    if (isCollapsed(trace, result, up)) {
      if (result === collapse) result = { level: collapse.level, toggled: new Set(collapse.toggled) }
      const toggled = result.toggled as Set<number>
      if (!toggled.delete(up)) toggled.add(up)
    }
  }
  return result
}

export function collapseOneLevel(trace: Trace, collapse: Collapse): Collapse {
  const level = collapse.level ?? trace.maxDepth
  return { level: Math.max(0, level - 1), toggled: new Set() }
}

export function expandOneLevel(trace: Trace, collapse: Collapse): Collapse {
  if (collapse.level === null) return allExpanded
  const level = collapse.level + 1
  return { level: level >= trace.maxDepth ? null : level, toggled: new Set() }
}

export const collapseAll: Collapse = { level: 0, toggled: new Set() }

/** Rows that meet the filter and their ancestors: the rows that stay when the others are hidden. */
export function rowsToKeep(trace: Trace, matches: Uint32Array): Uint8Array {
  const keep = new Uint8Array(trace.n)
  for (const match of matches) {
    for (let row = match; row >= 0 && keep[row] === 0; row = trace.columns.parent[row]!) keep[row] = 1
  }
  return keep
}

/** Rows on the screen from top to bottom. A row that is not kept has nothing kept below it, so its subtree is skipped. */
export function visibleRows(trace: Trace, collapse: Collapse, keep: Uint8Array | null): Uint32Array {
  const rows = new Uint32Array(trace.n)
  let count = 0
  for (let row = 0; row < trace.n;) {
    if (keep !== null && keep[row] === 0) {
      row += trace.size[row]!
      continue
    }
    rows[count++] = row
    row += isCollapsed(trace, collapse, row) ? trace.size[row]! : 1
  }
  return rows.subarray(0, count)
}

/** The first of the rows that begins within a range of time, or -1. */
export function firstStarting(trace: Trace, visible: Uint32Array, from: number, to: number): number {
  const { start } = trace.columns
  for (const row of visible) if (start[row]! >= from && start[row]! < to) return row
  return -1
}

/** Where `row` stands in `visible` (ascending), or where it would. */
export function positionOf(visible: Uint32Array, row: number): number {
  let low = 0
  let high = visible.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (visible[middle]! < row) low = middle + 1
    else high = middle
  }
  return low
}
