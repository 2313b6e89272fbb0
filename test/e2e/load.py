"""Runs `filo loadgen` against a test's server."""
import json
import signal
import subprocess


class Load:
    """A running loadgen; finish() gives its JSON report. stop() ends it early, with its report."""

    def __init__(self, options, server, *arguments, grpc=False):
        endpoint = f"grpc://127.0.0.1:{server.grpc_port}" if grpc else f"http://127.0.0.1:{server.http_port}"
        self.command = [options.filo, "loadgen", "--endpoint", endpoint, "--query",
                        f"http://127.0.0.1:{server.api_port}", "--report", "json", *map(str, arguments)]
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        stdin=subprocess.DEVNULL, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self, wait_s=120):
        self.process.send_signal(signal.SIGINT)
        return self.finish(wait_s)

    def finish(self, wait_s=600):
        out, _ = self.process.communicate(timeout=wait_s)
        assert self.process.returncode in (0, 1), (self.command, self.process.returncode, out)
        return json.loads(out)


def load(options, server, *arguments, grpc=False, wait_s=600):
    with Load(options, server, *arguments, grpc=grpc) as running:
        return running.finish(wait_s)


def verify(options, server, sent, *arguments, wait_s=1800):
    """Reads back what a run with --retry sent, all of it unless `arguments` say otherwise."""
    return load(options, server, "--verify-only", "--seed", sent["seed"], "--profile", sent["profile"], "--traces",
                sent["traces"], "--start-time", sent["start_time"], "--spacing", f"{sent['spacing_ns']}ns",
                *arguments, wait_s=wait_s)["verification"]


def check_verified(verification, spans_min=1):
    """Nothing lost, nothing doubled, nothing changed, nothing made up."""
    assert verification["spans"] >= spans_min, verification
    for problem in ("missing", "doubled", "different", "unexpected", "unread"):
        assert verification[problem] == 0, verification
