"""Gains of a submission's pairs at the base point: docs/scoring.md, "Which runs count", "A pair over a baseline", "The score"."""

from collections.abc import Callable, Iterable
from typing import Any

from curves import cost_of, figure_of, gain_of, model_at, reading_of
from hooks import hook_gain
from rounding import nearest

Json = dict[str, Any]
Key = tuple[str, int, int, int]
Baseline = Callable[["Runs", Json, str], int]


def key_of(run: Json) -> Key:
    """What names a run within its submission."""
    return run["pair"], run["variant"], run["point"], run["seed"]


def cannot_derive(policy: Json) -> str | None:
    """Why this program does not score under a policy itself; None where it does."""
    if policy["plan"]["ladders"]:
        return "its plan has ladders"
    if policy["scoring"]["penalties"]:
        return "its policy has penalties"
    if policy["scoring"]["weights"]["extrapolated"] > 0:
        return "its policy weighs the extrapolated gain"
    return None


class Runs:
    """Runs of one submission that were measured together: its evaluation, or one confirmation."""

    def __init__(self, measured: Iterable[Json], policy: Json) -> None:
        self.policy = policy
        self.base = {key_of(run): run for run in measured if run["point"] == 0}

    def of(self, pair: str) -> list[Json]:
        """Runs of a pair by ascending seed."""
        return sorted((run for key, run in self.base.items() if key[0] == pair), key=key_of)

    def reading(self, run: Json, signal: str) -> int:
        return reading_of(run, signal, self.policy["scoring"]["payloadCounts"])

    def panel(self, beside: Json, signal: str) -> int:
        """The best of the panel on the seed and at the cost of the run `beside`."""
        models: dict[str, list[tuple[int, int]]] = {}
        for run in self.of("reference"):
            if run["seed"] == beside["seed"]:
                model = self.policy["plan"]["panel"][run["variant"]]["model"]
                models.setdefault(model, []).append((cost_of(run), self.reading(run, signal)))
        return min(model_at(points, cost_of(beside)) for points in models.values())

    def differences(self, pair: str, baseline: Baseline) -> list[int]:
        """Baseline less own, weighted seed by seed over the signals of the curve."""
        weights = self.policy["scoring"]["weights"]
        counting = {signal: weights[signal] for signal in ("area", "late") if weights[signal] > 0}
        return [
            nearest(
                sum(
                    weight * (baseline(self, run, signal) - self.reading(run, signal))
                    for signal, weight in counting.items()
                ),
                sum(counting.values()),
            )
            for run in self.of(pair)
        ]

    def gain(self, pair: str, baseline: Baseline) -> Json | None:
        """The total of a pair over a baseline; None where the pair was not run."""
        differences = self.differences(pair, baseline)
        return gain_of(differences, self.policy["scoring"]) if differences else None

    def partner(self, pair: str, run: Json) -> Json:
        """The run of another pair on the same streams."""
        return self.base[(pair, 0, 0, run["seed"])]


def the_panel(runs: Runs, run: Json, signal: str) -> int:
    return runs.panel(run, signal)


def at_equal_cost(runs: Runs, pair: str, run: Json, signal: str) -> int:
    """Another pair on the same streams, credited with what the extra cost of `run` is worth to the panel."""
    other = runs.partner(pair, run)
    extra = max(0, runs.panel(other, signal) - runs.panel(run, signal))
    return runs.reading(other, signal) - extra


def the_better(runs: Runs, run: Json, signal: str) -> int:
    """The panel, or the same architecture under the judge's recipe."""
    return min(runs.panel(run, signal), at_equal_cost(runs, "architecture", run, signal))


def the_incumbent(runs: Runs, run: Json, signal: str) -> int:
    return at_equal_cost(runs, "incumbent", run, signal)


def is_futile(first_stage: list[Json], futility: int | None) -> bool:
    """Whether only the first stage is run and scored: figures without payload, base point, first seed."""
    if futility is None:
        return False
    figures = [(run["pair"], figure_of(run["curve"])) for run in first_stage]
    own = min(figure for pair, figure in figures if pair in ("architecture", "recipe"))
    return own - max(figure for pair, figure in figures if pair == "reference") > futility


def score_of(runs: Runs, owns_architecture: bool) -> Json:
    """The part of `SubmissionScored` that ownership rests on."""
    over_panel = [runs.gain("architecture", the_panel), runs.gain("recipe", the_panel)]
    total = max((gain for gain in over_panel if gain), key=lambda gain: gain["meanMicrobits"])
    return {
        "architecture": over_panel[0] if owns_architecture else None,
        "training": runs.gain("recipe", the_better),
        "hook": hook_gain(runs.of("recipe") or runs.of("architecture"), runs.policy["scoring"]),
        "total": total,
        "scorePpm": min(1_000_000, max(0, total["lowerMicrobits"] * 1_000_000 // 8_000_000)),
    }
