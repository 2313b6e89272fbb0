// What is visible of a trace page, as the query part of an address, and back.
import type { Collapse } from '../trace/model/collapse'

export interface TraceUrl {
  /** Selected span id, or empty. */
  readonly span: string
  /** Zoom in ns after the start of the trace. */
  readonly zoom: readonly [number, number] | null
  readonly level: number | null
  readonly toggled: readonly number[]
  /** The version of the trace whose rows `toggled` counts; when it has changed they mean nothing. */
  readonly version: string
  readonly filter: string
  readonly mode: 'dim' | 'hide'
}

export const defaultTraceUrl: TraceUrl = {
  span: '', zoom: null, level: null, toggled: [], version: '', filter: '', mode: 'dim',
}

/** Ascending row numbers as differences, seven bits a byte, in URL-safe base64. */
export function packRows(rows: readonly number[]): string {
  let bytes = ''
  let previous = 0
  for (const row of rows) {
    let delta = row - previous
    previous = row
    for (; delta >= 128; delta = Math.floor(delta / 128)) bytes += String.fromCharCode((delta % 128) | 128)
    bytes += String.fromCharCode(delta)
  }
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function unpackRows(text: string): number[] {
  let bytes: string
  try {
    bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return []
  }
  const rows: number[] = []
  let previous = 0
  let delta = 0
  let weight = 1
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i)
    delta += (byte & 127) * weight
    weight *= 128
    if (byte & 128) continue
    previous += delta
    if (previous > 0x7fffffff) return []
    rows.push(previous)
    delta = 0
    weight = 1
  }
  return rows
}

export function traceToUrl(state: TraceUrl): string {
  const params = new URLSearchParams()
  if (state.span) params.set('span', state.span)
  if (state.zoom) params.set('z', state.zoom.map(Math.round).join(','))
  if (state.level !== null) params.set('level', String(state.level))
  if (state.toggled.length > 0) params.set('c', `${packRows(state.toggled)}.${state.version}`)
  if (state.filter) params.set('f', state.filter)
  if (state.mode !== 'dim') params.set('mode', state.mode)
  return params.toString()
}

export function traceFromUrl(search: string): TraceUrl {
  const params = new URLSearchParams(search)
  const zoom = /^(\d{1,16}),(\d{1,16})$/.exec(params.get('z') ?? '')
  const level = params.get('level') ?? ''
  const [rows, version] = (params.get('c') ?? '').split(/\.(.*)/s)
  return {
    span: /^[0-9a-f]{16}$/.test(params.get('span') ?? '') ? params.get('span')! : '',
    zoom: zoom && Number(zoom[1]) < Number(zoom[2]) ? [Number(zoom[1]), Number(zoom[2])] : null,
    level: /^\d{1,7}$/.test(level) ? Number(level) : null,
    toggled: rows ? unpackRows(rows) : [],
    version: version ?? '',
    filter: params.get('f') ?? '',
    mode: params.get('mode') === 'hide' ? 'hide' : 'dim',
  }
}

export const sortedToggles = (collapse: Collapse): number[] => [...collapse.toggled].sort((a, b) => a - b)
