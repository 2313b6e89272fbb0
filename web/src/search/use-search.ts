// One search: its stream of rows, what the server says about it, and the older rows that are asked for after it.
import { useCallback, useLayoutEffect, useReducer, useRef } from 'react'
import { ApiError, api } from '../api/client'
import type { Meta, SearchLine, SearchRequest, TraceLine } from '../api/types'
import type { Search } from './kept-searches'

export interface SearchState {
  /** The search that this is the answer to; null before there is one. */
  readonly of: Search | null
  readonly status: 'running' | 'done' | 'failed'
  readonly rows: readonly TraceLine[]
  /** `rows` are those of the search before, until the first answer to this one. */
  readonly stale: boolean
  readonly progress: { readonly traces: number; readonly spans: number }
  readonly scanned: { readonly spans: number; readonly bytes: number; readonly ms: number }
  readonly complete: boolean
  readonly warnings: readonly string[]
  readonly cursor: string | null
  readonly error: unknown
}

const nothing: SearchState = {
  of: null, status: 'running', rows: [], stale: false, progress: { traces: 0, spans: 0 }, scanned: { spans: 0, bytes: 0, ms: 0 },
  complete: true, warnings: [], cursor: null, error: null,
}

type Action =
  | { type: 'start'; search: Search }
  | { type: 'restore'; answer: SearchState }
  | { type: 'more' }
  | { type: 'lines'; lines: SearchLine[] }
  | { type: 'failed'; error: unknown }

function addMeta(state: SearchState, meta: Meta): SearchState {
  const { scanned } = state
  return {
    ...state,
    complete: state.complete && meta.complete,
    warnings: [...new Set([...state.warnings, ...meta.warnings])],
    scanned: { spans: scanned.spans + meta.scanned_spans, bytes: scanned.bytes + meta.scanned_bytes, ms: scanned.ms + meta.took_ms },
  }
}

function addLines(state: SearchState, lines: SearchLine[]): SearchState {
  const added = lines.filter((line) => line.t === 'trace')
  let next = state
  const before = state.stale ? [] : state.rows
  if (added.length > 0) next = { ...next, stale: false, rows: [...before, ...added] }
  for (const line of lines) {
    if (line.t === 'progress') next = { ...next, progress: { traces: line.traces, spans: line.scanned_spans } }
    if (line.t === 'done') {
      next = { ...addMeta(next, line.meta), status: 'done', cursor: line.cursor, rows: next.stale ? [] : next.rows, stale: false }
    }
    if (line.t === 'error') next = { ...next, status: 'failed', error: new ApiError(line.problem) }
  }
  return next
}

export function reduceSearch(state: SearchState, action: Action): SearchState {
  switch (action.type) {
    case 'restore': return action.answer
    case 'start': return { ...nothing, of: action.search, rows: state.rows, stale: state.rows.length > 0 }
    case 'more': return { ...state, status: 'running', error: null, progress: { traces: 0, spans: 0 } }
    case 'lines': return addLines(state, action.lines)
    case 'failed': return { ...state, status: 'failed', error: action.error, rows: state.stale ? [] : state.rows, stale: false }
  }
}

/** Runs `search`, or shows the answer that it has already; null waits. */
export function useSearchRun(search: Search | null): { state: SearchState; loadMore: () => void } {
  const [state, dispatch] = useReducer(reduceSearch, search?.answer ?? nothing)
  const running = useRef<AbortController | null>(null)

  const run = useCallback((body: SearchRequest) => {
    running.current?.abort()
    const abort = new AbortController()
    running.current = abort
    api.search(body, abort.signal, (lines) => {
      if (!abort.signal.aborted) dispatch({ type: 'lines', lines })
    }).catch((error: unknown) => {
      if (!abort.signal.aborted) dispatch({ type: 'failed', error })
    })
  }, [])

  useLayoutEffect(() => {
    if (search === null) return
    if (search.answer === null) {
      dispatch({ type: 'start', search })
      run(search.request)
    } else {
      dispatch({ type: 'restore', answer: search.answer })
    }
    return () => running.current?.abort()
  }, [search, run])

  const { cursor } = state
  const loadMore = useCallback(() => {
    if (search === null || cursor === null) return
    dispatch({ type: 'more' })
    run({ ...search.request, cursor })
  }, [search, cursor, run])
  return { state, loadMore }
}
