// A shop's traces, the same for the same seed: what the mock server answers from.

export function randomFrom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const hex = (random, digits) => {
  let text = ''
  while (text.length < digits) text += Math.floor(random() * 16).toString(16)
  return /^0+$/.test(text) ? '1'.padStart(digits, '0') : text
}

// service, operation, kind, own milliseconds, calls: [template, chance, repeats]
const templates = {
  home: ['frontend', 'GET /', 'server', 6, [['recommend', 0.9, 1], ['ads', 0.8, 1], ['cartGet', 1, 1], ['currency', 0.7, 2]]],
  product: ['frontend', 'GET /product/{id}', 'server', 5, [['catalog', 1, 1], ['recommend', 0.7, 1], ['currency', 1, 1], ['ads', 0.6, 1]]],
  checkout: ['frontend', 'POST /checkout', 'server', 9, [['place', 1, 1]]],
  place: ['checkout', 'checkout.PlaceOrder', 'server', 7, [['cartGet', 1, 1], ['prepare', 1, 1], ['quote', 1, 1], ['charge', 1, 1], ['ship', 1, 1], ['empty', 1, 1], ['order', 1, 1]]],
  prepare: ['checkout', 'prepareOrderItems', 'internal', 2, [['catalog', 1, 4], ['currency', 1, 4]]],
  cartGet: ['cart', 'cart.GetCart', 'server', 2, [['hgetall', 1, 1]]],
  empty: ['cart', 'cart.EmptyCart', 'server', 2, [['hset', 1, 1]]],
  hgetall: ['cart', 'HGETALL', 'client', 1, []],
  hset: ['cart', 'HMSET', 'client', 1, []],
  catalog: ['product-catalog', 'catalog.GetProduct', 'server', 3, [['select', 0.8, 1]]],
  select: ['product-catalog', 'SELECT shop.products', 'client', 4, []],
  recommend: ['recommendation', 'recommendation.List', 'server', 5, [['catalogList', 1, 1]]],
  catalogList: ['product-catalog', 'catalog.ListProducts', 'server', 4, [['select', 1, 5]]],
  currency: ['currency', 'currency.Convert', 'server', 1, []],
  ads: ['ad', 'ad.GetAds', 'server', 4, []],
  quote: ['shipping', 'POST /get-quote', 'server', 4, [['calc', 1, 1]]],
  calc: ['quote', 'calculate-quote', 'internal', 2, []],
  ship: ['shipping', 'POST /ship-order', 'server', 5, []],
  charge: ['payment', 'payment.Charge', 'server', 12, [['bank', 1, 1], ['fraud', 0.8, 1]]],
  bank: ['payment', 'POST acquirer', 'client', 60, []],
  fraud: ['fraud-detection', 'score', 'internal', 15, []],
  order: ['checkout', 'orders publish', 'producer', 2, [['consume', 1, 1], ['mail', 0.6, 1]]],
  consume: ['accounting', 'orders process', 'consumer', 8, [['insert', 1, 2]]],
  insert: ['accounting', 'INSERT accounting.orders', 'client', 5, []],
  mail: ['email', 'send_confirmation', 'server', 18, []],
}

function grow(random, name, parent, startNs, spans, factor) {
  const [service, operation, kind, own, calls] = templates[name]
  const row = spans.length
  const self = own * 1e6 * (0.4 + random() * 1.2) * factor * (random() < 0.04 ? 6 : 1)
  const span = { row, id: hex(random, 16), parent, service, operation, kind, start: Math.round(startNs), dur: 0, error: false }
  spans.push(span)
  let cursor = startNs + self * 0.3
  let end = cursor
  for (const [callee, chance, repeats] of calls) {
    for (let i = 0; i < repeats; i++) {
      if (random() > chance) continue
      const callEnd = grow(random, callee, row, cursor, spans, factor)
      const overlapping = name === 'home' || name === 'order' ? 0.1 : 0.95
      cursor += (callEnd - cursor) * overlapping + 60e3
      end = Math.max(end, callEnd)
    }
  }
  const after = kind === 'producer' ? startNs + self : end + self * 0.4
  span.dur = Math.round(after - startNs)
  if (name === 'bank' && random() < 0.13) fail(spans, row)
  if (name === 'ads' && random() < 0.06) span.error = true
  return after
}

function fail(spans, row) {
  for (let at = row; at >= 0; at = spans[at].parent) spans[at].error = true
}

function makeTrace(random, startNs, root, factor) {
  const spans = []
  grow(random, root, -1, 0, spans, factor)
  return finish({ id: hex(random, 32), startNs, spans, complete: true, warnings: [] })
}

function finish(trace) {
  trace.durationNs = 0
  trace.counts = new Map()
  for (const span of trace.spans) {
    trace.durationNs = Math.max(trace.durationNs, span.start + span.dur)
    const count = trace.counts.get(span.service) ?? { name: span.service, spans: 0, errors: 0 }
    count.spans++
    if (span.error) count.errors++
    trace.counts.set(span.service, count)
  }
  trace.errors = trace.spans.filter((span) => span.error).length
  trace.version = `v${trace.spans.length}`
  return trace
}

export const bigTraceId = 'b16'.padEnd(32, '0')
export const incompleteTraceId = 'badc0de'.padEnd(32, '0')

function makeBig(random, startNs, n) {
  const spans = []
  const services = Array.from({ length: 16 }, (_, i) => `worker-${String.fromCharCode(97 + i)}`)
  const stack = []
  const total = 30e9
  for (let row = 0; row < n; row++) {
    while (stack.length > 0 && (stack.length > 12 || random() < 0.45)) {
      if (stack.length === 1) break
      stack.pop()
    }
    const parent = stack.length > 0 ? stack.at(-1) : -1
    const start = row === 0 ? 0 : Math.max(Math.round((row / n) * total), spans[parent].start)
    const service = services[Math.floor(random() * Math.min(services.length, 4 + (row / n) * 14))]
    const dur = row === 0 ? total : Math.round(total * 0.05 * random() ** 6) + 1000
    spans.push({
      row, id: hex(random, 16), parent, service, operation: `task ${Math.floor(random() * 40)}`, kind: 'internal', start, dur,
      error: random() < 0.002,
    })
    stack.push(row)
  }
  return finish({ id: bigTraceId, startNs, spans, complete: true, warnings: [] })
}

// Short of the hour that is searched, so that no trace grows too old while tests run.
const rangeMs = 50 * 60_000

/** Traces of most of the hour before `nowMs`, newest first. */
export function makeTraces({ seed = 7, count = 260, nowMs = Date.now(), bigSpans = 100_000 } = {}) {
  const random = randomFrom(seed)
  const traces = []
  for (let i = 0; i < count; i++) {
    const atMs = nowMs - Math.floor(((i + random()) / count) * rangeMs) - 2000
    const pick = random()
    const root = pick < 0.45 ? 'home' : pick < 0.8 ? 'product' : 'checkout'
    const factor = (0.6 + random() ** 4 * 5) * (atMs > nowMs - rangeMs * 0.4 && atMs < nowMs - rangeMs * 0.32 ? 3 : 1)
    const trace = makeTrace(random, BigInt(atMs) * 1_000_000n + BigInt(Math.floor(random() * 1e6)), root, factor)
    traces.push(trace)
    if (i === 3) orphan(trace)
  }
  traces.push(makeBig(random, BigInt(nowMs - rangeMs + 5000) * 1_000_000n, bigSpans))
  return traces.sort((a, b) => (a.startNs < b.startNs ? 1 : -1))
}

/** The root never arrived and some of the rest could not be read. */
function orphan(trace) {
  trace.id = incompleteTraceId
  trace.spans = trace.spans.slice(1).map((span, row) => ({
    ...span, row, parent: span.parent === 0 ? -1 : span.parent - 1, orphan: span.parent === 0,
  }))
  const first = Math.min(...trace.spans.map((span) => span.start))
  for (const span of trace.spans) span.start -= first
  finish(trace)
  trace.complete = false
  trace.warnings = ['part 00000012.fpt could not be read: checksum mismatch']
}

/** Attributes, events, links, resource and scope of a span: made when they are asked for. */
export function detailOf(trace, row) {
  const span = trace.spans[row]
  const random = randomFrom(row * 7919 + trace.spans.length)
  const string = (key, value) => ({ key, type: 'string', value })
  const int = (key, value) => ({ key, type: 'int', value: String(value) })
  const attributes = []
  if (/^(GET|POST) /.test(span.operation) && span.kind !== 'internal') {
    const [method, path] = span.operation.split(' ')
    attributes.push(
      string('http.request.method', method), string('http.route', path), int('http.response.status_code', span.error ? 502 : 200),
      string('url.full', `http://${span.service}.shop.svc:8080${path}`), string('server.address', `${span.service}.shop.svc`),
      int('server.port', 8080), string('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/141.0'))
  } else if (/^(SELECT|INSERT)/.test(span.operation)) {
    attributes.push(
      string('db.system.name', 'postgresql'), string('db.namespace', 'shop'),
      string('db.query.text', 'SELECT id, name, description, picture, price_units, price_nanos\nFROM products\nWHERE id = $1'),
      int('db.response.returned_rows', Math.floor(random() * 12)))
  } else if (/^H/.test(span.operation)) {
    attributes.push(string('db.system.name', 'valkey'), string('db.query.text', `${span.operation} user:4711`))
  } else if (span.kind === 'producer' || span.kind === 'consumer') {
    attributes.push(string('messaging.system', 'kafka'), string('messaging.destination.name', 'orders'),
      int('messaging.kafka.offset', 881234 + row))
  } else {
    attributes.push(string('rpc.system', 'grpc'), string('rpc.method', span.operation), int('rpc.grpc.status_code', span.error ? 14 : 0))
  }
  attributes.push(
    string('app.user.id', `u-${1000 + Math.floor(random() * 9000)}`),
    { key: 'app.cache.hit', type: 'bool', value: random() < 0.5 },
    { key: 'app.cart.value', type: 'double', value: Math.round(random() * 20000) / 100 },
    { key: 'app.product.ids', type: 'array', value: [{ type: 'string', value: 'OLJCESPC7Z' }, { type: 'string', value: '6E92ZMYYFZ' }] })
  const events = []
  if (span.error) {
    events.push({
      time_ns: String(trace.startNs + BigInt(span.start + Math.floor(span.dur * 0.9))), name: 'exception', dropped_attributes: 0,
      attributes: [
        string('exception.type', 'AcquirerUnavailable'), string('exception.message', 'no answer from acquirer within 2 s'),
        string('exception.stacktrace', 'AcquirerUnavailable: no answer from acquirer within 2 s\n    at charge (payment/charge.js:88:11)\n    at async handle (payment/index.js:41:20)'),
      ],
    })
  }
  return {
    row, span_id: span.id, parent_span_id: span.parent >= 0 ? trace.spans[span.parent].id : span.orphan ? 'feedfacecafebeef' : '',
    service: span.service, operation: span.operation, kind: span.kind, status: span.error ? 'error' : 'unset',
    status_message: span.error ? 'acquirer unavailable' : '', start_ns: String(trace.startNs + BigInt(span.start)),
    duration_ns: String(span.dur), flags: 1, trace_state: '', attributes, events,
    links: span.kind === 'consumer'
      ? [{ trace_id: trace.id, span_id: trace.spans[0].id, trace_state: '', attributes: [], dropped_attributes: 0, flags: 1 }] : [],
    resource: {
      schema_url: 'https://opentelemetry.io/schemas/1.37.0',
      attributes: [string('service.name', span.service), string('service.version', '2.1.3'),
        string('service.instance.id', `${span.service}-7c9f-${row % 3}`), string('deployment.environment.name', 'production'),
        string('k8s.namespace.name', 'shop'), string('telemetry.sdk.language', 'go')],
    },
    scope: { name: `${span.service}/instrumentation`, version: '0.63.0', attributes: [], schema_url: '' },
    dropped_attributes: 0, dropped_events: 0, dropped_links: 0,
  }
}
