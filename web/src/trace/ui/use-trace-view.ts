// What is visible of a trace: zoom, folding, filter, the row the cursor is on. All of it is in the address.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { sortedToggles, traceFromUrl, traceToUrl } from '../../state/trace-url'
import { clampZoom } from '../canvas/viewport'
import type { Zoom } from '../canvas/viewport'
import { allExpanded, reveal } from '../model/collapse'
import type { Collapse } from '../model/collapse'
import { rowOfSpan, spanIdOf } from '../model/tree'
import type { Trace } from '../model/tree'

export interface View {
  /** Row that keys act on, -1 for none. */
  readonly cursor: number
  /** The details of that row are open. */
  readonly details: boolean
  readonly zoom: Zoom | null
  readonly collapse: Collapse
  readonly filter: string
  readonly mode: 'dim' | 'hide'
}

function viewOf(trace: Trace, query: string): View {
  const url = traceFromUrl(query)
  const cursor = url.span === '' ? -1 : rowOfSpan(trace, url.span)
  const toggled = url.version === trace.header.version ? url.toggled.filter((row) => row < trace.n) : []
  const known = url.level === null && toggled.length === 0
  const collapse = known ? allExpanded : { level: url.level, toggled: new Set(toggled) }
  return {
    cursor, details: cursor >= 0, filter: url.filter, mode: url.mode, collapse: cursor >= 0 ? reveal(trace, collapse, cursor) : collapse,
    zoom: url.zoom ? clampZoom(trace.span, ...url.zoom) : null,
  }
}

function queryOf(trace: Trace, view: View): string {
  return traceToUrl({
    span: view.details && view.cursor >= 0 ? spanIdOf(trace, view.cursor) : '', zoom: view.zoom, level: view.collapse.level,
    toggled: sortedToggles(view.collapse), version: trace.header.version, filter: view.filter, mode: view.mode,
  })
}

export type ChangeView = (change: Partial<View> | ((view: View) => Partial<View>)) => void

const settleMs = 120

export function useTraceView(trace: Trace): [View, ChangeView] {
  const query = useSearch()
  const [path, navigate] = useLocation()
  const [view, setView] = useState(() => viewOf(trace, query))
  const written = useRef(query)
  const change: ChangeView = useCallback((next) => {
    setView((before) => ({ ...before, ...(typeof next === 'function' ? next(before) : next) }))
  }, [])

  useEffect(() => {
    // Somebody else changed the address: a link into this trace, or back and forward.
    if (query === written.current) return
    written.current = query
    setView(viewOf(trace, query))
  }, [query, trace])

  const wanted = useMemo(() => queryOf(trace, view), [trace, view])
  useEffect(() => {
    const timer = setTimeout(() => {
      if (new URLSearchParams(written.current).toString() === wanted) return
      written.current = wanted
      navigate(wanted ? `${path}?${wanted}` : path, { replace: true })
    }, settleMs)
    return () => clearTimeout(timer)
  }, [wanted, path, navigate])
  return [view, change]
}
