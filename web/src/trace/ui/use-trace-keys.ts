// Keys of the trace page.
import { useMemo, useRef } from 'react'
import type { RefObject } from 'react'
import { useShortcuts } from '../../app/shortcuts'
import { clampZoom, pan, zoomAround } from '../canvas/viewport'
import { allExpanded, collapseAll, collapseOneLevel, expandOneLevel, isCollapsed, positionOf, toggle } from '../model/collapse'
import type { Trace } from '../model/tree'
import type { ChangeView, View } from './use-trace-view'

interface Parts {
  trace: Trace
  view: View
  visible: Uint32Array
  find: RefObject<HTMLInputElement | null>
  onChange: ChangeView
  onMatch: (step: 1 | -1) => void
  onError: (step: 1 | -1) => void
}

const zoomStep = 0.7

export function useTraceKeys(parts: Parts): void {
  const latest = useRef(parts)
  latest.current = parts
  useShortcuts(useMemo(() => {
    const change: ChangeView = (next) => latest.current.onChange(next)
    const move = (step: number): void => {
      const { visible, view } = latest.current
      const at = view.cursor < 0 ? (step > 0 ? -1 : 0) : positionOf(visible, view.cursor)
      const next = visible[Math.max(0, Math.min(visible.length - 1, at + step))]
      if (next !== undefined) change({ cursor: next })
    }
    const zoom = (factor: number): void => change(({ zoom: now, cursor }) => {
      const { trace } = latest.current
      const [from, to] = now ?? [0, trace.span]
      const middle = cursor < 0 ? -1 : trace.columns.start[cursor]! + trace.columns.dur[cursor]! / 2
      return { zoom: zoomAround(trace.span, now, middle > from && middle < to ? middle : (from + to) / 2, factor) }
    })
    const shift = (share: number): void => change((view) => ({ zoom: pan(latest.current.trace.span, view.zoom, share) }))
    const left = (): void => change((view) => {
      const { trace } = latest.current
      const { cursor, collapse } = view
      if (cursor < 0) return {}
      if (trace.children[cursor]! > 0 && !isCollapsed(trace, collapse, cursor)) return { collapse: toggle(collapse, cursor) }
      return trace.columns.parent[cursor]! >= 0 ? { cursor: trace.columns.parent[cursor]! } : {}
    })
    const right = (): void => change((view) => {
      const { trace } = latest.current
      const { cursor, collapse } = view
      if (cursor < 0 || trace.children[cursor] === 0) return {}
      return isCollapsed(trace, collapse, cursor) ? { collapse: toggle(collapse, cursor) } : { cursor: cursor + 1 }
    })
    const fitSpan = (): void => change(({ cursor }) => {
      const { trace } = latest.current
      if (cursor < 0) return {}
      const start = trace.columns.start[cursor]!
      const dur = Math.max(1, trace.columns.dur[cursor]!)
      return { zoom: clampZoom(trace.span, start - dur * 0.05, start + dur * 1.05) }
    })
    const down = (): void => move(1)
    const up = (): void => move(-1)
    return {
      j: down, ArrowDown: down, k: up, ArrowUp: up, PageDown: () => move(20), PageUp: () => move(-20),
      Home: () => move(-Infinity), End: () => move(Infinity),
      ArrowLeft: left, ArrowRight: right,
      Enter: () => change(({ cursor }) => (cursor >= 0 ? { details: true } : {})),
      Escape: () => change(({ details }) => (details ? { details: false } : { filter: '' })),
      o: () => change(({ collapse }) => ({ collapse: collapseOneLevel(latest.current.trace, collapse) })),
      O: () => change(({ collapse }) => ({ collapse: expandOneLevel(latest.current.trace, collapse) })),
      '{': () => change({ collapse: collapseAll }), '}': () => change({ collapse: allExpanded }),
      w: () => zoom(zoomStep), s: () => zoom(1 / zoomStep), a: () => shift(-0.25), d: () => shift(0.25),
      0: () => change({ zoom: null }), z: fitSpan,
      '/': () => latest.current.find.current?.focus(),
      n: () => latest.current.onMatch(1), N: () => latest.current.onMatch(-1),
      e: () => latest.current.onError(1), E: () => latest.current.onError(-1),
      h: () => change(({ mode }) => ({ mode: mode === 'dim' ? 'hide' : 'dim' })),
      y: () => void navigator.clipboard?.writeText(location.href).catch(() => undefined),
    }
  }, []))
}
