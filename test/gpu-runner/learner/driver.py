"""
Many learners in one container, torch imported once: each is a forked process that runs the real `serve` loop on a socket of its own.

Frames on standard input carry `learner` (any text) and `role`; a new name forks a new learner. Each is relayed to its learner and the answer
written to standard output; where the learner is gone, the answer is {"gone": true}.
"""

import os
import socket
import sys

sys.path.insert(0, "/opt/prism")

from prism_host import frames, learner, serve  # noqa: E402


class StandardInput:
    """Standard input with the one method of a socket that reading frames needs."""

    def recv_into(self, view):
        return sys.stdin.buffer.readinto1(view)


def start(name, role):
    """Forks a learner; returns the connection to it."""
    path = f"/tmp/{name}.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        if os.fork() == 0:
            try:
                listener.close()
                serve.serve(learner.handlers(role), path)
            finally:
                os._exit(1)
        return listener.accept()[0]


def relay(connection, header, body):
    try:
        frames.write_frame(connection, header, body)
        return frames.read_frame(connection) or ({"gone": True}, b"")
    except OSError:
        return {"gone": True}, b""


def main():
    learners = {}
    while (request := frames.read_frame(StandardInput())) is not None:
        header, body = request
        name, role = header.pop("learner"), header.pop("role")
        if name not in learners:
            learners[name] = start(name, role)
        for part in frames.encode(*relay(learners[name], header, body)):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()


main()
