"""What an epoch pays: docs/weights.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

PPM = 1_000_000
UNITS = 65_535
MOST_ITEMS = 128


@dataclass(frozen=True)
class Contribution:
    """A row of "Contributions". Times are in milliseconds."""

    family: str
    submission: str
    hotkey: str
    kind: str
    order: int
    value: int
    error: int
    since: int
    held: bool

    @property
    def key(self) -> tuple[str, str]:
        """Of one submission the architecture stands before the recipe."""
        return self.submission, self.kind


Kept = Mapping[tuple[str, str], int]


def asked_for(line: Sequence[Contribution], price: int, start: int, end: int) -> list[tuple[int, int]]:
    """ "Increments" and "The price": for each of the line its increment, and what it asks for."""
    best: Contribution | None = None
    paid = 0
    asked = []
    for one in line:
        increment = max(0, one.value - bar_for(one, best, paid))
        paid += increment
        if increment > 0:
            best = one
        full = increment * price // PPM
        asked.append((increment, full * part_of(one.since, start, end) // PPM))
    return asked


def bar_for(one: Contribution, best: Contribution | None, paid: int) -> int:
    """What it has to exceed; another family all that was paid and twice the best's error."""
    if best is None:
        return 0
    return best.value if one.family == best.family else max(best.value, paid + 2 * best.error)


def part_of(since: int, start: int, end: int) -> int:
    """ "The part of the epoch"."""
    if end <= start or since <= start:
        return PPM
    return 0 if since >= end else (end - since) * PPM // (end - start)


def pay(line: Sequence[Contribution], asked: Sequence[tuple[int, int]], kept: Kept, ceiling: int) -> list[Json]:
    """ "Pools" and "What a hold keeps", for one pool."""
    total = sum(ask for _, ask in asked)
    given = [ask if total <= ceiling else ask * ceiling // total for _, ask in asked]
    left = ceiling - sum(given)
    items = []
    for one, (increment, _), now in zip(line, asked, given):
        released = 0 if one.held else min(kept.get(one.key, 0), left)
        left -= released
        items.append(
            {
                "family": one.family,
                "submission": one.submission,
                "hotkey": one.hotkey,
                "kind": one.kind,
                "incrementMicrobits": increment,
                "ppm": 0 if one.held else now,
                "keptPpm": now if one.held else 0,
                "releasedPpm": released,
            }
        )
    return items


def shares_of(items: Sequence[Json], order: Mapping[str, int]) -> list[Json]:
    """ "Shares", without units: listed by each hotkey's earliest paid contribution."""
    by_hotkey: dict[str, Json] = {}
    earliest: dict[str, int] = {}
    for item in items:
        paid = item["ppm"] + item["releasedPpm"]
        if paid == 0:
            continue
        hotkey = item["hotkey"]
        share = by_hotkey.setdefault(hotkey, {"hotkey": hotkey, "architecturePpm": 0, "trainingPpm": 0})
        share[f"{item['kind']}Ppm"] += paid
        earliest[hotkey] = min(earliest.get(hotkey, order[item["submission"]]), order[item["submission"]])
    return sorted(by_hotkey.values(), key=lambda share: earliest[share["hotkey"]])


def listed(items: Sequence[Json]) -> list[Json]:
    """ "Shares": items with something, at most as many as an event can hold."""

    def amount(item: Json) -> int:
        return item["ppm"] + item["keptPpm"] + item["releasedPpm"]

    some = [at for at, item in enumerate(items) if amount(items[at]) > 0]
    largest = sorted(some, key=lambda at: -amount(items[at]))[:MOST_ITEMS]
    return [items[at] for at in sorted(largest)]


def ppm_of(share: Json) -> int:
    return share["architecturePpm"] + share["trainingPpm"]


def units_of(ppm: Sequence[int]) -> list[int]:
    """ "Units": shares and burn in 1/65,535."""
    units = [one * UNITS // PPM for one in ppm]
    by_remainder = sorted(range(len(ppm)), key=lambda at: -(ppm[at] * UNITS % PPM))
    for at in by_remainder[: UNITS - sum(units)]:
        units[at] += 1
    return units


def weights_of(
    contributions: Sequence[Contribution], kept: Kept, rules: Json, start: int, end: int
) -> tuple[Json, dict[tuple[str, str], int]]:
    """Items, shares and burn of an epoch, and what stays kept after it."""
    line = sorted(contributions, key=lambda one: (one.order, one.kind))
    asked = asked_for(line, rules["pricePpmPerBit"], start, end)
    every: list[Json] = []
    for kind in ("architecture", "training"):
        of_kind = [(one, ask) for one, ask in zip(line, asked) if one.kind == kind]
        ceiling = rules[f"{kind}PoolPpm"]
        every += pay([one for one, _ in of_kind], [ask for _, ask in of_kind], kept, ceiling)
    items = listed(every)
    shares = shares_of(items, {one.submission: one.order for one in line})
    paid = [ppm_of(share) for share in shares]
    units = units_of([*paid, PPM - sum(paid)])
    after = {one.key: kept.get(one.key, 0) for one in line}
    for item in items:
        after[item["submission"], item["kind"]] += item["keptPpm"] - item["releasedPpm"]
    weights = {
        "items": items,
        "shares": [{**share, "units": of} for share, of in zip(shares, units)],
        "burn": {"hotkey": rules["burnHotkey"], "units": units[-1]},
    }
    return weights, {key: ppm for key, ppm in after.items() if ppm > 0}
