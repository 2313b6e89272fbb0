// Requests to the query API, relative to <base href> so that any reverse-proxy prefix works.
import type {
  Boot, KeyCount, Meta, NameCount, OperationCount, Problem, SearchLine, SearchRequest, SpanDetail,
} from './types'
import { readLines } from './ndjson'
import { decodeTrc1 } from './trc1'
import type { TraceData } from './trc1'

/** An answer that is not the one asked for; `problem` is what the server said about it, or our words for it. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
  }
}

export function apiUrl(path: string): string {
  return new URL(`api/x/v1/${path}`, document.baseURI).href
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text().catch(() => '')
  try {
    const body = JSON.parse(text) as Partial<Problem>
    if (typeof body.title === 'string') return { code: 'internal', status: response.status, ...body } as Problem
  } catch {
    // Not a problem document: a proxy in between answered.
  }
  return { title: text.slice(0, 200).trim() || response.statusText, status: response.status, code: 'internal' }
}

async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(apiUrl(path), init)
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError({ title: String((error as Error).message), status: 0, code: 'unreachable' })
  }
  if (!response.ok) throw new ApiError(await problemOf(response))
  return response
}

type Query = Record<string, string | number | undefined>

async function get<T>(path: string, query: Query, signal?: AbortSignal): Promise<T> {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(key, String(value))
  const suffix = params.size > 0 ? `?${params}` : ''
  return (await request(path + suffix, { signal: signal ?? null })).json() as Promise<T>
}

function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' }
  return request(path, { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null })
}

export const api = {
  boot: (signal?: AbortSignal) => get<Boot>('boot', {}, signal),
  services: (signal?: AbortSignal) =>
    get<{ services: NameCount[]; meta: Meta }>('services', { limit: 10000 }, signal),
  operations: (service: string, signal?: AbortSignal) =>
    get<{ operations: OperationCount[]; meta: Meta }>('operations', { service, limit: 10000 }, signal),
  attributes: (service: string, signal?: AbortSignal) =>
    get<{ keys: KeyCount[]; meta: Meta }>('attributes', { service, limit: 2000 }, signal),
  attributeValues: (key: string, service: string, prefix: string, signal?: AbortSignal) =>
    get<{ values: NameCount[]; meta: Meta }>('attribute-values', { key, service, prefix, limit: 50 }, signal),

  async trace(id: string, signal?: AbortSignal): Promise<TraceData> {
    const headers = { Accept: 'application/x-trc1' }
    const response = await request(`traces/${encodeURIComponent(id)}`, { headers, signal: signal ?? null })
    return decodeTrc1(await response.arrayBuffer())
  },
  async spans(id: string, version: string, rows: number[], signal?: AbortSignal): Promise<SpanDetail[]> {
    const response = await post(`traces/${encodeURIComponent(id)}/spans`, { version, rows }, signal)
    return ((await response.json()) as { spans: SpanDetail[] }).spans
  },
  async filter(id: string, version: string, q: string, signal?: AbortSignal): Promise<number[]> {
    const response = await post(`traces/${encodeURIComponent(id)}/filter`, { version, q }, signal)
    return ((await response.json()) as { rows: number[] }).rows
  },
  exportUrl: (id: string, format: 'otlp' | 'jaeger') =>
    apiUrl(`traces/${encodeURIComponent(id)}/export?format=${format}`),

  /** Calls `onLines` with the lines of each network chunk; throws when the stream ends without its last line. */
  async search(body: SearchRequest, signal: AbortSignal, onLines: (lines: SearchLine[]) => void): Promise<void> {
    const response = await post('search', body, signal)
    let ended = false
    await readLines(response, (lines) => {
      const parsed = lines.map((line) => JSON.parse(line) as SearchLine)
      const last = parsed.at(-1)
      ended = last?.t === 'done' || last?.t === 'error'
      onLines(parsed)
    })
    if (!ended) throw new ApiError({ title: 'The answer was cut off', status: 0, code: 'cut' })
  },
}
