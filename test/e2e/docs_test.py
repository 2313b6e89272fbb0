"""Runs the commands of the documents: every ```sh block of README.md, README.zh.md and docs/, against a running server."""
import re
import subprocess
import sys
import tempfile

from server import ROOT, arguments, run_tests

# Started elsewhere in the tests, and needing the field's own ports or minutes.
RUN_ELSEWHERE = {"scripts/run", "scripts/test"}


def commands():
    for path in [ROOT / "README.md", ROOT / "README.zh.md", *sorted(ROOT.glob("docs/**/*.md"))]:
        for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.S):
            for line in block.splitlines():
                if line.strip() and not line.startswith("#") and line.strip() not in RUN_ELSEWHERE:
                    yield path.relative_to(ROOT), line.strip()


def test_every_command_of_the_documents_works(options):
    found = list(commands())
    assert found
    with tempfile.TemporaryDirectory(prefix="filo-docs-") as folder:
        # On the field's own ports, because that is what the documents say.
        server = subprocess.Popen([options.filo, "all-in-one", "--data", folder + "/data", "--demo"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            for line in server.stdout:
                if "UI and API" in line:
                    break
            else:
                raise AssertionError("filo did not start")
            for path, command in found:
                command = command.replace("build/release/apps/filo/filo", options.filo)
                done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=120)
                assert done.returncode == 0, (str(path), command, done.stdout[-2000:], done.stderr[-2000:])
                assert done.stdout or done.stderr, (str(path), command, "printed nothing")
        finally:
            server.terminate()
            server.wait(60)


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
