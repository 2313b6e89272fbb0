"""Starting with mistakes: every one is named at once, the exit code is 2, and nothing is touched."""
import socket
import subprocess
import sys

from server import Server, arguments, run_tests


def start(server, *extra):
    done = subprocess.run([*server.command(), *extra], capture_output=True, text=True, timeout=30)
    return done.returncode, done.stderr


def test_every_mistake_in_the_configuration_is_listed(options):
    server = Server(options.filo)
    server.config_file.write_text("window:\n  idel: 5s\n  bytes_max: lots\nreceiver:\n  x: 1\napi: {port: 99999}\n")
    code, errors = start(server)
    assert code == 2, (code, errors)
    for expected in ("window.idel: unknown key; did you mean 'idle'?", "window.bytes_max: 'lots' is not a size",
                     "receiver: unknown key; did you mean 'receivers'?", "api.port: 99999 is not between"):
        assert expected in errors, (expected, errors)
    assert not server.data.exists()


def test_ports_in_use_and_a_bad_folder_are_listed_together(options):
    server = Server(options.filo)
    server.data.write_text("a file, not a folder")
    with socket.socket() as one, socket.socket() as two:
        for s, port in ((one, server.grpc_port), (two, server.api_port)):
            s.bind(("127.0.0.1", port))
            s.listen()
        code, errors = start(server)
    assert code == 2, (code, errors)
    assert str(server.grpc_port) in errors and str(server.api_port) in errors and "is not a folder" in errors, errors
    assert server.data.read_text() == "a file, not a folder"


def test_a_newer_data_folder_is_refused_untouched(options):
    server = Server(options.filo)
    server.data.mkdir()
    (server.data / "format").write_text("filo data 2\n")
    code, errors = start(server)
    assert code == 2 and "has format 2, this Filo knows up to 1" in errors, (code, errors)
    assert sorted(p.name for p in server.data.iterdir()) == ["format"]


def test_a_second_process_on_one_folder_is_refused(options):
    with Server(options.filo) as first:
        second = Server(options.filo)
        second.data = first.data
        code, errors = start(second)
        assert code == 2 and "lock" in errors, (code, errors)
        assert first.get("/readyz")[0] == 200


def test_unknown_options_and_commands_say_how_to_mend_it(options):
    for wrong in (["all-in-one", "--nonsense"], ["nonsense"], ["config", "frobnicate"]):
        done = subprocess.run([options.filo, *wrong], capture_output=True, text=True, timeout=30)
        assert done.returncode == 2 and "help" in (done.stderr + done.stdout).lower(), (wrong, done)


def test_config_print_and_check_agree(options):
    server = Server(options.filo)
    printed = subprocess.run([options.filo, "config", "print", "--config", str(server.config_file)], capture_output=True,
                             text=True, timeout=30, check=True).stdout
    server.config_file.write_text(printed.replace(printed.splitlines()[0], f"data: {server.data}"))
    again = subprocess.run([options.filo, "config", "check", "--config", str(server.config_file)], capture_output=True,
                           text=True, timeout=30)
    assert again.returncode == 0, again
    assert f"port: {server.api_port}" in printed


if __name__ == "__main__":
    sys.exit(run_tests(globals(), arguments(__doc__).parse_args()))
