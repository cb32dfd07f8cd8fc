"""What is paid for: the table of docs/weights.md, "Contributions"."""

from collections.abc import Iterator
from typing import Any

from claims import Owners
from state import Family, Hold, Submission, Variant, milliseconds
from weights import Contribution

Json = dict[str, Any]


def contributions_of(owners: Owners) -> list[Contribution]:
    """Every row of the table, in no order."""
    return [one for family in owners.families.values() for one in rows_of(owners, family)]


def rows_of(owners: Owners, family: Family) -> Iterator[Contribution]:
    def row(of: str, kind: str, value: int, since: int, held: bool, error: int | None = None) -> Contribution:
        one = owners.submissions[of]
        taken_off = error_of(one, kind) if error is None else error
        return Contribution(family.id, of, one.hotkey, kind, one.order, value, taken_off, since, held)

    if family.discoverer is not None:
        hold = family.holds.get(family.discoverer.id)
        since = milliseconds(hold.held_at if hold else family.discovered_at)
        yield row(family.discoverer.id, "architecture", family.value, since, False)
    for hold in family.holds.values():
        one = owners.submissions[hold.submission]
        since = milliseconds(hold.held_at)
        undecided = family.discoverer is None and "architecture" not in one.decided
        if undecided and hold.resolution != "refuse":
            yield row(one.id, "architecture", hold.value, since, True)
        if recipe_waits(family, hold, one):
            assert one.scored is not None
            total = one.scored["total"]
            value = max(hold.value, total["lowerMicrobits"])
            yield row(one.id, "training", value, since, True, margin(total))
    for variant in family.variants:
        yield row(variant.submission, "training", variant.value, granted_since(family, variant), False)


def margin(gain: Json) -> int:
    """By how much the lower bound is below the mean."""
    return gain["meanMicrobits"] - gain["lowerMicrobits"]


def error_of(one: Submission, claim: str) -> int:
    """The column "Error" of what is confirmed."""
    shown = one.confirmation(claim)
    if shown is None:
        return 0
    hook = shown["hook"]
    counts = hook is not None and hook["withinBound"] and hook["gain"]["lowerMicrobits"] > 0
    return margin(shown["gain"]) + (margin(hook["gain"]) if counts else 0)


def recipe_waits(family: Family, hold: Hold, one: Submission) -> bool:
    """Whether the recipe of an architecture that is or was held is not decided yet, and has shown a gain in its screening."""
    if hold.resolution == "refuse" or family.discoverer not in (None, one):
        return False
    if one.settled or not one.claims("training") or one.scored is None:
        return False
    gain = one.scored["training"]
    return gain is not None and gain["lowerMicrobits"] > one.policy["scoring"]["minimumGainMicrobits"]


def granted_since(family: Family, variant: Variant) -> int:
    """The time of the decision, earlier by as long as its architecture was held."""
    hold = family.holds.get(variant.submission)
    waited = milliseconds(hold.ended_at) - milliseconds(hold.held_at) if hold and hold.ended_at else 0
    return milliseconds(variant.granted_at) - waited
