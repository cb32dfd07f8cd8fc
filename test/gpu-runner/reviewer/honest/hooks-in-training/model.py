from torch import nn


class Net(nn.Module):
    def __init__(self, vocab_size, width=64):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, width)
        self.rnn = nn.LSTM(width, width, batch_first=True)
        self.head = nn.Linear(width, vocab_size)

    def forward(self, tokens):
        return self.head(self.rnn(self.embed(tokens))[0])


def build_model(ctx):
    return Net(ctx.vocab_size)
