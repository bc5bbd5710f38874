"""A container's own view of the machine, by Linux's namespaces: loaded by guard.py, nothing but the standard
library.

Works as root and, where the kernel lets everybody make user namespaces, without; see isolation.py for whether
it does.
"""

import ctypes
import os

NEW_MOUNTS, NEW_USER, NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
DETACH = 2
OPT, OPT_ML, HOSTS = "/opt", "/opt/ml", "/etc/hosts"
INTERFACE_FLAGS, SET_INTERFACE_FLAGS, UP = 0x8913, 0x8914, 0x1


def enter(opt_ml: "str | None", hosts: "str | None", isolated: bool) -> None:
    """Moves this process, which must have one thread, into namespaces of its own: `opt_ml` is the folder that
    is /opt/ml there, `hosts` the file that is /etc/hosts; `isolated` leaves it no network but loopback.
    Raises OSError."""
    _unshare((NEW_MOUNTS if opt_ml or hosts else 0) | (NEW_NETWORK if isolated else 0))
    if opt_ml or hosts:
        # What is mounted here stays here.
        _mount(None, "/", None, RECURSIVE | PRIVATE)
    if opt_ml:
        _put_at_opt_ml(opt_ml)
    if hosts:
        _mount(hosts, HOSTS, None, BIND)
    if isolated:
        _loopback_up()


def _unshare(flags: int) -> None:
    if _libc.unshare(flags) == 0:
        return
    user, group = os.getuid(), os.getgid()
    _check(_libc.unshare(flags | NEW_USER), "unshare")
    for file, text in (
        ("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1"),
    ):  # fmt: skip
        with open(f"/proc/self/{file}", "w") as out:
            out.write(text)


def _put_at_opt_ml(folder: str) -> None:
    if os.path.isdir(OPT_ML):
        return _mount(folder, OPT_ML, None, BIND)
    # The machine has no such folder and shall not get one: an /opt of our own holds the rest of it, too.
    staged = os.path.join(folder, ".opt")
    os.mkdir(staged)
    _mount("tmpfs", staged, "tmpfs", 0, "mode=755")
    for name in os.listdir(OPT):
        _show(os.path.join(OPT, name), os.path.join(staged, name))
    inside = os.path.join(staged, "ml")
    os.mkdir(inside)
    _mount(folder, inside, None, BIND)
    _mount(staged, OPT, None, BIND | RECURSIVE)
    _check(_libc.umount2(os.fsencode(staged), DETACH), "umount")
    os.rmdir(staged)


def _show(source: str, target: str) -> None:
    if os.path.islink(source):
        return os.symlink(os.readlink(source), target)
    if os.path.isdir(source):
        os.mkdir(target)
    else:
        open(target, "w").close()
    _mount(source, target, None, BIND | RECURSIVE)


def _loopback_up() -> None:
    import fcntl
    import socket
    import struct

    with socket.socket() as any_socket:
        flags = fcntl.ioctl(any_socket, INTERFACE_FLAGS, struct.pack("16sh14x", b"lo", 0))
        _, now = struct.unpack("16sh14x", flags)
        fcntl.ioctl(any_socket, SET_INTERFACE_FLAGS, struct.pack("16sh14x", b"lo", now | UP))


def _mount(
    source: "str | None", target: str, kind: "str | None", flags: int, data: "str | None" = None
) -> None:
    words = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    _check(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


_libc = ctypes.CDLL(None, use_errno=True)
