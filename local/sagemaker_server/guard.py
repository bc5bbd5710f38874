"""Runs one container's command and sees to its end: run as a script, with nothing but the standard library.

The command gets its own process group. When it ends, what it left behind is killed. When the server ends,
however
it ends, the pipe at our standard input closes, and the group is killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def kill(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        pass


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


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    # The watching thread may sit in a read that never ends.
    os._exit(code)
