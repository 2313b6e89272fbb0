import './trace.css'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import type { ReactElement } from 'react'
import { ApiError, api } from '../../api/client'
import { useT } from '../../i18n/t'
import { ProblemStrip } from '../../kit/problem'
import { assignSlots } from '../../theme/palettes'
import { reveal, rowsToKeep, visibleRows } from '../model/collapse'
import { deriveTrace, isError, operationOf, serviceOf } from '../model/tree'
import type { Trace } from '../model/tree'
import { DetailPanel } from './detail-panel'
import { TraceHeaderView, TraceWarnings, rootOf } from './header'
import { Minimap } from './minimap'
import { Timeline } from './timeline'
import { Toolbar } from './toolbar'
import { stepTo, useFind } from './use-find'
import { useTraceKeys } from './use-trace-keys'
import { useTraceView } from './use-trace-view'

export function TracePage({ id }: { id: string }): ReactElement {
  const t = useT()
  const answer = useQuery({
    queryKey: ['trace', id],
    queryFn: async ({ signal }) => deriveTrace(await api.trace(id, signal)),
    staleTime: Infinity,
    // A trace is many megabytes of arrays: never compared field by field.
    structuralSharing: false,
  })
  if (answer.isPending) return <p className="page-message" role="status">{t('trace.loading')}</p>
  if (answer.data === undefined) {
    const missing = answer.error instanceof ApiError && answer.error.problem.status === 404
    return (
      <div className="page-message">
        {missing && <><h1>{t('trace.notFound')}</h1><p>{t('trace.notFoundText', { id })}</p></>}
        <ProblemStrip error={answer.error} onRetry={() => void answer.refetch()} />
      </div>
    )
  }
  if (answer.data.n === 0) return <p className="page-message">{t('trace.empty')}</p>
  return (
    <>
      {answer.error !== null && <ProblemStrip error={answer.error} onRetry={() => void answer.refetch()} />}
      <TraceView key={answer.data.header.version} id={id} trace={answer.data} onReload={() => void answer.refetch()} />
    </>
  )
}

function errorRows(trace: Trace): Uint32Array {
  const rows = new Uint32Array(trace.errors)
  let count = 0
  for (let row = 0; row < trace.n; row++) if (isError(trace, row)) rows[count++] = row
  return rows
}

function TraceView({ id, trace, onReload }: { id: string; trace: Trace; onReload: () => void }): ReactElement {
  const [view, change] = useTraceView(trace)
  const found = useFind(trace, id, view.filter)
  const slots = useMemo(() => assignSlots(trace.header.services), [trace])
  const matched = useMemo(() => {
    if (found.rows === null) return null
    const marks = new Uint8Array(trace.n)
    for (const row of found.rows) marks[row] = 1
    return marks
  }, [trace, found.rows])
  const keep = useMemo(
    () => (view.mode === 'hide' && found.rows !== null && found.rows.length > 0 ? rowsToKeep(trace, found.rows) : null),
    [trace, view.mode, found.rows],
  )
  const visible = useMemo(() => visibleRows(trace, view.collapse, keep), [trace, view.collapse, keep])
  const grid = useRef<HTMLDivElement>(null)
  const find = useRef<HTMLInputElement>(null)
  const follow = useRef<(() => void) | null>(null)

  useEffect(() => {
    const root = rootOf(trace)
    document.title = `${root >= 0 ? `${serviceOf(trace, root)} ${operationOf(trace, root)}` : id} – Filo`
  }, [trace, id])

  const goTo = useCallback((row: number): void => {
    if (row >= 0) change((before) => ({ cursor: row, collapse: reveal(trace, before.collapse, row) }))
  }, [trace, change])
  const errors = useMemo(() => errorRows(trace), [trace])
  const onMatch = (step: 1 | -1): void => goTo(stepTo(found.rows ?? [], view.cursor, step))
  const onError = (step: 1 | -1): void => goTo(stepTo(errors, view.cursor, step))
  useTraceKeys({ trace, view, visible, find, onChange: change, onMatch, onError })

  return (
    <div className={`trace-page ${view.details ? 'with-details' : ''}`}>
      <div className="trace-top">
        <TraceHeaderView trace={trace} id={id} />
        <TraceWarnings trace={trace} />
        <Minimap trace={trace} slots={slots} zoom={view.zoom} onChange={change} onZoomed={() => follow.current?.()} />
        <Toolbar trace={trace} view={view} found={found} input={find} onChange={change} onStep={onMatch} />
        {found.error !== null && <ProblemStrip error={found.error} />}
      </div>
      <Timeline {...{ trace, view, visible, matched, slots, grid, follow }} onChange={change} />
      {view.details && view.cursor >= 0 && (
        <DetailPanel trace={trace} id={id} row={view.cursor} onRow={goTo} onReload={onReload} onClose={() => {
          change({ details: false })
          grid.current?.focus({ preventScroll: true })
        }} />
      )}
    </div>
  )
}
