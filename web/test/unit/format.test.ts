import { describe, expect, it } from 'vitest'
import {
  fill, formatBytes, formatClock, formatCount, formatDate, formatDuration, formatFull, formatPercent, fromLocalInput, toLocalInput, zoneLabel,
} from '../../src/i18n/format'
import { LineSplitter } from '../../src/api/ndjson'
import { clampZoom, centreOn, pan, scrollHeight, scrollToShow, scrollTopOf, tickStep, topOf, zoomAround } from '../../src/trace/canvas/viewport'
import { attributeText, groupAttributes } from '../../src/trace/ui/attributes'
import { newSearch } from '../../src/search/kept-searches'
import { reduceSearch } from '../../src/search/use-search'
import { layout, nearest } from '../../src/search/plot'
import type { TraceLine } from '../../src/api/types'

describe('formats', () => {
  it.each([
    [0, '0 ns'], [999, '999 ns'], [1000, '1 µs'], [318_000, '318 µs'], [1_240_000, '1.24 ms'], [99_950, '100 µs'], [999_960, '1 ms'],
    [999_960_000, '1 s'], [1.5e9, '1.5 s'], [59.99e9, '60 s'], [125e9, '2 m 05 s'], [3600e9, '1 h 00 m'], [90_000e9, '1 d 01 h'],
    [-5e6, '−5 ms'],
  ])('%d ns', (ns, text) => expect(formatDuration(ns)).toBe(text))

  it('shows times with their zone and to the nanosecond', () => {
    const ns = 1_767_225_600_123_456_789n
    expect(formatDate(ns, 'utc')).toBe('2026-01-01')
    expect(formatClock(ns, 'utc')).toBe('00:00:00.123')
    expect(formatFull(ns, 'utc')).toBe('2026-01-01 00:00:00.123456789 UTC')
    expect(zoneLabel(ns, 'local')).toMatch(/^UTC[+−]\d\d:\d\d$/)
    for (const zone of ['utc', 'local'] as const) {
      expect(fromLocalInput(toLocalInput(ns, zone), zone)).toBe(1_767_225_600_000_000_000n)
    }
    expect(fromLocalInput('', 'utc')).toBeNull()
  })

  it('shows sizes and shares', () => {
    expect([0, 1023, 1024, 1536, 5_000_000].map(formatBytes)).toEqual(['0 B', '1023 B', '1 KiB', '1.5 KiB', '4.8 MiB'])
    expect([0, 0.0005, 0.0234, 0.5, 1].map(formatPercent)).toEqual(['0 %', '<0.1 %', '2.3 %', '50 %', '100 %'])
  })

  it('shows nested attribute values without their type tags', () => {
    const value = [{ key: 'a', type: 'int', value: '1' }, { key: 'b', type: 'array', value: [{ type: 'string', value: 'x' }] }]
    expect(JSON.parse(attributeText({ type: 'map', value: value as never }))).toEqual({ a: '1', b: ['x'] })
    expect(attributeText({ type: 'bool', value: false as never })).toBe('false')
    expect(attributeText({ type: 'empty', value: null as never })).toBe('')
  })

  it('groups attributes only when there are many, and filters them', () => {
    const of = (keys: string[]) => keys.map((key) => ({ key, type: 'string' as const, value: `v-${key}` as never }))
    expect(groupAttributes(of(['b', 'a']), '').map((group) => group.name)).toEqual([''])
    const many = of(['http.a', 'http.b', 'db.c', 'plain', 'db.d', 'x.y', 'x.z'])
    expect(groupAttributes(many, '').map((group) => group.name)).toEqual(['db', 'http', '', 'x'])
    expect(groupAttributes(many, 'V-DB.C')[0]!.attributes.map((attribute) => attribute.key)).toEqual(['db.c'])
    expect(groupAttributes(many, 'nothing')).toEqual([])
  })
})

describe('lines', () => {
  it('come out whole however they are cut', () => {
    const stream = '{"a":1}\n{"b":"中"}\n\n{"c":3}'
    for (let cut = 0; cut <= stream.length; cut++) {
      const splitter = new LineSplitter()
      const lines = [...splitter.push(stream.slice(0, cut)), ...splitter.push(stream.slice(cut)), ...splitter.finish()]
      expect(lines).toEqual(['{"a":1}', '{"b":"中"}', '{"c":3}'])
    }
  })
})

describe('viewport', () => {
  it('reaches the first and the last of 3 million rows', () => {
    const view = { rows: 3_000_000, height: 700 }
    const end = scrollHeight(view) - view.height
    expect(scrollHeight(view)).toBeLessThan(33_000_000)
    expect(topOf(view, 0)).toBe(0)
    expect(topOf(view, end)).toBeCloseTo(view.rows * 24 - view.height, 3)
    expect(scrollTopOf(view, topOf(view, 1234))).toBeCloseTo(1234, 6)
    expect(scrollToShow(view, 0, 10)).toBeNull()
    expect(topOf(view, scrollToShow(view, 0, 2_999_999)!)).toBeCloseTo(view.rows * 24 - view.height, 1)
  })

  it('keeps zooms inside of the trace', () => {
    expect(clampZoom(1000, -100, 200)).toEqual([0, 300])
    expect(clampZoom(1000, 900, 1200)).toEqual([700, 1000])
    expect(clampZoom(1000, 0, 1000)).toBeNull()
    expect(zoomAround(1000, null, 500, 0.5)).toEqual([250, 750])
    expect(zoomAround(1000, [250, 750], 500, 2)).toBeNull()
    expect(pan(1000, [0, 100], -1)).toEqual([0, 100])
    expect(pan(1000, [0, 100], 0.5)).toEqual([50, 150])
    expect(centreOn(1000, [0, 100], 500, 10)).toEqual([455, 555])
    expect(centreOn(1000, [0, 100], 50, 10)).toEqual([0, 100])
    expect([1, 7, 30, 1e9].map((range) => tickStep(range, 5))).toEqual([1, 2, 10, 2e8])
  })
})

describe('counts', () => {
  it('have their thousands apart, and one has its own form in English', () => {
    expect([0, 999, 1000, 1234567, -1000].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567', '-1,000'])
    expect([1, 2, 1000].map((count) => fill('{count} trace|{count} traces', { count }, 'en'))).toEqual(['1 trace', '2 traces', '1,000 traces'])
    expect(fill('{count} a|{count} b', { count: 1 }, 'zh')).toBe('1 b')
  })
})

const line = (id: string, start: string, duration: string): TraceLine => ({
  t: 'trace', trace_id: id, start_ns: start, duration_ns: duration, spans: 3, errors: 0, services: [],
  match: { span_id: '1', service: 's', operation: 'o', kind: 'server', start_ns: start, duration_ns: duration, error: false },
})

describe('search', () => {
  const meta = { complete: true, took_ms: 5, warnings: [], scanned_spans: 10, scanned_bytes: 100 }
  const search = newSearch({ limit: 100 })
  const empty = reduceSearch({ rows: [] } as never, { type: 'start', search })

  it('keeps old rows until the first new ones, and adds older ones after them', () => {
    let state = reduceSearch(empty, { type: 'lines', lines: [line('a', '1', '1')] })
    state = reduceSearch(state, { type: 'lines', lines: [{ t: 'done', cursor: 'c', meta: { ...meta, complete: false, warnings: ['w'] } }] })
    expect(state).toMatchObject({ status: 'done', cursor: 'c', complete: false, warnings: ['w'] })
    const more = reduceSearch(reduceSearch(state, { type: 'more' }), { type: 'lines', lines: [line('b', '1', '1'), { t: 'done', cursor: null, meta }] })
    expect(more.rows.map((row) => row.trace_id)).toEqual(['a', 'b'])
    expect(more).toMatchObject({ complete: false, scanned: { spans: 20, bytes: 200, ms: 10 } })
    const again = reduceSearch(more, { type: 'start', search })
    expect(again).toMatchObject({ stale: true, status: 'running' })
    expect(reduceSearch(again, { type: 'lines', lines: [line('c', '1', '1')] }).rows.map((row) => row.trace_id)).toEqual(['c'])
    expect(reduceSearch(again, { type: 'lines', lines: [{ t: 'done', cursor: null, meta }] })).toMatchObject({ rows: [], stale: false })
    expect(reduceSearch(again, { type: 'failed', error: new Error('x') })).toMatchObject({ rows: [], status: 'failed' })
  })

  it('places traces in the plot where a pointer finds them', () => {
    const rows = [line('a', '1000000000', '1000'), line('b', '2000000000', '1000000000')]
    const plot = layout(rows, 800)
    expect(plot.x[0]).toBeLessThan(plot.x[1]!)
    expect(plot.y[0]).toBeGreaterThan(plot.y[1]!)
    expect(nearest(plot, plot.x[1]! + 3, plot.y[1]! - 3)).toBe(1)
    expect(nearest(plot, 400, 5)).toBe(-1)
    expect(layout([rows[0]!], 800).x[0]).toBeGreaterThan(0)
  })
})
