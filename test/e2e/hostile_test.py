"""Bad input and strange spans on a real server: refused with a reason or stored rightly; nothing else suffers."""
import gzip
import json
import os
import random
import socket
import sys
import time

from server import Server, arguments, check_conservation, hex_id, request_of, run_tests, span, wait_until


def search_one(server, trace_id):
    return server.json(f"/api/x/v1/traces/{trace_id}")


def still_serves(server):
    trace = hex_id(random.getrandbits(127) | 1, 32)
    status, _, body = server.send(request_of([span(trace, hex_id(1, 16))]))
    assert status == 200, (status, body)
    assert search_one(server, trace)["n"] == 1


def test_malformed_bytes_get_a_clear_answer(options):
    with Server(options.filo) as server:
        protobuf = {"content-type": "application/x-protobuf"}
        for body, headers in ((b"\x0a\xff\xff\xff\xff\x0f", protobuf), (b"\xff" * 100, protobuf),
                              (b"{", {"content-type": "application/json"}),
                              (b'{"resourceSpans": 5}', {"content-type": "application/json"}),
                              (b"not gzip", {**protobuf, "content-encoding": "gzip"})):
            status, _, answer = server.request("POST", "/v1/traces", body, headers, port=server.http_port)
            assert status == 400 and answer, (body, status, answer)
        status, _, _ = server.request("POST", "/v1/traces", b"x", {"content-type": "text/plain"}, port=server.http_port)
        assert status == 415, status
        still_serves(server)
        check_conservation(server.metrics())


def test_bombs_and_giants_are_refused(options):
    with Server(options.filo) as server:
        bomb = gzip.compress(b"\x00" * (200 << 20))
        status, _, _ = server.request("POST", "/v1/traces", bomb, {
            "content-type": "application/x-protobuf", "content-encoding": "gzip"}, port=server.http_port)
        assert status == 413, status
        with socket.create_connection(("127.0.0.1", server.http_port), timeout=20) as s:
            s.sendall(b"POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
                      b"content-length: 99999999999\r\n\r\n")
            assert b" 413 " in s.recv(1000)
        huge = request_of([span(hex_id(7, 32), hex_id(1, 16), attributes=[
            {"key": "k", "value": {"stringValue": "x" * (20 << 20)}}]), span(hex_id(8, 32), hex_id(2, 16))])
        status, _, body = server.send(huge)
        assert status == 200 and json.loads(body)["partialSuccess"]["rejectedSpans"] in (1, "1"), (status, body[:300])
        assert search_one(server, hex_id(8, 32))["n"] == 1
        still_serves(server)
        check_conservation(server.metrics())


def test_strange_spans_are_kept_or_rejected_one_by_one(options):
    nested = {"stringValue": "deep"}
    for _ in range(20):
        nested = {"arrayValue": {"values": [nested]}}
    too_deep = nested
    for _ in range(60):
        too_deep = {"arrayValue": {"values": [too_deep]}}
    good = {
        "end before start": span(hex_id(101, 32), hex_id(1, 16), start=2_000_000_000, end=1_000_000_000),
        "1970": span(hex_id(102, 32), hex_id(1, 16), start=1, end=2),
        "2200": span(hex_id(103, 32), hex_id(1, 16), start=7_258_118_400_000_000_000),
        "10,000 attributes": span(hex_id(104, 32), hex_id(1, 16), attributes=[
            {"key": f"k{i}", "value": {"intValue": str(i)}} for i in range(10_000)]),
        "nesting": span(hex_id(105, 32), hex_id(1, 16), attributes=[{"key": "n", "value": nested}]),
        "64-bit id": span(hex_id(0xabcdef, 32), hex_id(1, 16)),
    }
    bad = {
        "empty trace id": {**span("", hex_id(1, 16))},
        "zero trace id": span("0" * 32, hex_id(1, 16)),
        "zero span id": span(hex_id(201, 32), "0" * 16),
        "short span id": span(hex_id(202, 32), "abcd"),
        "beyond 2262": span(hex_id(203, 32), hex_id(1, 16), start=2**64 - 10, end=2**64 - 5),
        "too deep": span(hex_id(204, 32), hex_id(1, 16), attributes=[{"key": "n", "value": too_deep}]),
    }
    with Server(options.filo, config="window: {idle: 100ms, seal_interval: 50ms}\n") as server:
        status, _, body = server.send(request_of([*good.values(), *bad.values()]))
        partial = json.loads(body)["partialSuccess"]
        assert status == 200 and int(partial["rejectedSpans"]) == len(bad), (status, body)
        assert partial["errorMessage"], partial
        for when in ("in the window", "in the store"):
            for name, sent in good.items():
                export = server.json(f"/api/x/v1/traces/{sent['traceId']}/export?format=otlp")
                spans = export["resourceSpans"][0]["scopeSpans"][0]["spans"]
                assert len(spans) == 1, (when, name)
                assert int(spans[0]["startTimeUnixNano"]) == int(sent["startTimeUnixNano"]), (when, name)
                assert len(spans[0].get("attributes", [])) == len(sent.get("attributes", [])), (when, name)
            wait_until(lambda: server.metrics()["filo_window_spans"] == 0, "all spans are stored")
        assert search_one(server, "abcdef")["trace_id"] == search_one(server, hex_id(0xabcdef, 32))["trace_id"]
        for sent in bad.values():
            if len(sent["traceId"]) == 32 and int(sent["traceId"], 16):
                assert server.get(f"/api/x/v1/traces/{sent['traceId']}")[0] == 404, sent
        check_conservation(server.metrics())


def test_a_trace_of_200_000_spans(options):
    with Server(options.filo, config="window: {idle: 300ms, seal_interval: 100ms}\n") as server:
        trace, start, count = hex_id(77, 32), time.time_ns(), 200_000
        for first in range(0, count, 10_000):
            spans = [{"traceId": trace, "spanId": hex_id(i + 1, 16), "parentSpanId": hex_id(i // 8 + 1, 16) if i else "",
                      "name": f"op {i % 50}", "startTimeUnixNano": str(start + i * 1000),
                      "endTimeUnixNano": str(start + i * 1000 + 500)} for i in range(first, first + 10_000)]
            status, _, body = server.send(request_of(spans))
            assert status == 200, (status, body[:300])
        for when in ("in the window", "in the store"):
            columns = search_one(server, trace)
            assert columns["n"] == count, (when, columns["n"])
            assert columns["parent"].count(-1) == 1, when
            assert all(p < row for row, p in enumerate(columns["parent"])), when
            wait_until(lambda: server.metrics()["filo_window_spans"] == 0, "all spans are stored", 60)
        assert len(server.json(f"/api/traces/{trace}")["data"][0]["spans"]) == count
        check_conservation(server.metrics())


def test_random_bytes_on_every_port_disturb_nobody(options):
    random.seed(5)
    with Server(options.filo) as server:
        for round_number in range(300):
            port = random.choice((server.grpc_port, server.http_port, server.api_port))
            starts = (b"", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"POST /v1/traces HTTP/1.1\r\ncontent-length: 50\r\n\r\n",
                      b"GET /api/x/v1/search HTTP/1.1\r\n")
            with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
                s.settimeout(0.05)
                try:
                    s.sendall(random.choice(starts) + os.urandom(random.randrange(0, 2000)))
                    s.recv(1000)
                except OSError:
                    pass
            if round_number % 50 == 0:
                still_serves(server)
        still_serves(server)


def test_bad_questions_are_answered_with_what_is_wrong(options):
    with Server(options.filo) as server:
        for path, status in (("/api/x/v1/traces/xyz", 400), (f"/api/x/v1/traces/{hex_id(5, 32)}", 404),
                             ("/api/x/v1/services?limit=0", 400), ("/api/x/v1/services?nonsense=1", 400),
                             ("/api/x/v1/attribute-values", 400), ("/api/traces/xyz", 400), ("/api/traces", 400),
                             ("/api/nothing", 404), ("/nothing", 404)):
            answer = server.get(path)
            assert answer[0] == status and answer[2], (path, answer)
        status, headers, body = server.request("POST", "/api/x/v1/search", b'{"q": "duration>"}',
                                               {"content-type": "application/json"})
        problem = json.loads(body)
        assert status == 400 and headers["content-type"].startswith("application/problem+json"), (status, body)
        assert "position" in problem and problem["title"], problem


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
