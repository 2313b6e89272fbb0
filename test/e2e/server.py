"""A real filo process on free loopback ports and a folder of its own; for the end-to-end tests beside this file."""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--filo", default=str(ROOT / "build/release/apps/filo/filo"), help="the binary under test")
    parser.add_argument("--long", action="store_true", help="the long form of the test")
    return parser


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for s in sockets:
            s.bind(("127.0.0.1", 0))
        return [s.getsockname()[1] for s in sockets]


class Server:
    """Use as a context manager; start() again after kill() or stop(): data folder and ports stay the same."""

    def __init__(self, filo, config="", folder=None, options=()):
        self.filo = filo
        self.options = options
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="filo-test-"))
        self.grpc_port, self.http_port, self.api_port = free_ports(3)
        self.config_file = self.folder / "filo.yaml"
        self.config_file.write_text(
            f"receivers:\n  otlp_grpc: {{port: {self.grpc_port}}}\n  otlp_http: {{port: {self.http_port}}}\n"
            f"api: {{port: {self.api_port}}}\n{config}")
        self.data = self.folder / "data"
        self.log = self.folder / "filo.log"
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self):
        return [self.filo, "all-in-one", "--data", str(self.data), "--config", str(self.config_file), *self.options]

    def start(self, wait_s=30):
        """Returns the seconds until it was ready."""
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        while time.monotonic() - begin < wait_s:
            if self.process.poll() is not None:
                raise RuntimeError(f"filo ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
            try:
                if self.get("/readyz", timeout=1)[0] == 200:
                    return time.monotonic() - begin
            except OSError:
                time.sleep(0.005)
        raise RuntimeError(f"filo was not ready in {wait_s} s:\n{self.log.read_text()[-4000:]}")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, wait_s=60):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(wait_s)

    def request(self, method, path, body=None, headers=None, port=None, timeout=30):
        """(status, headers, body); an HTTP error is an answer, not an exception."""
        url = f"http://127.0.0.1:{port or self.api_port}{path}"
        request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def json(self, path):
        status, _, body = self.get(path)
        assert status == 200, (path, status, body[:500])
        return json.loads(body)

    def send(self, otlp_json, headers=None):
        """An OTLP/JSON request to the HTTP receiver."""
        return self.request("POST", "/v1/traces", json.dumps(otlp_json).encode(),
                            {"content-type": "application/json", **(headers or {})}, port=self.http_port)

    def metrics(self):
        """{name or name{labels}: value}"""
        values = {}
        for line in self.get("/metrics")[2].decode().splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                values[name] = float(value)
        return values

    def resident_bytes_max(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmHWM")


def total(metrics, name):
    """A metric summed over its labels."""
    return sum(value for key, value in metrics.items() if key == name or key.startswith(name + "{"))


def check_conservation(metrics):
    """received + replayed = rejected + refused + failed + stored + dropped + queued + in the window"""
    came = total(metrics, "filo_receiver_received_spans_total") + total(metrics, "filo_pipeline_replayed_spans_total")
    went = {name: total(metrics, name) for name in (
        "filo_receiver_rejected_spans_total", "filo_receiver_refused_spans_total", "filo_receiver_failed_spans_total",
        "filo_pipeline_stored_spans_total", "filo_pipeline_dropped_spans_total", "filo_pipeline_queued_spans",
        "filo_window_spans")}
    assert came == sum(went.values()), f"{came} spans came, {sum(went.values())} are accounted for: {went}"
    return came, went


def wait_until(condition, what, wait_s=30):
    begin = time.monotonic()
    while time.monotonic() - begin < wait_s:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not in {wait_s} s: {what}")


def span(trace_id, span_id, name="op", start=None, end=None, **more):
    now = time.time_ns()
    start = now if start is None else start
    return {"traceId": trace_id, "spanId": span_id, "name": name, "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(start + 1_000_000 if end is None else end), **more}


def request_of(spans, service="test"):
    return {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
                               "scopeSpans": [{"scope": {"name": "e2e"}, "spans": spans}]}]}


def hex_id(number, digits):
    return f"{number:0{digits}x}"


def run_tests(namespace, options):
    """Runs every function named test_… of a module with the parsed options; prints one line each."""
    failures = 0
    for name, function in list(namespace.items()):
        if not name.startswith("test_") or not callable(function):
            continue
        begin = time.monotonic()
        try:
            function(options)
            print(f"ok      {name} ({time.monotonic() - begin:.1f} s)", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failures += 1
            import traceback
            traceback.print_exc()
            print(f"FAILED  {name}: {error}", flush=True)
    return 1 if failures else 0
