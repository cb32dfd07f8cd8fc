"""Student's quantile in whole thousandths, never too small: docs/ownership.md, "The quantile".

As a program it reads lines of an alpha (parts per 10**12) and degrees, and prints the quantiles.
"""

import sys
from functools import lru_cache
from math import isqrt

from rounding import ceil_div

ONE = 2**96
PPT = 10**12


def inside(thousandths: int, degrees: int) -> int:
    """P(|T| <= t) in parts of ONE, for an even number of degrees (Abramowitz and Stegun 26.7.4)."""
    square = thousandths * thousandths
    whole = 1_000_000 * degrees + square
    cosine_squared = ONE * (whole - square) // whole
    sine = isqrt(ONE * ONE * square // whole)
    total = ONE
    for even in range(degrees - 2, 1, -2):
        total = ONE + (cosine_squared * total // ONE) * (even - 1) // even
    return sine * total // ONE


@lru_cache(maxsize=None)
def quantile(alpha_ppt: int, degrees: int) -> int:
    """The least number of thousandths that is exceeded with a chance of at most `alpha_ppt` / 10**12."""
    if degrees == 1:
        return ceil_div(10**15, 3 * alpha_ppt)
    even = min(degrees - degrees % 2, 400)
    below, enough = 0, 1_073_741_824
    while enough - below > 1:
        middle = (below + enough) // 2
        if (ONE - inside(middle, even)) * PPT <= 2 * alpha_ppt * ONE:
            enough = middle
        else:
            below = middle
    return enough


if __name__ == "__main__":
    for line in sys.stdin:
        print(quantile(*map(int, line.split())))
