"""Frames over a Unix socket.

One frame is ``u32be header length | u32be body length | header | body``; the header is a JSON object in UTF-8,
the body is raw bytes (tensors, sources). The judge enforces the limits; the ones here only keep a slip of ours
from asking for gigabytes.
"""

import json
import socket
import struct

LENGTHS = struct.Struct(">II")
MAX_HEADER_BYTES = 1 << 20
MAX_BODY_BYTES = 1 << 30


class ProtocolError(Exception):
    """The peer sent something that is not a frame."""


def read_frame(connection):
    """The next frame as ``(header, body)``; ``None`` where the peer closed between two frames."""
    prefix = _read_exactly(connection, LENGTHS.size, may_end=True)
    if prefix is None:
        return None
    header_length, body_length = LENGTHS.unpack(prefix)
    if header_length > MAX_HEADER_BYTES or body_length > MAX_BODY_BYTES:
        raise ProtocolError(f"frame of {header_length} + {body_length} bytes is over the limit")
    header = json.loads(_read_exactly(connection, header_length).decode("utf-8"))
    if not isinstance(header, dict):
        raise ProtocolError("frame header is not a JSON object")
    return header, _read_exactly(connection, body_length)


def encode(header, body=b""):
    """The frame as parts to send in turn; ``body`` is anything contiguous with the buffer protocol."""
    encoded = json.dumps(header, separators=(",", ":"), allow_nan=False).encode("utf-8")
    raw = memoryview(body)
    prefix = LENGTHS.pack(len(encoded), raw.nbytes) + encoded
    return (prefix, raw) if raw.nbytes > 0 else (prefix,)


def write_frame(connection, header, body=b""):
    """Sends one frame."""
    for part in encode(header, body):
        connection.sendall(part)


def connect(path):
    """A connection to the judge, who listens on the Unix socket at ``path``."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.connect(path)
    return connection


def _read_exactly(connection, count, may_end=False):
    data = bytearray(count)
    view = memoryview(data)
    received = 0
    while received < count:
        step = connection.recv_into(view[received:])
        if step == 0:
            if may_end and received == 0:
                return None
            raise ProtocolError(f"connection ended {count - received} bytes short of a frame")
        received += step
    return data
