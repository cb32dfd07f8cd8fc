"""For hostile projects: the judge's connection, found among the open files, frames to write to it, and the host's own functions."""

import json
import os
import socket
import struct
import sys


def connection():
    """The judge's connection, over a descriptor of our own."""
    for name in os.listdir("/proc/self/fd"):
        try:
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                return socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
    raise LookupError("no socket is open")


def packed(header, body=b""):
    return struct.pack(">II", len(header), len(body)) + header + body


def frame(header, body=b""):
    return packed(json.dumps(header).encode(), body)


def host(module):
    """A module of the host, to be patched."""
    return sys.modules[f"prism_host.{module}"]


def is_trainer():
    return sys.argv[1] == "trainer"


def is_predictor():
    return sys.argv[1] == "predictor"


def rewrite_answers(change):
    """From now on the host sends what `change(header, body)` makes of its answers."""
    frames = host("frames")
    encode = frames.encode
    frames.encode = lambda header, body=b"": encode(*change(header, body))


def rewrite_snapshots(change):
    """From now on the model in a snapshot is what `change(tensors, data)` makes of it."""
    learner = host("learner")
    pack = learner.pack

    def packed(tensors):
        is_optimizer = all(name.startswith(("exp_avg", "step/")) for name in tensors)
        return pack(tensors) if is_optimizer else change(*pack(tensors))

    learner.pack = packed


def refused(call, *arguments):
    """The name of the error that the call gives; `went through` where there is none."""
    import errno

    try:
        call(*arguments)
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "went through"


def libc_refused(name, *arguments):
    """The same for a function of the C library that returns -1 where it fails."""
    import ctypes
    import errno

    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    if getattr(libc, name)(*arguments) != -1:
        return "went through"
    return errno.errorcode.get(ctypes.get_errno(), "an error")


def say(**found):
    """Ends the run with what was found."""
    raise ConnectionError(json.dumps(found, sort_keys=True))
