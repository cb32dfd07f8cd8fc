from .attention import CausalAttention
from .block import Block, init_weights

__all__ = ["Block", "CausalAttention", "init_weights"]
