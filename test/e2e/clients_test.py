"""Real OpenTelemetry SDKs (JavaScript current and 1.30, Python) send one scripted trace over every transport they have:
each span comes back equal in every field through our own API and recognisable through Jaeger's, and the applications,
which send metrics and logs as well, have nothing to complain about."""
import json
import pathlib
import shutil
import subprocess
import sys

from server import ROOT, Server, arguments, run_tests, wait_until

HERE = pathlib.Path(__file__).resolve().parent / "clients"
CLIENTS = ROOT / "build" / "clients"


def send(command, directory):
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == "", (command, done.returncode, done.stderr)
    return json.loads(done.stdout)


def plain(value):
    """An OTLP JSON value as the senders print theirs: [type, value]."""
    (kind, content), = value.items()
    if kind == "arrayValue":
        return ["array", [plain(item) for item in content.get("values", [])]]
    if kind == "doubleValue":
        return ["double", {"Infinity": "inf", "-Infinity": "-inf"}.get(content, content)]
    return [{"stringValue": "string", "boolValue": "bool", "intValue": "int"}[kind], content]


def plain_attributes(attributes):
    return {a["key"]: plain(a["value"]) for a in attributes}


def stored_spans(server, trace_id):
    exported = server.json(f"/api/x/v1/traces/{trace_id}/export?format=otlp")
    for resource in exported["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                yield {
                    "traceId": span["traceId"], "spanId": span["spanId"], "parentSpanId": span.get("parentSpanId", ""),
                    "name": span["name"], "kind": span["kind"], "start": span["startTimeUnixNano"],
                    "end": span["endTimeUnixNano"], "attributes": plain_attributes(span.get("attributes", [])),
                    "events": [{"name": e["name"], "time": e["timeUnixNano"],
                                "attributes": plain_attributes(e.get("attributes", []))}
                               for e in span.get("events", [])],
                    "links": [{"traceId": link["traceId"], "spanId": link["spanId"],
                               "attributes": plain_attributes(link.get("attributes", []))}
                              for link in span.get("links", [])],
                    "status": span.get("status", {}).get("code", 0),
                    "message": span.get("status", {}).get("message", ""),
                    "resource": plain_attributes(resource["resource"]["attributes"]),
                    "scope": scope["scope"]["name"], "scopeVersion": scope["scope"]["version"]}


def check_native(server, expected):
    trace_id = expected[0]["traceId"]
    wait_until(lambda: server.get(f"/api/x/v1/traces/{trace_id}")[0] == 200, f"trace {trace_id}")
    stored = {span["spanId"]: span for span in stored_spans(server, trace_id)}
    assert len(stored) == len(expected), (sorted(stored), expected)
    for span in expected:
        assert stored[span["spanId"]] == span, (stored[span["spanId"]], span)


def check_jaeger(server, expected):
    trace = server.json(f"/api/traces/{expected[0]['traceId']}")["data"][0]
    spans = {span["spanID"]: span for span in trace["spans"]}
    assert len(spans) == len(expected), trace
    for span in expected:
        shown = spans[span["spanId"]]
        assert shown["operationName"] == span["name"], (shown, span)
        assert shown["startTime"] == int(span["start"]) // 1000, (shown, span)
        service = trace["processes"][shown["processID"]]["serviceName"]
        assert service == span["resource"]["service.name"][1], (service, span)
        tags = {tag["key"] for tag in shown["tags"]}
        assert tags >= set(span["attributes"]), (tags, span)
        assert ("error" in tags) == (span["status"] == 2), (tags, span)
        assert len(shown["logs"]) == len(span["events"]), (shown, span)
        parents = [r["spanID"] for r in shown["references"] if r["refType"] == "CHILD_OF"]
        assert parents == ([span["parentSpanId"]] if span["parentSpanId"] else []), (shown, span)


def check(server, command, directory, protocol):
    endpoint = f"http://127.0.0.1:{server.grpc_port if protocol == 'grpc' else server.http_port}"
    for compression in ("none", "gzip"):
        expected = send([*command, protocol, endpoint, compression], directory)
        assert len(expected) == 5, expected
        check_native(server, expected)
        check_jaeger(server, expected)
        print(f"  {directory.name} {protocol} {compression}: {len(expected)} spans equal", flush=True)


def check_node(options, version):
    directory = CLIENTS / version
    shutil.copy(HERE / "send.js", directory / "send.js")
    with Server(options.filo) as server:
        for protocol in ("grpc", "proto", "http"):
            check(server, ["node", "send.js"], directory, protocol)


def test_javascript_current(options):
    check_node(options, "js-current")


def test_javascript_1_30(options):
    check_node(options, "js-1.30")


def test_python(options):
    directory = CLIENTS / "python"
    with Server(options.filo) as server:
        for protocol in ("grpc", "http"):
            check(server, [str(directory / "bin/python"), str(HERE / "send.py")], directory, protocol)


if __name__ == "__main__":
    parsed = arguments(__doc__).parse_args()
    installed = subprocess.run([HERE / "install.sh"], capture_output=True, text=True)
    if installed.returncode != 0:
        print(installed.stderr, installed.stdout)
        sys.exit(installed.returncode)
    sys.exit(run_tests(globals(), parsed))
