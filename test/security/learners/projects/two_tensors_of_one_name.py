"""Its snapshot has a tensor twice."""

import prism_host.learner
from honest import build_model

pack = prism_host.learner.pack


def doubled(model):
    tensors, data = pack(model)
    return list(tensors) * 2, bytes(data) * 2


prism_host.learner.pack = doubled
