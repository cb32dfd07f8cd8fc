from dataclasses import dataclass


@dataclass(frozen=True)
class GPTConfig:
    vocab_size: int
    length: int
    width: int = 64
    heads: int = 4
    depth: int = 2
    dropout: float = 0.0

    @property
    def head_width(self) -> int:
        return self.width // self.heads
