"""What a run has come to, and what has to be beaten: docs/scoring.md, from "What a run has come to" to "From differences to a gain"."""

from collections.abc import Callable, Sequence
from math import floor
from typing import Any

from doubles import log2
from rounding import ceil_div, nearest, nearest_root

Json = dict[str, Any]
Curve = list[Json]

IGNORANCE = 8_000_000
MOST_PAYLOAD = 64_000_000


def trapezoids(curve: Curve) -> tuple[int, int]:
    """A and S, of which the area under the curve is `round(A / S)`."""
    pairs = list(zip(curve, curve[1:]))
    spans = [b["bytesRevealed"] - a["bytesRevealed"] for a, b in pairs]
    sums = [a["lossMicrobits"] + b["lossMicrobits"] for a, b in pairs]
    return sum(span * both for span, both in zip(spans, sums)), sum(2 * span for span in spans)


def late_losses(curve: Curve) -> list[int]:
    """Losses in the last fifth of the steps."""
    last = curve[-1]["step"]
    return [point["lossMicrobits"] for point in curve if 5 * point["step"] >= 4 * last]


def area_of(curve: Curve) -> int:
    return nearest(*trapezoids(curve))


def late_of(curve: Curve) -> int:
    losses = late_losses(curve)
    return nearest(sum(losses), len(losses))


def figure_of(curve: Curve) -> int:
    """The mean of area and late, rounded once."""
    (area, span), late = trapezoids(curve), late_losses(curve)
    return nearest(area * len(late) + sum(late) * span, 2 * span * len(late))


def payload_of(run: Json) -> int:
    """The bits of what was delivered, over the bytes that the area runs over."""
    curve = run["curve"]
    span = curve[-1]["bytesRevealed"] - curve[0]["bytesRevealed"]
    return min(MOST_PAYLOAD, ceil_div(IGNORANCE * run["payloadBytes"], span))


SIGNALS: dict[str, Callable[[Curve], int]] = {"area": area_of, "late": late_of}


def reading_of(run: Json, signal: str, payload_counts: bool) -> int:
    """One of the readings of a run, payload included; lower is better."""
    return SIGNALS[signal](run["curve"]) + (payload_of(run) if payload_counts else 0)


def cost_of(run: Json) -> int:
    """Microseconds of processor and GPU."""
    return run["trainerCpuUs"] + run["gpuBusyUs"]


def model_at(points: Sequence[tuple[int, int]], cost: int) -> int:
    """What one model of the panel, known at some (cost, reading), reads at `cost`: "The panel at equal cost"."""
    least: int | None = None
    by_cost: dict[int, int] = {}
    for at, reading in sorted(points):
        least = reading if least is None else min(least, reading)
        by_cost[at] = least
    knots = [(log2(float(max(1, at))), reading) for at, reading in by_cost.items()]
    x = log2(float(max(1, cost)))
    first, last = knots[0], knots[-1]
    if x <= first[0]:
        return first[1]
    if x > last[0]:
        before = [knot for knot in knots if knot[0] <= last[0] - 0.5]
        return on_line(before[-1], last, x) if before else last[1]
    after = next(at for at, knot in enumerate(knots) if knot[0] >= x)
    return on_line(knots[after - 1], knots[after], x)


def on_line(start: tuple[float, int], end: tuple[float, int], x: float) -> int:
    """Rounded for the panel, which then reads lower."""
    t = (x - start[0]) / (end[0] - start[0])
    return max(0, floor(start[1] + (end[1] - start[1]) * t))


def gain_of(differences: Sequence[int], scoring: Json) -> Json:
    """Mean, standard error and lower bound of paired differences: "From differences to a gain"."""
    n = len(differences)
    mean = nearest(sum(differences), n)
    error = 0
    if n > 1:
        spread = n * sum(x * x for x in differences) - sum(differences) ** 2
        error = nearest_root(spread, n * n * (n - 1))
    error = max(error, scoring["standardErrorFloorMicrobits"])
    return {
        "n": n,
        "meanMicrobits": mean,
        "standardErrorMicrobits": error,
        "lowerMicrobits": mean - nearest(error * scoring["confidenceMilliZ"], 1_000),
    }
