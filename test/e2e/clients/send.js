// Sends one scripted trace, a metric and a log record with the OpenTelemetry SDK that is installed beside this file, and
// prints the spans as the SDK itself holds them: what the server must give back. Silence on stderr means success.
//
// Usage: node send.js grpc|proto|http ENDPOINT none|gzip
'use strict';
const {context, diag, DiagConsoleLogger, DiagLogLevel, SpanKind, SpanStatusCode, trace} = require('@opentelemetry/api');
const resources = require('@opentelemetry/resources');
const {BasicTracerProvider, BatchSpanProcessor} = require('@opentelemetry/sdk-trace-base');
const {MeterProvider, PeriodicExportingMetricReader} = require('@opentelemetry/sdk-metrics');
const {LoggerProvider, BatchLogRecordProcessor} = require('@opentelemetry/sdk-logs');

const [protocol, endpoint, compression] = process.argv.slice(2);
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);

const exporter = (signal, name) => {
  const Exporter = require(`@opentelemetry/exporter-${name}-otlp-${protocol}`)[`OTLP${signal}Exporter`];
  const url = protocol === 'grpc' ? endpoint : `${endpoint}/v1/${name === 'trace' ? 'traces' : name}`;
  return new Exporter({url, compression});
};

const attributes = {'service.name': 'js 客户端', 'service.version': '1.0', 'host.cpus': 8, 'is.test': true};
const resource = resources.resourceFromAttributes ? resources.resourceFromAttributes(attributes)
                                                  : new resources.Resource(attributes);
const ended = [];
const collect = {onStart() {}, onEnd: (span) => ended.push(span), forceFlush: async () => {}, shutdown: async () => {}};
const processors = [collect, new BatchSpanProcessor(exporter('Trace', 'trace'))];
const provider = new BasicTracerProvider({resource, spanProcessors: processors});
const reader = new PeriodicExportingMetricReader({exporter: exporter('Metric', 'metrics'), exportIntervalMillis: 60000});
const meters = new MeterProvider({resource, readers: [reader]});
const logExporter = exporter('Log', 'logs');
let loggers;
if (LoggerProvider.prototype.addLogRecordProcessor) {
  loggers = new LoggerProvider({resource});
  loggers.addLogRecordProcessor(new BatchLogRecordProcessor(logExporter));
} else {
  loggers = new LoggerProvider({resource, processors: [new BatchLogRecordProcessor({exporter: logExporter})]});
}

const tracer = provider.getTracer('scripted', '2.3.4');
const under = (parent) => trace.setSpan(context.active(), parent);
const root = tracer.startSpan('GET /订单/{id}', {
  kind: SpanKind.SERVER,
  attributes: {
    text: 'plain', 'текст': 'юникод 中文 🛒', empty: '', yes: true, no: false, int: 42, negative: -7,
    big: 9007199254740991, double: 1.5, tiny: 1e-300, texts: ['a', '二', ''], ints: [1, 2, 3], doubles: [0.5, 2.25],
    bools: [true, false], long: 'x'.repeat(20000),
  },
});
root.addEvent('cache.miss', {'cache.key': 'item:42', attempts: 2});
const failing = tracer.startSpan('扣款', {kind: SpanKind.CLIENT}, under(root));
failing.recordException(new TypeError('bank said no'));
failing.setStatus({code: SpanStatusCode.ERROR, message: 'payment failed: 支付失败'});
failing.end();
const linked = tracer.startSpan('orders process', {
  kind: SpanKind.CONSUMER,
  links: [{context: failing.spanContext(), attributes: {why: 'caused by', n: 1}}, {context: root.spanContext()}],
}, under(root));
linked.setStatus({code: SpanStatusCode.OK});
linked.end();
for (const kind of [SpanKind.PRODUCER, SpanKind.INTERNAL]) tracer.startSpan(`kind ${kind}`, {kind}, under(linked)).end();
root.end();
meters.getMeter('m').createCounter('requests').add(3, {route: '/'});
loggers.getLogger('l').emit({body: 'hello', severityNumber: 9});

const ns = ([seconds, nanos]) => String(BigInt(seconds) * 1000000000n + BigInt(nanos));
const value = (v) => Array.isArray(v) ? ['array', v.map(value)]
    : typeof v === 'number' ? (Number.isInteger(v) ? ['int', String(v)] : ['double', v])
    : [typeof v === 'boolean' ? 'bool' : 'string', v];
const values = (o) => Object.fromEntries(Object.entries(o || {}).map(([k, v]) => [k, value(v)]));
const expected = () => ended.map((s) => ({
  traceId: s.spanContext().traceId,
  spanId: s.spanContext().spanId,
  parentSpanId: (s.parentSpanContext ? s.parentSpanContext.spanId : s.parentSpanId) || '',
  name: s.name,
  kind: s.kind + 1,
  start: ns(s.startTime),
  end: ns(s.endTime),
  attributes: values(s.attributes),
  events: s.events.map((e) => ({name: e.name, time: ns(e.time), attributes: values(e.attributes)})),
  links: s.links.map((l) => ({traceId: l.context.traceId, spanId: l.context.spanId, attributes: values(l.attributes)})),
  status: s.status.code,
  message: s.status.message || '',
  resource: values(s.resource.attributes),
  scope: 'scripted',
  scopeVersion: '2.3.4',
}));

(async () => {
  await provider.forceFlush();
  await meters.forceFlush();
  await loggers.forceFlush();
  process.stdout.write(JSON.stringify(expected()));
  await provider.shutdown();
  await meters.shutdown();
  await loggers.shutdown();
})();
