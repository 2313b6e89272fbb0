"""Kills the server again and again at random moments while spans come in: what was answered is there afterwards, once.

The sender does as exporters do: it sends a batch again until it is answered, so that an answer which a kill swallowed
leads to a batch that comes twice, and still must be kept once."""
import random
import sys
import time

from load import Load, check_verified, verify
from server import Server, arguments, check_conservation, run_tests

# Small limits, so that kills also meet sealing, writing, journal files that come and go, and compaction.
CONFIG = """
window: {idle: 200ms, age_max: 1s, seal_interval: 50ms}
journal: {file_bytes_max: 1MiB}
"""
READY_S_MAX = 10  # with a machine that is busy with other tests; usually a tenth of a second


def test_spans_survive_kills(options):
    kills_wanted = options.kills or (1000 if options.long else 200)
    chance = random.Random(options.seed)
    ready = []
    with Server(options.filo, CONFIG) as server:
        begin = time.monotonic()
        with Load(options, server, "--retry", "--rate", options.rate, "--duration", "24h", "--connections", 4, "--batch",
                  200, "--seed", options.seed, "--timeout", "5s") as running:
            kills = 0
            while kills < kills_wanted and time.monotonic() - begin < options.seconds_max:
                time.sleep(chance.choice((0.005, 0.05, 0.3, 0.6)) * chance.random() + 0.002)
                assert running.process.poll() is None, "loadgen ended by itself"
                server.kill()
                ready.append(server.start(READY_S_MAX))
                kills += 1
            sent = running.stop()["load"]
        assert kills >= kills_wanted / 2, f"only {kills} kills in {options.seconds_max} s"
        assert sent["refused"]["spans"] == 0 and sent["unknown"]["spans"] == 0, sent
        assert sent["tries"] > sent["sent"]["requests"], "no batch had to be sent twice: the kills hit nothing"
        check_verified(verify(options, server, sent), sent["sent"]["spans"])
        check_conservation(server.metrics())
        # Once more when nothing is left in memory.
        assert server.stop() == 0
        server.start()
        check_verified(verify(options, server, sent), sent["sent"]["spans"])
    ready.sort()
    print(f"seed {options.seed}: {kills} kills, {sent['sent']['spans']} spans, {sent['tries']} tries; ready again after "
          f"{ready[len(ready) // 2]:.3f} s (median), {ready[-1]:.3f} s (longest)")


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--kills", type=int, help="200, with --long 1000")
    parser.add_argument("--rate", type=int, default=3000, help="spans per second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 1 << 31))
    parser.add_argument("--seconds-max", type=int, default=1500, help="no kill after that; half of them are enough")
    sys.exit(run_tests(globals(), parser.parse_args()))
