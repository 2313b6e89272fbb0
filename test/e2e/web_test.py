"""The UI in Debian's Chromium against the real server: the journey from search to a span, and its quality."""
import os
import subprocess
import sys

from server import ROOT, Server, arguments, run_tests, wait_until


def test_the_journey_on_the_real_server(options):
    with Server(options.filo) as server:
        demo = subprocess.run([options.filo, "demo", "--endpoint", f"http://127.0.0.1:{server.http_port}", "--backfill",
                               "10m", "--duration", "3s"], capture_output=True, text=True, timeout=120)
        assert demo.returncode == 0, demo
        wait_until(lambda: server.json("/api/x/v1/services")["services"], "services are known")
        node = subprocess.run([ROOT / "web/scripts/node.sh", ROOT / "build/node"], capture_output=True, text=True,
                              check=True).stdout.strip()
        done = subprocess.run([node, "node_modules/vitest/vitest.mjs", "run", "--project", "e2e", "journey"],
                              cwd=ROOT / "web", env={**os.environ, "FILO_URL": f"http://127.0.0.1:{server.api_port}"},
                              capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        assert "passed" in done.stdout, done.stdout


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
