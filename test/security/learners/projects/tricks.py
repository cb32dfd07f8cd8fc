"""For hostile projects: the judge's connection, found among the open files, and frames to write to it."""

import json
import os
import socket
import struct


def connection():
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
