"""Runs one container's command and sees to its end: run as a script, with nothing but the standard library.

The command gets its own process group. When it ends, what it left behind is killed. When the server ends,
however it ends, the pipe at our standard input closes, and the group is killed. With options before `--` it
gets a view of the machine of its own, see namespaces.py; a view that cannot be had ends with exit code 126.
"""

import argparse
import ctypes
import importlib.util
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1
NO_VIEW = 126


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def kill(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


def take_view(options: argparse.Namespace) -> None:
    """Raises OSError."""
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "namespaces.py")
    spec = importlib.util.spec_from_file_location("namespaces", file)
    assert spec and spec.loader
    namespaces = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(namespaces)
    namespaces.enter(options.opt_ml, options.hosts, options.isolated)
    if options.opt_ml:
        os.environ["SAGEMAKER_BASE_DIR"] = namespaces.OPT_ML


def main(command: "list[str]") -> int:
    # Set before the child exists, so that an early signal is not lost: it is delivered once there is a group.
    early = []
    signal.signal(signal.SIGTERM, lambda *_: early.append(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent
        )
    except OSError as error:
        print(f"cannot start {command[0]}: {error}", file=sys.stderr)
        return 127
    signal.signal(signal.SIGTERM, lambda *_: kill(child.pid, signal.SIGTERM))
    if early:
        kill(child.pid, signal.SIGTERM)

    def watch() -> None:
        while os.read(0, 64):
            pass
        kill(child.pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    code = child.wait()
    kill(child.pid, signal.SIGKILL)
    return code if code >= 0 else 128 - code


def start(arguments: "list[str]") -> int:
    parser = argparse.ArgumentParser(prog="guard")
    parser.add_argument("--opt-ml", help="the folder that is /opt/ml")
    parser.add_argument("--hosts", help="the file that is /etc/hosts")
    parser.add_argument("--isolated", action="store_true", help="no network but loopback")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    if options.opt_ml or options.hosts or options.isolated:
        try:
            take_view(options)
        except OSError as error:
            print(f"this machine gives the container no view of its own: {error}", file=sys.stderr)
            return NO_VIEW
    return main(options.command)


if __name__ == "__main__":
    code = start(sys.argv[1:])
    sys.stdout.flush()
    # The watching thread may sit in a read that never ends.
    os._exit(code)
