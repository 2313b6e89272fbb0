"""The demo shop inside the server: its spans are received, counted and kept like a client's."""
import sys

from server import Server, arguments, check_conservation, request_of, run_tests, span, total, wait_until


RECEIVED = 'filo_receiver_received_spans_total{receiver="demo"}'


def conserved(server):
    """The metrics, once its past is sent and they were read between two requests, when nothing is on its way."""
    def read():
        metrics = server.metrics()
        if metrics[RECEIVED] < 5000:
            return None
        try:
            check_conservation(metrics)
        except AssertionError:
            return None
        return metrics
    return wait_until(read, "the law holds with --demo")


def test_the_demo_counts_as_a_receiver(options):
    with Server(options.filo, options=["--demo"]) as server:
        assert server.send(request_of([span("0" * 31 + "1", "0" * 15 + "1")]))[0] == 200
        metrics = conserved(server)
        assert metrics['filo_receiver_received_spans_total{receiver="otlp_http"}'] == 1
        assert total(metrics, "filo_receiver_refused_spans_total") == 0

        server.kill()
        server.start()
        metrics = conserved(server)
        assert metrics["filo_pipeline_replayed_spans_total"] > 1000
        assert server.stop() == 0


def test_without_the_demo_there_is_no_such_receiver(options):
    with Server(options.filo) as server:
        assert RECEIVED not in server.metrics()


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
