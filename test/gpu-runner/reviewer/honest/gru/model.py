from prism_challenge.evaluator.interface import PrismContext, TrainingRecipe
from torch import nn


class Recurrent(nn.Module):
    def __init__(self, vocab_size: int, width: int, layers: int):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.gru = nn.GRU(width, width, num_layers=layers, batch_first=True)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocab_size)

    def forward(self, tokens):
        states, _ = self.gru(self.embedding(tokens))
        return self.head(self.norm(states))


def build_model(ctx: PrismContext) -> nn.Module:
    width = 96 if ctx.max_parameters > 200_000 else 48
    return Recurrent(ctx.vocab_size, width, layers=1)


def get_recipe(ctx: PrismContext) -> TrainingRecipe:
    return TrainingRecipe(learning_rate=4e-3, batch_size=16, optimizer="adamw", scheduler="cosine", weight_decay=0.01)
