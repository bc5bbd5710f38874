"""Runs a command that sees a folder as /opt/ml, and nobody else does: a mount namespace of its own, on Linux.

Run as a script, with nothing but the standard library: private_opt_ml.py <folder> shared|isolated <command>
…; isolated is without a network but for loopback. Exits with 126, saying why, where the system does not
allow it.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

NEW_MOUNTS, NEW_USERS, NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18
SET_FLAGS, UP = 0x8914, 0x1
NOT_ALLOWED = 126
OPT, OPT_ML = "/opt", "/opt/ml"


def call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source: str, target: str, kind: "str | None", flags: int) -> None:
    call("mount", source.encode(), target.encode(), kind.encode() if kind else None, flags, None)


def separate(isolated: bool) -> None:
    """Namespaces of our own; without the rights of root, in a user namespace in which we stay who we are."""
    wanted = NEW_MOUNTS | (NEW_NETWORK if isolated else 0)
    user, group = os.geteuid(), os.getegid()
    try:
        call("unshare", wanted)
    except PermissionError:
        call("unshare", wanted | NEW_USERS)
        write("setgroups", "deny")
        write("uid_map", f"{user} {user} 1")
        write("gid_map", f"{group} {group} 1")
    if isolated:
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", UP))


def write(file: str, text: str) -> None:
    with open(f"/proc/self/{file}", "w") as out:
        out.write(text)


def place(folder: str) -> None:
    """Mounts the folder at /opt/ml; where there is none, /opt is built anew around it, of what it has."""
    mount("none", "/", None, RECURSIVE | PRIVATE)
    source = held(folder)
    if not os.path.isdir(OPT_ML):
        kept = {name: held(f"{OPT}/{name}") for name in os.listdir(OPT) if name != "ml"}
        mount("none", OPT, "tmpfs", 0)
        for name, place in kept.items():
            target = f"{OPT}/{name}"
            if os.path.isdir(place):
                os.mkdir(target)
            else:
                open(target, "w").close()
            mount(place, target, None, BIND | RECURSIVE)
        os.mkdir(OPT_ML)
    mount(source, OPT_ML, None, BIND | RECURSIVE)


def held(path: str) -> str:
    """A name for what lies at the path, that stays when something is mounted over it."""
    return f"/proc/self/fd/{os.open(path, os.O_PATH)}"


def main(folder: str, network: str, *command: str) -> int:
    try:
        here = os.getcwd()
        separate(network == "isolated")
        place(folder)
        os.chdir(here)
    except OSError as error:
        print(f"no private /opt/ml: {error}", file=sys.stderr)
        return NOT_ALLOWED
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"cannot start {command[0]}: {error}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
