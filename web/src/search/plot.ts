// Where the traces are in the scatter plot, and which of them is under the pointer.
import type { TraceLine } from '../api/types'

export const height = 148
export const margin = { top: 14, right: 20, bottom: 32, left: 66 }
const reach = 14

export interface Plot {
  readonly x: Float64Array
  readonly y: Float64Array
  readonly radius: Float64Array
  readonly t0: number
  readonly t1: number
  readonly low: number
  readonly high: number
}

/** Places the traces: time in ms to the right, log10 of the duration upwards. */
export function layout(rows: readonly TraceLine[], width: number): Plot {
  const x = new Float64Array(rows.length)
  const y = new Float64Array(rows.length)
  const radius = new Float64Array(rows.length)
  let t0 = Infinity
  let t1 = -Infinity
  let low = Infinity
  let high = -Infinity
  rows.forEach((row, i) => {
    x[i] = Number(BigInt(row.start_ns) / 1000n) / 1000
    y[i] = Math.log10(Math.max(1, Number(row.duration_ns)))
    radius[i] = Math.min(8, 2.5 + Math.log10(row.spans + 1))
    t0 = Math.min(t0, x[i]!)
    t1 = Math.max(t1, x[i]!)
    low = Math.min(low, y[i]!)
    high = Math.max(high, y[i]!)
  })
  if (t1 - t0 < 1) [t0, t1] = [t0 - 500, t1 + 500]
  if (high - low < 0.6) [low, high] = [low - 0.3, high + 0.3]
  const inner = { w: Math.max(1, width - margin.left - margin.right), h: height - margin.top - margin.bottom }
  for (let i = 0; i < rows.length; i++) {
    x[i] = margin.left + ((x[i]! - t0) / (t1 - t0)) * inner.w
    y[i] = margin.top + (1 - (y[i]! - low) / (high - low)) * inner.h
  }
  return { x, y, radius, t0, t1, low, high }
}

export function nearest(plot: Plot, x: number, y: number): number {
  let best = -1
  let bestDistance = reach * reach
  for (let i = 0; i < plot.x.length; i++) {
    const distance = (plot.x[i]! - x) ** 2 + (plot.y[i]! - y) ** 2
    if (distance < bestDistance) [best, bestDistance] = [i, distance]
  }
  return best
}
