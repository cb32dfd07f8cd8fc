"""Its snapshot has fewer bytes than its tensors."""

import prism_host.learner
from honest import build_model

pack = prism_host.learner.pack


def short(model):
    tensors, data = pack(model)
    return tensors, bytes(data)[:-4]


prism_host.learner.pack = short
