import torch
from torch import nn


class Tiny(nn.Module):
    def __init__(self, vocab_size, width):
        super().__init__()
        self.body = nn.Sequential(nn.Embedding(vocab_size, width), nn.Linear(width, width), nn.SiLU())
        self.head = nn.Linear(width, vocab_size)
        self.temperature = 1.0

    def features(self, tokens):
        return self.body(tokens)

    def forward(self, tokens):
        return self.head(self.features(tokens)) / self.temperature


def build_model(ctx):
    return Tiny(ctx.vocab_size, width=80)


def get_recipe(ctx):
    return {"learning_rate": 1e-2, "batch_size": 16}


@torch.no_grad()
def inference_logits(model, batch, ctx):
    """Sharpens what the model says by how sure it is."""
    logits = model(batch.tokens)
    log_probabilities = torch.log_softmax(logits, dim=-1)
    entropy = -(log_probabilities.exp() * log_probabilities).sum(-1, keepdim=True)
    return logits * (1.0 + 0.1 / (1.0 + entropy))
