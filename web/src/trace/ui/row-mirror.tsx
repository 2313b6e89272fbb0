// The rows on the screen as a tree grid: what a screen reader reads and what has the keyboard focus. Rebuilt when scrolling
// has settled.
import { memo } from 'react'
import type { ReactElement, RefObject } from 'react'
import { kinds } from '../../api/types'
import { formatDuration, formatPercent } from '../../i18n/format'
import { useT } from '../../i18n/t'
import { firstRow, lastRow, rowHeight, rulerHeight } from '../canvas/viewport'
import type { Viewport } from '../canvas/viewport'
import { isCollapsed } from '../model/collapse'
import { isError, operationOf, serviceOf } from '../model/tree'
import type { Trace } from '../model/tree'
import type { View } from './use-trace-view'

interface Props {
  grid: RefObject<HTMLDivElement | null>
  trace: Trace
  view: View
  visible: Uint32Array
  top: number
  viewport: Viewport
}

export const RowMirror = memo(function RowMirror({ grid, trace, view, visible, top, viewport }: Props): ReactElement {
  const t = useT()
  const first = Math.max(0, Math.min(firstRow(top), visible.length - 1))
  const rows = visible.subarray(first, lastRow(viewport, top))
  const active = rows.includes(view.cursor) ? `row-${view.cursor}` : undefined
  return (
    <div ref={grid} className="row-mirror" role="treegrid" tabIndex={0} aria-label={t('trace.tree')} aria-rowcount={visible.length}
      aria-activedescendant={active}>
      {Array.from(rows, (row, i) => {
        const duration = trace.columns.dur[row]!
        const values = {
          service: serviceOf(trace, row), operation: operationOf(trace, row), duration: formatDuration(duration),
          share: formatPercent(duration / trace.span),
        }
        const kind = t('trace.rowKind', { kind: t(`kind.${kinds[trace.columns.kind[row]!] ?? 'unspecified'}`) })
        return (
          <div key={row} id={`row-${row}`} role="row" aria-rowindex={first + i + 1} aria-level={trace.depth[row]! + 1}
            aria-selected={view.details && row === view.cursor}
            aria-expanded={trace.children[row]! > 0 ? !isCollapsed(trace, view.collapse, row) : undefined}
            style={{ top: rulerHeight + (first + i) * rowHeight - top, height: rowHeight }}>
            <div role="gridcell">{t('trace.row', values)}{isError(trace, row) ? `, ${t('trace.rowError')}` : ''}, {kind}</div>
          </div>
        )
      })}
    </div>
  )
})
