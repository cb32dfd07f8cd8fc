"""The logarithm that every machine computes alike: docs/scoring.md, "Doubles"."""

from math import frexp, sqrt

LOG2E = 1.4426950408889634


def log2(x: float) -> float:
    """Logarithm to base 2 of a positive double."""
    mantissa, exponent = frexp(x)
    if mantissa < sqrt(0.5):
        mantissa, exponent = 2 * mantissa, exponent - 1
    s = (mantissa - 1) / (mantissa + 1)
    z = s * s
    total = 1 / 23
    for j in range(21, 2, -2):
        total = total * z + 1 / j
    return exponent + (2 * s + 2 * s * (z * total)) * LOG2E
