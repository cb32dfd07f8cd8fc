from dataclasses import dataclass


@dataclass
class Config:
    width: int = 64
    heads: int = 4
    layers: int = 2
