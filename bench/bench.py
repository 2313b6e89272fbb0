"""Scenarios against a real server with durable answers; see scripts/bench --help."""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test/e2e"))
from server import Server, check_conservation, wait_until  # noqa: E402

figures = {}


def report(name, value, unit):
    figures[name] = {"value": round(value, 4), "unit": unit}
    print(f"  {name:<58} {value:>14,.3f} {unit}", flush=True)


def cpu_seconds(server):
    """Of all threads, and of the one that merges parts when nobody else wants the processor."""
    everything = merging = 0
    for thread in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
        name, _, rest = (thread / "stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        fields = rest.split()
        seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        everything += seconds
        merging += seconds if name == "maintenance" else 0
    return everything, merging


def loadgen(filo, server, *arguments, grpc=False):
    endpoint = f"grpc://127.0.0.1:{server.grpc_port}" if grpc else f"http://127.0.0.1:{server.http_port}"
    done = subprocess.run([filo, "loadgen", "--endpoint", endpoint, "--query", f"http://127.0.0.1:{server.api_port}",
                           "--retry", "--report", "json", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)["load"]


def part_bytes(server):
    return sum(path.stat().st_size for path in (server.data / "parts").rglob("*") if path.is_file())


def drained(server):
    wait_until(lambda: server.metrics()["filo_window_spans"] == 0, "all spans are stored", 180)


def ingest(options, name, profile, grpc):
    with Server(options.filo) as server:
        sent = loadgen(options.filo, server, "--duration", f"{options.seconds}s", "--profile", profile, grpc=grpc)
        drained(server)
        spans = sent["answered"]["spans"]
        everything, merging = cpu_seconds(server)
        cpu = everything - merging
        came, _ = check_conservation(server.metrics())
        assert spans > 0 and came >= spans, (came, spans)
        report(f"{name}: durable answers", spans / sent["seconds"], "spans/s")
        report(f"{name}: server CPU, socket to sealed parts", cpu / spans * 1e6, "s per million spans")
        report(f"{name}: that is", spans / cpu, "spans/s/core")
        report(f"{name}: server CPU, merging parts meanwhile", merging / spans * 1e6, "s per million spans")
        report(f"{name}: answer p50", sent["latency_ms"]["p50"], "ms")
        report(f"{name}: answer p99", sent["latency_ms"]["p99"], "ms")
        report(f"{name}: request bytes", sent["bytes"] / spans, "B/span")
        report(f"{name}: on disk, indexes in", part_bytes(server) / spans, "B/span")
        report(f"{name}: most memory", server.resident_bytes_max() / 2**20, "MiB")


def steady(options):
    with Server(options.filo) as server:
        sent = loadgen(options.filo, server, "--rate", "10000", "--duration", f"{max(30, options.seconds)}s")
        cpu, _ = cpu_seconds(server)
        assert sent["answered"]["spans"] > 0
        report("10,000 spans/s: most memory", server.resident_bytes_max() / 2**20, "MiB")
        report("10,000 spans/s: CPU of a core", 100 * cpu / sent["seconds"], "%")
        report("10,000 spans/s: answer p99", sent["latency_ms"]["p99"], "ms")


def timed(function, rounds=15):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        answer = function()
        times.append((time.perf_counter() - begin) * 1000)
    return answer, statistics.median(times), times[0]


def search(server, q, limit=20, **more):
    status, _, body = server.request("POST", "/api/x/v1/search",
                                     json.dumps({"q": q, "limit": limit, "from": "0", **more}).encode(),
                                     {"content-type": "application/json"}, timeout=120)
    assert status == 200, body[:500]
    lines = [json.loads(line) for line in body.splitlines()]
    assert lines[-1]["t"] == "done", lines[-1]
    return [line for line in lines if line["t"] == "trace"], lines[-1]


def searches(options):
    with Server(options.filo) as server:
        sent = loadgen(options.filo, server, "--traces", str(options.spans // 10), "--seed", "42")
        drained(server)
        stored = server.metrics()["filo_pipeline_stored_spans_total"]
        assert stored == sent["answered"]["spans"], (stored, sent["answered"])
        report("search: spans stored", stored, "spans")
        assert server.stop() == 0
        report("search: start on them, to ready", server.start() * 1000, "ms")

        newest, _ = search(server, "", limit=500)
        assert len(newest) == 500
        some = newest[::25]
        for trace in some:
            columns = server.json(f"/api/x/v1/traces/{trace['trace_id']}")
            assert columns["n"] == trace["spans"], trace
        ids = iter([trace["trace_id"] for trace in newest] * 10)
        _, warm, first = timed(lambda: server.get(f"/api/x/v1/traces/{next(ids)}"), 100)
        report("search: trace by id over HTTP, median", warm, "ms")
        detail = newest[0]["match"]
        spans = server.json(f"/api/traces/{newest[0]['trace_id']}")["data"][0]["spans"]
        # Jaeger's API shows scope and status as tags too; those are no attributes.
        rare = next(tag for span in spans for tag in span["tags"] if tag["type"] == "string" and
                    not tag["key"].startswith(("otel.", "span.", "error")) and
                    any(c.isdigit() for c in tag["value"]) and len(tag["value"]) > 12)
        service, operation = detail["service"], detail["operation"]
        for name, q, least in (
                ("service and operation", f'service="{service}" operation="{operation}"', 20),
                ("an attribute value that is rare", f'{rare["key"]}="{rare["value"]}"', 1),
                ("an attribute value that is absent", f'{rare["key"]}="no such value"', 0),
                ("service, duration and attribute", f'service="{service}" duration>1us has({rare["key"]})', 1)):
            (found, done), warm, first = timed(lambda q=q: search(server, q), 7)
            assert len(found) >= least and (least > 0 or not found), (q, len(found))
            assert done["meta"]["complete"], done
            report(f"search: {name}, first", first, "ms")
            report(f"search: {name}, median", warm, "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filo", required=True)
    parser.add_argument("--spans", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--json")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores; client and server share them")
    report("binary", os.path.getsize(options.filo) / 2**20, "MiB")
    ingest(options, "OTLP/HTTP, 440 B spans", "small", grpc=False)
    ingest(options, "OTLP/gRPC, 440 B spans", "small", grpc=True)
    ingest(options, "OTLP/HTTP, 1 KB spans", "realistic", grpc=False)
    ingest(options, "OTLP/gRPC, 1 KB spans", "realistic", grpc=True)
    steady(options)
    searches(options)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
