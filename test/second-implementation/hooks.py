"""Gains of inference hooks: docs/scoring.md, "Hooks"."""

from collections.abc import Sequence
from typing import Any

from curves import IGNORANCE, gain_of
from rounding import nearest

Json = dict[str, Any]

HOUR_US = 3_600_000_000


def mean_loss(points: Sequence[Json]) -> int:
    return nearest(sum(point["lossMicrobits"] for point in points), len(points))


def by_seed(runs: Sequence[Json]) -> dict[int, int]:
    """Plain `forward` less the hook at the hook's checkpoints, for each seed on which there is one."""
    differences = {}
    for run in runs:
        hook = run["hook"]
        if hook is None or not hook["points"]:
            continue
        steps = {point["step"] for point in hook["points"]}
        plain = mean_loss([point for point in run["curve"] if point["step"] in steps])
        hooked = mean_loss(hook["points"]) if hook["ending"]["kind"] == "completed" else IGNORANCE
        differences[run["seed"]] = plain - hooked
    return differences


def latency(runs: Sequence[Json]) -> int:
    """The worst ratio of times to plain `forward`, in thousandths."""
    ratios = [0]
    for run in runs:
        for time in ("medianUs", "p95Us"):
            if run["hook"] is not None:
                own = run["hook"]["latency"][time] or HOUR_US
                ratios.append(nearest(1_000 * own, max(1, run["latency"][time])))
    return max(ratios)


def hook_gain(runs: Sequence[Json], scoring: Json) -> Json | None:
    """As `SubmissionScored` and `SubmissionConfirmed` state it; None where there is no hook."""
    differences = list(by_seed(runs).values())
    if not differences:
        return None
    worst = latency(runs)
    within = worst <= scoring["hookLatencyMilli"]
    return {"gain": gain_of(differences, scoring), "latencyMilli": worst, "withinBound": within}


def counting_hooks(runs: Sequence[Json], scoring: Json) -> dict[int, int]:
    """What hooks add to each seed: nothing where one is above its latency bound on any."""
    return by_seed(runs) if latency(runs) <= scoring["hookLatencyMilli"] else {}
