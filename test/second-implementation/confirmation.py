"""Confirmations: docs/ownership.md, "Confirmation" and "What the runs have to show"."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

from hooks import counting_hooks
from rounding import ceil_div, root_up
from scores import Runs, the_better, the_incumbent, the_panel
from student import quantile

Json = dict[str, Any]

MOST_CHANCE = 10**12


@dataclass(frozen=True)
class Spread:
    """A sum of squares in square microbits, and the degrees that it rests on."""

    squares: int
    degrees: int

    def deviation(self) -> int:
        return root_up(ceil_div(self.squares, self.degrees)) if self.degrees > 0 else 0

    def joined(self, other: "Spread") -> "Spread":
        return Spread(self.squares + other.squares, self.degrees + other.degrees)


def spread_of(sample: Sequence[int]) -> Spread:
    """Of a sample: "Deviation"."""
    m = len(sample)
    if m < 2:
        return Spread(0, 0)
    return Spread(ceil_div(m * sum(x * x for x in sample) - sum(sample) ** 2, m), m - 1)


def pool_of(rules: Json, earlier: Iterable[Sequence[int]]) -> Spread:
    """What earlier challenges scattered, each cut off at four times the policy's variance."""
    floor_squares = rules["deviationFloorMicrobits"] ** 2
    degrees = rules["deviationFloorDegrees"]
    pool = Spread(floor_squares * degrees, degrees)
    for sample in earlier:
        spread = spread_of(sample)
        pool = pool.joined(Spread(min(spread.squares, 4 * floor_squares * spread.degrees), spread.degrees))
    return pool


def expected(rules: Json, pool: Spread) -> int:
    """The deviation that a pool expects."""
    return max(rules["deviationFloorMicrobits"], pool.deviation())


def judged_by(rules: Json, pool: Spread, sample: Sequence[int]) -> tuple[int, int]:
    """The deviation that a sample is judged by, and its degrees."""
    own = spread_of(sample)
    o, f = own.deviation(), own.degrees
    if own.squares > rules["deviationFloorMicrobits"] ** 2 * (f + 12):
        return o, f
    both = pool.joined(own)
    explained = o - isqrt(o * o // (2 * f)) if f > 0 else 0
    return max(expected(rules, both), explained), both.degrees


def alpha_of(rules: Json, entry: int, claims: int, challenge: int) -> int:
    """Parts per 10**12 that the `entry`-th submission of a hotkey, of so many claims, may spend on the `challenge`-th of a family; 0: none."""

    def share(budget_ppm: int, k: int) -> int:
        return budget_ppm * 1_000_000 // (k * (k + 1))

    own = max(1, share(rules["challengerAlphaPpm"], entry) // claims)
    return own if challenge == 0 else min(own, max(1, share(rules["familyAlphaPpm"], challenge)))


def number_of_runs(rules: Json, alpha: int, pool: Spread) -> int:
    """ "How many runs"."""
    s = expected(rules, pool)
    detect = rules["detectMicrobits"]
    beyond = detect - rules["minimumEffectMicrobits"]
    for n in range(rules["minimumRuns"], rules["maximumRuns"]):
        degrees = pool.degrees + n - 1
        t, u = quantile(alpha, degrees), quantile(800_000 * rules["powerMissPpm"], degrees)
        found = ((t + u) * s) ** 2 <= 1_000_000 * n * detect**2
        if found and (u * s) ** 2 <= 1_000_000 * n * beyond**2:
            return n
    return rules["maximumRuns"]


def fresh_seeds(submission: str, first_seed: str, start: int, count: int) -> list[str]:
    """ "Seeds": number `start` and those after it."""
    return [
        hmac.digest(bytes.fromhex(first_seed), f"prism-confirmation-1/{submission}/{i}".encode(), "sha256").hex()
        for i in range(start, start + count)
    ]


def runs_of(plan: Json, claim: str, seeds: range, incumbent: bool, near: bool) -> list[Json]:
    """ "Runs", in the plan's order."""

    def at(point: int, seed: int) -> list[Json]:
        members = [
            ("reference", variant)
            for variant, member in enumerate(plan["panel"])
            if point == 0 or member["cost"] == 1
        ]
        own = ["architecture"] + (["recipe"] if claim == "training" else [])
        pairs = members + [(pair, 0) for pair in own]
        return [{"pair": p, "variant": v, "point": point, "seed": seed} for p, v in pairs]

    runs = [run for seed in seeds for run in at(0, seed)]
    point = 0
    for ladder in plan["ladders"]:
        for _ in ladder["rungs"]:
            point += 1
            runs += [run for seed in seeds[: ladder["seeds"]] for run in at(point, seed)]
    if incumbent:
        runs += [{**run, "pair": "incumbent"} for run in runs if run["pair"] == "recipe"]
    if near:
        runs.append({"pair": "near", "variant": 0, "point": 0, "seed": seeds[0]})
    return runs


def differences_of(runs: Runs, claim: str, incumbent: bool) -> list[int]:
    """ "Against what": one difference a seed, hooks included."""
    if claim == "architecture":
        return runs.differences("architecture", the_panel)
    differences = runs.differences("recipe", the_incumbent if incumbent else the_better)
    scoring = runs.policy["scoring"]
    own = counting_hooks(runs.of("recipe"), scoring)
    theirs = counting_hooks(runs.of("incumbent"), scoring)
    seeds = [run["seed"] for run in runs.of("recipe")]
    return [one + own.get(seed, 0) - theirs.get(seed, 0) for one, seed in zip(differences, seeds)]


def is_identical(runs: Runs, claim: str) -> bool:
    """Whether there is a seed on which all losses are, to the microbit, those of what may have been copied: "Identical"."""
    own, other = ("architecture", "near") if claim == "architecture" else ("recipe", "incumbent")

    def losses(run: Json) -> list[int]:
        points = run["curve"] + (run["hook"]["points"] if run["hook"] else [])
        return [point["lossMicrobits"] for point in points]

    return any(
        run["ending"]["kind"] == beside["ending"]["kind"] == "completed" and losses(run) == losses(beside)
        for beside in runs.of(other)
        for run in [runs.partner(own, beside)]
    )


def evidence_of(
    policy: Json, differences: list[int], beyond: int, alpha: int, pool: Spread, standing: int
) -> Json:
    """ "The margin": whether the differences prove the claim. `beyond` is g - b: what ladders say beyond the base point."""
    rules = policy["ownership"]["confirmation"]
    n = len(differences)
    mean = sum(differences) // n
    deviation, degrees = judged_by(rules, pool, differences)
    t = quantile(alpha, degrees)

    def errors(thousandths: int) -> int:
        return root_up(ceil_div((thousandths * deviation) ** 2, 1_000_000 * n))

    least = max(
        rules["minimumEffectMicrobits"],
        ceil_div(standing * rules["minimumEffectPpm"], 1_000_000),
    )
    margin = max(min(errors(t), MOST_CHANCE), least)
    return {
        "differences": differences,
        "meanMicrobits": mean,
        "deviationMicrobits": deviation,
        "degrees": degrees,
        "alphaPpt": alpha,
        "thresholdMilliT": t,
        "marginMicrobits": margin,
        "gridMicrobits": mean + beyond,
        "lowerMicrobits": mean + min(0, beyond) - errors(policy["scoring"]["confidenceMilliZ"]),
        "proven": mean > margin and mean + beyond > 0,
    }
