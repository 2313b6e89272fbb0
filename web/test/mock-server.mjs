// The query API over generated traces, and the built pages: for tests and for work on the UI without a server.
// node test/mock-server.mjs [--port N] [--dist DIR] [--prefix /x/y/] [--empty]
import { createServer } from 'node:http'
import { existsSync, readFileSync } from 'node:fs'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { detailOf, makeTraces } from './mock-data.mjs'
import { compile, QueryError } from './mock-query.mjs'

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' }
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

class Refusal extends Error {
  constructor(status, code, title, position) {
    super(title)
    this.problem = { status, code, title, ...(position === undefined ? {} : { position }) }
  }
}

const meta = (spans) => ({ complete: true, took_ms: 12.4, warnings: [], scanned_spans: spans, scanned_bytes: spans * 96 })

const headOf = (trace, span) => ({
  span_id: span.id, service: span.service, operation: span.operation, kind: span.kind,
  start_ns: String(trace.startNs + BigInt(span.start)), duration_ns: String(span.dur), error: span.error,
})

function summaryOf(trace, match) {
  const root = trace.spans.find((span) => span.parent < 0 && !span.orphan)
  return {
    t: 'trace', trace_id: trace.id, ...(root ? { root: headOf(trace, root) } : {}), start_ns: String(trace.startNs),
    duration_ns: String(trace.durationNs), spans: trace.spans.length, errors: trace.errors,
    services: [...trace.counts.values()].sort((a, b) => b.spans - a.spans), match: headOf(trace, match),
  }
}

function compileOrRefuse(q) {
  try {
    return compile(q ?? '')
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new Refusal(400, 'invalid_argument', error.message, error.position)
  }
}

export function columnsOf(trace) {
  const { spans } = trace
  const services = [...new Set(spans.map((span) => span.service))]
  const names = [...new Set(spans.map((span) => span.operation))]
  const serviceIndex = new Map(services.map((name, i) => [name, i]))
  const nameIndex = new Map(names.map((name, i) => [name, i]))
  const flagsOf = (span) =>
    (span.error ? 1 : 0) | (span.parent < 0 || spans[span.parent].service !== span.service ? 2 : 0) | (span.orphan ? 4 : 0) |
    (span.error ? 16 : 0) | (span.kind === 'consumer' ? 32 : 0)
  const columns = [
    ['id', 'u64', BigUint64Array.from(spans, (span) => BigInt(`0x${span.id}`))],
    ['parent', 'i32', Int32Array.from(spans, (span) => span.parent)],
    ['start', 'f64', Float64Array.from(spans, (span) => span.start)],
    ['dur', 'f64', Float64Array.from(spans, (span) => span.dur)],
    ['svc', 'u32', Uint32Array.from(spans, (span) => serviceIndex.get(span.service))],
    ['name', 'u32', Uint32Array.from(spans, (span) => nameIndex.get(span.operation))],
    ['kind', 'u8', Uint8Array.from(spans, (span) => kinds.indexOf(span.kind))],
    ['flags', 'u8', Uint8Array.from(spans, flagsOf)],
  ]
  const header = {
    trace_id: trace.id, version: trace.version, start_ns: String(trace.startNs), duration_ns: String(trace.durationNs),
    n: spans.length, services, names, complete: trace.complete, warnings: trace.warnings,
  }
  return { header, columns }
}

export function encodeTrc1({ header, columns }) {
  const up = (n) => Math.ceil(n / 8) * 8
  let offset = 0
  const cols = columns.map(([n, t, values]) => {
    const column = { n, t, o: offset, l: values.byteLength }
    offset = up(offset + values.byteLength)
    return column
  })
  const json = Buffer.from(JSON.stringify({ ...header, cols }))
  const body = up(12 + json.length)
  const bytes = Buffer.alloc(body + offset)
  bytes.write('TRC1', 0, 'latin1')
  bytes.writeUInt32LE(json.length, 4)
  bytes.writeUInt32LE(body, 8)
  json.copy(bytes, 12)
  columns.forEach(([, , values], i) => Buffer.from(values.buffer).copy(bytes, body + cols[i].o))
  return bytes
}

const counted = (counts) => [...counts].map(([name, spans]) => ({ name, spans })).sort((a, b) => (a.name < b.name ? -1 : 1))

function makeStore(options) {
  const traces = options.empty ? [] : makeTraces(options)
  const byId = new Map(traces.map((trace) => [trace.id, trace]))
  const services = new Map()
  const operations = new Map()
  const keys = new Map()
  const bump = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by)
  for (const trace of traces) {
    for (const span of trace.spans) {
      bump(services, span.service)
      bump(operations, `${span.service}\n${span.operation}\n${span.kind}`)
    }
    if (trace.spans.length > 1000) continue
    for (const span of trace.spans) {
      const detail = detailOf(trace, span.row)
      for (const { key, type, value } of detail.attributes) {
        if (!keys.has(key)) keys.set(key, { scope: 'span', type, values: new Map() })
        bump(keys.get(key).values, typeof value === 'object' ? JSON.stringify(value) : String(value))
      }
    }
  }
  return { traces, byId, services, operations, keys }
}

function traceOf(store, id, version) {
  if (!/^[0-9a-f]{1,32}$/.test(id)) throw new Refusal(400, 'invalid_argument', 'The trace id is not hexadecimal.')
  const trace = store.byId.get(id.padStart(32, '0'))
  if (!trace) throw new Refusal(404, 'not_found', `No span of trace ${id} is stored.`)
  if (version !== undefined && version !== trace.version) throw new Refusal(409, 'conflict', 'The trace has changed.')
  return trace
}

function queryRoutes(store, url) {
  const prefix = url.searchParams.get('prefix') ?? ''
  const service = url.searchParams.get('service') ?? ''
  const limit = Number(url.searchParams.get('limit') ?? 1000)
  const begins = (item) => (item.name ?? item.key).startsWith(prefix)
  switch (url.pathname) {
    case '/boot':
      return {
        version: '0.1.0-mock', default_lookback_s: 3600, limits: { search_limit_max: 1500 },
        endpoints: [{ protocol: 'OTLP/gRPC', address: '127.0.0.1:4317' }, { protocol: 'OTLP/HTTP', address: '127.0.0.1:4318' },
          { protocol: 'Zipkin', address: '127.0.0.1:9411' }, { protocol: 'Jaeger agent (UDP)', address: '127.0.0.1:6831' }],
      }
    case '/services':
      return { services: counted(store.services).filter(begins).slice(0, limit), meta: meta(0) }
    case '/operations': {
      const rows = [...store.operations].map(([key, spans]) => { const [s, name, kind] = key.split('\n'); return { s, name, kind, spans } })
      const operations = rows.filter((row) => (!service || row.s === service) && begins(row)).sort((a, b) => (a.name < b.name ? -1 : 1))
      return { operations: operations.slice(0, limit).map(({ s: _, ...rest }) => rest), meta: meta(0) }
    }
    case '/attributes': {
      const keys = [...store.keys].map(([key, { scope, type, values }]) => ({ scope, key, type, spans: [...values.values()].reduce((a, b) => a + b, 0) }))
      return { keys: keys.filter(begins).sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit), meta: meta(0) }
    }
    case '/attribute-values': {
      const key = (url.searchParams.get('key') ?? '').replace(/^(span|resource|scope|event)\./, '')
      const values = counted(store.keys.get(key)?.values ?? []).filter(begins).sort((a, b) => b.spans - a.spans)
      return { values: values.slice(0, limit), meta: meta(0) }
    }
    default:
      throw new Refusal(404, 'not_found', `There is no ${url.pathname}.`)
  }
}

async function search(store, request, response) {
  const accept = compileOrRefuse(request.q)
  const from = BigInt(request.from ?? 0)
  const to = BigInt(request.to ?? '9223372036854775807')
  const limit = request.limit ?? 100
  let skip = Number(request.cursor ?? 0)
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
  const write = (line) => response.write(`${JSON.stringify(line)}\n`)
  let found = 0
  let scanned = 0
  let more = false
  let at = 0
  for (const trace of store.traces) {
    at++
    scanned += trace.spans.length
    const within = (span) => { const t = trace.startNs + BigInt(span.start); return t >= from && t < to }
    const match = trace.spans.findLast((span) => within(span) && accept(trace, span))
    if (!match || skip-- > 0) continue
    if (found === limit) { more = true; break }
    write(summaryOf(trace, match))
    found++
    if (found % 25 === 0) {
      write({ t: 'progress', traces: found, scanned_spans: scanned })
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
  }
  const done = Number(request.cursor ?? 0) + found
  response.end(`${JSON.stringify({ t: 'done', cursor: more ? String(done) : null, meta: meta(scanned) })}\n`)
}

async function bodyOf(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

function traceRoute(store, url, body, response) {
  const [, , id, verb] = url.pathname.split('/')
  const trace = traceOf(store, id, body?.version)
  if (verb === 'spans') return { spans: body.rows.map((row) => detailOf(trace, row)) }
  if (verb === 'filter') {
    const accept = compileOrRefuse(body.q)
    return { rows: trace.spans.filter((span) => accept(trace, span)).map((span) => span.row) }
  }
  if (verb === 'export') return { resourceSpans: [] }
  trace.bytes ??= encodeTrc1(columnsOf(trace))
  response.writeHead(200, { 'Content-Type': 'application/x-trc1' })
  response.end(trace.bytes)
  return null
}

function page(options, pathname, response) {
  const name = normalize(decodeURIComponent(pathname)).replace(/^\/+/, '')
  const shell = name === '' || name === 'search' || name.startsWith('trace/')
  const path = join(options.dist, shell ? 'index.html' : name)
  if (!existsSync(path) || name.includes('..')) throw new Refusal(404, 'not_found', `There is no /${name}.`)
  let bytes = readFileSync(path)
  if (shell) bytes = Buffer.from(bytes.toString().replace('<base href="/"', `<base href="${options.prefix}"`))
  const cache = shell ? 'no-cache' : 'public, max-age=31536000, immutable'
  response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Cache-Control': cache, 'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff' })
  response.end(bytes)
}

export async function startMock(given = {}) {
  const options = { port: 0, prefix: '/', dist: fileURLToPath(new URL('../dist', import.meta.url)), ...given }
  const store = makeStore(options)
  const server = createServer(async (request, response) => {
    try {
      const url = new URL(request.url, 'http://mock')
      if (!url.pathname.startsWith(options.prefix)) throw new Refusal(404, 'not_found', 'Outside of the prefix.')
      const path = url.pathname.slice(options.prefix.length - 1)
      if (!path.startsWith('/api/x/v1/')) return page(options, path, response)
      url.pathname = path.slice('/api/x/v1'.length)
      const body = request.method === 'POST' ? await bodyOf(request) : undefined
      if (url.pathname === '/search') return await search(store, body, response)
      const answer = url.pathname.startsWith('/traces/') ? traceRoute(store, url, body, response) : queryRoutes(store, url)
      if (answer === null) return
      response.writeHead(200, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(answer))
    } catch (error) {
      const problem = error instanceof Refusal ? error.problem : { status: 500, code: 'internal', title: String(error) }
      response.writeHead(problem.status, { 'Content-Type': 'application/problem+json' })
      response.end(JSON.stringify(problem))
    }
  })
  await new Promise((resolve) => server.listen(options.port, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${server.address().port}${options.prefix}`, close: () => new Promise((resolve) => server.close(resolve)) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = (name) => { const i = process.argv.indexOf(`--${name}`); return i < 0 ? undefined : process.argv[i + 1] }
  const options = { empty: process.argv.includes('--empty'), port: Number(flag('port') ?? 16686) }
  for (const name of ['dist', 'prefix']) if (flag(name)) options[name] = flag(name)
  console.log((await startMock(options)).url)
}
