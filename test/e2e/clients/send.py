"""Sends one scripted trace, a metric and a log record with OpenTelemetry's Python SDK and prints the spans as the SDK
itself holds them: what the server must give back. Silence on stderr means success.

Usage: send.py grpc|http ENDPOINT none|gzip"""
import json
import logging
import sys

from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode

protocol, endpoint, compression = sys.argv[1:]
logging.basicConfig(stream=sys.stderr, level=logging.WARNING)

if protocol == "grpc":
    from grpc import Compression
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    options = {"compression": Compression.Gzip if compression == "gzip" else Compression.NoCompression, "insecure": True}
    span_exporter = OTLPSpanExporter(endpoint=endpoint, **options)
    metric_exporter = OTLPMetricExporter(endpoint=endpoint, **options)
else:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    options = {"compression": Compression.Gzip if compression == "gzip" else Compression.NoCompression}
    span_exporter = OTLPSpanExporter(endpoint=endpoint + "/v1/traces", **options)
    metric_exporter = OTLPMetricExporter(endpoint=endpoint + "/v1/metrics", **options)


class Collect(SpanProcessor):
    def __init__(self):
        self.ended = []

    def on_end(self, span):
        self.ended.append(span)


collect = Collect()
resource = Resource.create({"service.name": "python 客户端", "host.cpus": 8, "ratio": 0.5, "list": ["a", "二"]})
provider = TracerProvider(resource=resource)
provider.add_span_processor(collect)
provider.add_span_processor(BatchSpanProcessor(span_exporter))
meters = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(metric_exporter)])

tracer = provider.get_tracer("scripted", "2.3.4", attributes={"scope.attribute": 1})
with tracer.start_as_current_span("GET /订单/{id}", kind=SpanKind.SERVER, attributes={
        "text": "plain", "текст": "юникод 中文 🛒", "empty": "", "yes": True, "no": False, "int": 42,
        "smallest": -(1 << 63), "largest": (1 << 63) - 1, "double": 1.5, "whole": 2.0, "infinite": float("inf"),
        "texts": ["a", "二", ""], "ints": [1, -2], "doubles": [0.5, 2.0], "bools": [True, False],
        "long": "x" * 20000}) as root:
    root.add_event("cache.miss", {"cache.key": "item:42", "attempts": 2})
    with tracer.start_as_current_span("扣款", kind=SpanKind.CLIENT) as failing:
        failing.record_exception(ValueError("bank said no"))
        failing.set_status(Status(StatusCode.ERROR, "payment failed: 支付失败"))
    links = [Link(failing.get_span_context(), {"why": "caused by", "n": 1}), Link(root.get_span_context())]
    with tracer.start_as_current_span("orders process", kind=SpanKind.CONSUMER, links=links) as linked:
        linked.set_status(Status(StatusCode.OK))
        for kind in (SpanKind.PRODUCER, SpanKind.INTERNAL):
            tracer.start_span(f"kind {kind}", kind=kind).end()
meters.get_meter("m").create_counter("requests").add(3, {"route": "/"})


def value(v):
    if isinstance(v, bool):
        return ["bool", v]
    if isinstance(v, int):
        return ["int", str(v)]
    if isinstance(v, float):
        return ["double", str(v) if v in (float("inf"), float("-inf")) else v]
    if isinstance(v, (list, tuple)):
        return ["array", [value(item) for item in v]]
    return ["string", v]


def values(attributes):
    return {key: value(v) for key, v in (attributes or {}).items()}


def expected(span):
    context = span.get_span_context()
    return {"traceId": f"{context.trace_id:032x}", "spanId": f"{context.span_id:016x}",
            "parentSpanId": f"{span.parent.span_id:016x}" if span.parent else "", "name": span.name,
            "kind": span.kind.value + 1, "start": str(span.start_time), "end": str(span.end_time),
            "attributes": values(span.attributes),
            "events": [{"name": e.name, "time": str(e.timestamp), "attributes": values(e.attributes)}
                       for e in span.events],
            "links": [{"traceId": f"{link.context.trace_id:032x}", "spanId": f"{link.context.span_id:016x}",
                       "attributes": values(link.attributes)} for link in span.links],
            "status": span.status.status_code.value, "message": span.status.description or "",
            "resource": values(span.resource.attributes), "scope": "scripted", "scopeVersion": "2.3.4"}


provider.force_flush()
meters.force_flush()
json.dump([expected(span) for span in collect.ended], sys.stdout)
provider.shutdown()
meters.shutdown()
