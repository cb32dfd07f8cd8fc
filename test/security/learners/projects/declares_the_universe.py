"""Its snapshot has more elements than there are atoms."""

import prism_host.learner
from honest import build_model


def endless(model):
    return [{"name": "table.weight", "dtype": "float32", "shape": [2**40] * 8}], b""


prism_host.learner.pack = endless
