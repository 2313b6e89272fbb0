"""What the load generator does to spans on their way, and that its comparison notices."""
import sys

from load import load
from server import Server, arguments, check_conservation, run_tests

MISHAPS = ("--rootless", 0.2, "--late", 0.2, "--late-by", "2s", "--duplicates", 0.1)
WORKLOAD = ("--seed", 5, "--traces", 400, "--start-time", "10m")


def test_spans_without_root_late_and_sent_twice_are_stored_once_and_whole(options):
    with Server(options.filo, "window: {idle: 300ms}\n") as server:
        sent = load(options, server, *WORKLOAD, *MISHAPS, "--verify")
        verified = sent["verification"]
        assert sent["load"]["answered"]["spans"] == sent["load"]["sent"]["spans"], sent
        assert verified["spans"] == 4000, verified
        assert sent["load"]["sent"]["spans"] > 4200, sent
        assert verified["first_problem"] == "", verified
        check_conservation(server.metrics())

        # Other fractions promise other spans.
        start = sent["load"]["start_time"]
        again = ("--verify-only", "--seed", 5, "--traces", 400, "--start-time", start)
        assert load(options, server, *again, *MISHAPS)["verification"]["first_problem"] == ""
        without = load(options, server, *again)["verification"]
        assert without["different"] > 40 and without["missing"] == 0, without


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
