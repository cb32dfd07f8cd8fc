"""The one loop of every role: one request frame in, one answer frame out, until the judge hangs up."""

import os
import traceback

from prism_host import frames

SOCKET_PATH = os.environ.get("PRISM_HOST_SOCKET", "/run/prism/host.sock")
MAX_MESSAGE_CHARACTERS = 2_000
MAX_TRACE_CHARACTERS = 8_000


def serve(handlers, socket_path=SOCKET_PATH):
    """Connects, then answers requests with the handler that their ``op`` names.

    A handler takes ``(header, body)`` and returns ``(header, body)``. What it raises is answered as
    ``{"ok": false, "error": {"type", "message", "trace"}}`` and the loop goes on: whether that ends a run is the
    judge's decision. ``ping`` (names the ops) and ``echo`` (returns the request) are always there.
    """
    _discard_standard_output()
    known = {"echo": _echo, **handlers}
    known["ping"] = lambda _header, _body: ({"ok": True, "pid": os.getpid(), "ops": sorted(known)}, b"")
    connection = frames.connect(socket_path)
    with connection:
        while True:
            request = frames.read_frame(connection)
            if request is None:
                return
            answer = _answer(known, *request)
            try:
                for part in answer:
                    connection.sendall(part)
            except (BrokenPipeError, ConnectionResetError):
                return


def _answer(known, header, body):
    try:
        op = header.get("op")
        if op not in known:
            raise LookupError(f"unknown op {op!r}; known: {', '.join(sorted(known))}")
        return frames.encode(*known[op](header, body))
    except Exception as error:
        return frames.encode({"ok": False, "error": describe(error)})


def describe(error):
    """Type, message and the end of the trace of an exception, each bounded; survives exceptions that lie."""
    try:
        message = str(error)
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:  # a miner's __str__ may raise SystemExit
        message, trace = "(the exception cannot be printed)", ""
    return {
        "type": _well_formed(type(error).__name__)[:200],
        "message": _well_formed(message)[:MAX_MESSAGE_CHARACTERS],
        "trace": _well_formed(trace)[-MAX_TRACE_CHARACTERS:],
    }


def _well_formed(text):
    """The text with unpaired surrogates replaced: no ledger can hold them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _echo(header, body):
    return {**header, "ok": True}, body


def _discard_standard_output():
    """What a miner's code prints goes nowhere at no cost; standard error is kept (its first bytes) by the engine."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
