"""Rounding of exact integers, as docs/scoring.md, "Numbers", writes it."""

from math import isqrt


def nearest(numerator: int, denominator: int) -> int:
    """`round(a / b)`: to the nearest, halves away from zero; b above 0."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def ceil_div(numerator: int, denominator: int) -> int:
    """`ceil(a / b)`: up, also below 0; b above 0."""
    return -(-numerator // denominator)


def nearest_root(numerator: int, denominator: int) -> int:
    """`rsqrt(a / b)`: the root to the nearest."""
    return (isqrt(4 * numerator // denominator) + 1) // 2


def root_up(value: int) -> int:
    """The least integer whose square is not below `value`."""
    root = isqrt(value)
    return root if root * root == value else root + 1
