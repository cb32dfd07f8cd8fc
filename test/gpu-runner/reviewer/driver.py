"""Lets a test talk to the reviewer: one JSON request a line on standard input, one JSON answer a line on standard output."""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "gpu-runner"))

import reviewer  # noqa: E402

review = reviewer.handlers()["review"]
for line in sys.stdin:
    request = json.loads(line)
    files = [(path, base64.b64decode(text)) for path, text in request["files"]]
    header = {"op": "review", "layout": request["layout"], "files": [{"path": path, "size": len(data)} for path, data in files]}
    answer, body = review(header, b"".join(data for _, data in files))
    assert body == b""
    print(json.dumps(answer, allow_nan=False), flush=True)
