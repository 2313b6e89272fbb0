"""The client library in a real program, its spans in a real server."""
import pathlib
import subprocess
import sys

from server import Server, arguments, check_conservation, run_tests


def hello_trace(options):
    return pathlib.Path(options.filo).parent.parent.parent / "examples/hello_trace"


def attributes(span):
    return {a["key"]: next(iter(a["value"].values())) for a in span.get("attributes", [])}


def test_what_the_program_did_is_found(options):
    with Server(options.filo) as server:
        done = subprocess.run([hello_trace(options), f"http://127.0.0.1:{server.http_port}"], stdout=subprocess.PIPE,
                              text=True, timeout=30, check=True)
        exported = server.json(f"/api/x/v1/traces/{done.stdout.strip()}/export")
        [resource] = exported["resourceSpans"]
        assert attributes(resource["resource"]) == {"service.name": "hello"}, resource
        [scope] = resource["scopeSpans"]
        assert scope["scope"]["name"] == "filo", scope
        spans = {span["name"]: span for span in scope["spans"]}
        assert sorted(spans) == ["GET /orders/{id}", "SELECT orders", "send mail"], sorted(spans)
        root = spans["GET /orders/{id}"]
        assert not root.get("parentSpanId"), root
        assert attributes(root) == {"http.request.method": "GET", "http.response.status_code": "200"}, root
        for name in ("SELECT orders", "send mail"):
            assert spans[name]["parentSpanId"] == root["spanId"], spans[name]
            assert int(root["startTimeUnixNano"]) <= int(spans[name]["startTimeUnixNano"]), spans[name]
            assert int(spans[name]["endTimeUnixNano"]) <= int(root["endTimeUnixNano"]), spans[name]
        assert attributes(spans["SELECT orders"]) == {"db.system.name": "postgresql", "order.number": "7"}
        assert [event["name"] for event in spans["send mail"]["events"]] == ["queued"]
        assert spans["send mail"]["status"]["message"] == "mailbox full", spans["send mail"]
        received, _ = check_conservation(server.metrics())
        assert received == 3, received


def test_a_collector_that_is_not_there_costs_no_more_than_the_flush(options):
    with Server(options.filo) as server:
        port = server.http_port
    done = subprocess.run([hello_trace(options), f"http://127.0.0.1:{port}"], stdout=subprocess.PIPE, timeout=30,
                          check=False)
    assert done.returncode == 1, done


def test_a_wrong_endpoint_is_said(options):
    done = subprocess.run([hello_trace(options), "https://example.test"], stderr=subprocess.PIPE, text=True, timeout=30,
                          check=False)
    assert done.returncode == 2 and "endpoint" in done.stderr, done


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
