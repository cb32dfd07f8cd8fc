"""Notes left for another container in every way that could outlive this one, and how each is looked for."""

import ctypes
import os
import socket

KEY = 0x5052
NAME = "note-of-a-run"
FILES = [f"{folder}/{NAME}" for folder in ("/tmp", "/var/tmp", "/run/prism", "/dev/shm", "/opt/prism", "/run", "/home")]
ADD_KEY, REQUEST_KEY = {"x86_64": (248, 249), "aarch64": (217, 218)}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
kept = []


def _checked(result):
    if result in (-1, None):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _write_files():
    written = 0
    for path in FILES:
        try:
            with open(path, "wb") as note:
                note.write(b"weights")
            written += 1
        except OSError:
            pass
    if written == 0:
        raise OSError("no folder can be written to")


def _listen():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"\0{NAME}")
    listener.listen()
    kept.append(listener)


def _answers():
    caller = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        caller.connect(f"\0{NAME}")
    except OSError:
        return False
    return True


def _listen_on_loopback():
    listener = socket.create_server(("127.0.0.1", 47011))
    kept.append(listener)


def _answers_on_loopback():
    try:
        socket.create_connection(("127.0.0.1", 47011), 1).close()
    except OSError:
        return False
    return True


def _stay_behind():
    """A child in a session of its own that ignores what it can ignore, and holds memory."""
    import signal
    import time

    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        hoard = bytearray(1 << 20)
        while hoard:
            time.sleep(600)


def _sees_others():
    """Whether there is a process here that was started by no one in here."""
    mine = {"1", str(os.getpid())}
    return any(name.isdigit() and name not in mine for name in os.listdir("/proc"))


LEAVE = {
    "files": _write_files,
    "a segment of System V shared memory": lambda: _checked(libc.shmget(KEY, 4096, 0o1666)),
    "a System V semaphore": lambda: _checked(libc.semget(KEY, 1, 0o1666)),
    "a System V message queue": lambda: _checked(libc.msgget(KEY, 0o1666)),
    "a POSIX message queue": lambda: _checked(ctypes.CDLL("librt.so.1", use_errno=True).mq_open(f"/{NAME}".encode(), os.O_CREAT | os.O_RDWR, 0o666, None)),
    "an abstract socket": _listen,
    "a port on the loopback": _listen_on_loopback,
    "the environment": lambda: os.environ.update({NAME: "weights"}),
    "a process": _stay_behind,
    "a key in the kernel's keyring": lambda: _checked(libc.syscall(ADD_KEY, b"user", NAME.encode(), b"w", 1, -3)),
}

FIND = {
    "files": lambda: any(os.path.exists(path) for path in FILES),
    "a segment of System V shared memory": lambda: libc.shmget(KEY, 4096, 0) != -1,
    "a System V semaphore": lambda: libc.semget(KEY, 1, 0) != -1,
    "a System V message queue": lambda: libc.msgget(KEY, 0) != -1,
    "a POSIX message queue": lambda: os.path.exists(f"/dev/mqueue/{NAME}"),
    "an abstract socket": _answers,
    "a port on the loopback": _answers_on_loopback,
    "the environment": lambda: NAME in os.environ,
    "a process": _sees_others,
    "a key in the kernel's keyring": lambda: libc.syscall(REQUEST_KEY, b"user", NAME.encode(), None, -3) != -1,
}


def leave(channel):
    """Leaves a note and makes sure that it could be found in here. Raises OSError where that is refused."""
    LEAVE[channel]()
    if not FIND[channel]():
        raise OSError(f"the note in {channel} is not there")


def look():
    """Raises where there is a note of any kind that was left by someone else."""
    found = [channel for channel in FIND if FIND[channel]()]
    if found:
        raise FileExistsError(f"found notes in {', '.join(found)}")
