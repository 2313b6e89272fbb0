// The traces that were found, as a list that only has the rows on the screen.
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ReactElement } from 'react'
import { flushSync } from 'react-dom'
import { Link } from 'wouter'
import type { TraceLine } from '../api/types'
import { useShortcuts } from '../app/shortcuts'
import { formatClock, formatDate, formatDuration, formatFull } from '../i18n/format'
import { useT } from '../i18n/t'
import { usePrefs } from '../state/prefs'
import { colourOf } from '../theme/palettes'
import { useTheme } from '../theme/theme'
import type { Search } from './kept-searches'

const rowHeight = 58
const shownServices = 7

interface Props {
  rows: readonly TraceLine[]
  stale: boolean
  loading: boolean
  /** The search has conditions, so that the span that meets them says something. */
  filtered: boolean
  place: Search['place']
}

export function ResultList({ rows, stale, loading, filtered, place }: Props): ReactElement {
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const [selected, setSelected] = useState(place.row)
  const virtual = useVirtualizer({
    count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 8,
    initialOffset: place.top,
    // The selected row stays in the document wherever the list is scrolled to, or the focus would be lost with it.
    rangeExtractor: (range) => {
      const near = defaultRangeExtractor(range)
      return selected < 0 || selected >= rows.length || near.includes(selected) ? near : [...near, selected].sort((a, b) => a - b)
    },
  })
  const longest = useMemo(() => rows.reduce((max, row) => Math.max(max, Number(row.duration_ns)), 1), [rows])

  const select = (row: number): void => {
    place.row = row
    setSelected(row)
  }
  const linkOf = (row: number) => scroller.current?.querySelector<HTMLElement>(`[data-index="${row}"] a`)
  const returning = useRef(place.row >= 0)
  useLayoutEffect(() => {
    // The row is there once the list knows how high it is.
    const link = returning.current ? linkOf(selected) : null
    if (!link) return
    returning.current = false
    link.focus({ preventScroll: place.top > 0 })
  })

  const step = (by: number): void => {
    const next = selected + by
    if (next < 0 || next >= rows.length) return
    // At once, not with the next frame: the next key may be Enter and come before it.
    flushSync(() => select(next))
    virtual.scrollToIndex(next)
    linkOf(next)?.focus({ preventScroll: true })
  }
  const latestStep = useRef(step)
  latestStep.current = step
  useShortcuts(useMemo(() => ({ j: () => latestStep.current(1), k: () => latestStep.current(-1) }), []))

  return (
    <div ref={scroller} className={`result-list ${stale ? 'stale' : ''}`} role="list" aria-label={t('results.list')} tabIndex={-1}
      onScroll={(event) => {
        place.top = event.currentTarget.scrollTop
      }}>
      {loading && <Skeleton />}
      <div className="result-space" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} role="listitem" data-index={item.index}
            className={`result-place ${item.index === selected ? 'selected' : ''}`} aria-setsize={rows.length}
            aria-posinset={item.index + 1} onFocus={() => select(item.index)}
            style={{ transform: `translateY(${item.start}px)`, height: rowHeight }}>
            <Result line={rows[item.index]!} longest={longest} filtered={filtered} />
          </div>
        ))}
      </div>
    </div>
  )
}

function Result({ line, longest, filtered }: { line: TraceLine; longest: number; filtered: boolean }): ReactElement {
  const t = useT()
  const zone = usePrefs((prefs) => prefs.zone)
  const theme = useTheme()
  const duration = Number(line.duration_ns)
  const start = BigInt(line.start_ns)
  const head = line.root ?? line.match
  const elsewhere = filtered && line.root && line.match.span_id !== line.root.span_id && line.match.operation !== line.root.operation
  return (
    <Link href={`/trace/${line.trace_id}`} className="result">
      <span className="result-name">
        <span className="dot" style={{ background: colourOf(head.service, theme) }} />
        <strong>{head.service}</strong>
        <span className="operation">{head.operation}</span>
        {!line.root && <em>{t('results.noRoot')}</em>}
        {elsewhere && <em>{t('results.matched', { operation: `${line.match.service} ${line.match.operation}` })}</em>}
      </span>
      <span className="result-duration">{formatDuration(duration)}</span>
      <span className="result-services">
        {line.services.slice(0, shownServices).map((service) => (
          <span key={service.name} className="service-tick" title={t('results.spans', { count: service.spans })}>
            <i style={{ background: colourOf(service.name, theme) }} />
            {service.name} <b>{service.spans}</b>
          </span>
        ))}
        {line.services.length > shownServices && (
          <span className="service-tick">{t('results.moreServices', { count: line.services.length - shownServices })}</span>
        )}
      </span>
      <span className="result-bar" aria-hidden="true">
        <i className={line.errors > 0 ? 'bad' : ''} style={{ width: `${Math.max(0.5, (duration / longest) * 100)}%` }} />
      </span>
      <span className="result-spans">{t('results.spans', { count: line.spans })}</span>
      <span className="result-errors">{line.errors > 0 && <>✕ {t('results.errors', { count: line.errors })}</>}</span>
      <time className="result-clock" title={formatFull(start, zone)}>{formatClock(start, zone)}</time>
      <span className="result-date">{formatDate(start, zone)}</span>
    </Link>
  )
}

function Skeleton(): ReactElement {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: 10 }, (_, i) => <div key={i}><i /><i /></div>)}
    </div>
  )
}
