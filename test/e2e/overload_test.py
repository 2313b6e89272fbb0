"""More spans than the server is allowed to hold: memory stays bounded, every refusal is told and counted, what was
answered is there, what was refused is not. And stopping: what was answered before SIGTERM survives it."""
import sys
import threading
import time

from load import Load, check_verified, load
from server import Server, arguments, check_conservation, request_of, run_tests, span, total, wait_until

MIB = 1 << 20
# The queue before the journal is far smaller than what the senders have on the wire together.
CONFIG = """
window: {bytes_max: 64MiB}
journal: {bytes_max: 256MiB, file_bytes_max: 8MiB, queue_bytes_max: 512KiB}
"""
RESIDENT_BYTES_MAX = 500 * MIB  # window and queue, and for each of 64 connections its request and decoded batch


def refused(metrics):
    return total(metrics, "filo_receiver_refused_spans_total")


def overload(options, **how):
    seconds = options.seconds or (60 if options.long else 15)
    with Server(options.filo, CONFIG) as server:
        sent = load(options, server, "--duration", f"{seconds}s", "--connections", 64, "--batch", 1000, "--verify",
                    "--verify-sample", 2000, **how)
        metrics = server.metrics()
        resident = server.resident_bytes_max()
        tally = sent["load"]
        print(f"  {tally['sent']['spans']} spans sent, {tally['refused']['spans']} refused, "
              f"{tally['spans_per_second']:.0f} spans/s answered, p99 {tally['latency_ms']['p99']:.0f} ms, "
              f"{resident / MIB:.0f} MiB resident at most")
        assert tally["answered"]["spans"] > 0, sent
        assert tally["refused"]["spans"] > 0, ("no overload", sent)
        assert tally["unknown"]["spans"] == 0, sent
        assert resident < RESIDENT_BYTES_MAX, f"{resident / MIB:.0f} MiB"
        # Both sides count the same.
        assert total(metrics, "filo_receiver_received_spans_total") == tally["sent"]["spans"], (metrics, tally)
        assert refused(metrics) == tally["refused"]["spans"], (metrics, tally)
        check_verified(sent["verification"])
        check_conservation(metrics)
        # And it recovers.
        recovered = server.send(request_of([span("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")]))
        assert recovered[0] == 200, recovered
        wait_until(lambda: server.get("/api/x/v1/traces/0af7651916cd43dd8448eb211c80319c")[0] == 200, "the span")
        wait_until(lambda: total(server.metrics(), "filo_window_spans") == 0, "an empty window", 120)
        check_conservation(server.metrics())


def test_http_overload(options):
    overload(options)


def test_grpc_overload(options):
    overload(options, grpc=True)


def test_sigterm_loses_nothing(options):
    with Server(options.filo) as server:
        with Load(options, server, "--rate", 20000, "--duration", "24h", "--connections", 8, "--verify", "--verify-sample",
                  3000, "--timeout", "5s") as running:
            time.sleep(3)
            assert running.process.poll() is None
            begin = time.monotonic()
            assert server.stop() == 0
            took = time.monotonic() - begin
            ready = server.start()
            time.sleep(1)
            sent = running.stop()
        check_verified(sent["verification"])
        assert sent["load"]["answered"]["spans"] > 20000, sent
        print(f"  stopped in {took:.1f} s under load, ready again after {ready:.1f} s; {sent['load']['unknown']['spans']} spans got no answer meanwhile")


def test_metrics_can_be_read_under_load(options):
    with Server(options.filo) as server:
        with Load(options, server, "--rate", 20000, "--duration", "4s", "--connections", 4) as running:
            came = []

            def watch():
                while running.process.poll() is None:
                    came.append(total(server.metrics(), "filo_receiver_received_spans_total"))
                    time.sleep(0.1)

            watcher = threading.Thread(target=watch)
            watcher.start()
            tally = running.finish()["load"]
            watcher.join()
        assert came == sorted(came), came
        assert tally["answered"]["spans"] == tally["sent"]["spans"], tally
        counted, _ = check_conservation(server.metrics())
        assert counted == tally["sent"]["spans"], (counted, tally)


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=int, help="of overload; 15, with --long 60")
    sys.exit(run_tests(globals(), parser.parse_args()))
