"""What is printed of a ledger: scores, confirmations, owners and weights, as plain data."""

from typing import Any

from fold import Fold
from state import Family, Submission

Json = dict[str, Any]


def report_of(fold: Fold) -> Json:
    submissions = sorted(fold.owners.submissions.values(), key=lambda one: one.order)
    families = sorted(fold.owners.families.values(), key=lambda one: one.id)
    return {
        "ledger": fold.owners.ledger,
        "submissions": [submission_report(one) for one in submissions],
        "families": [family_report(one) for one in families if one.decisions or one.holds],
        "epochs": fold.epochs,
    }


def submission_report(one: Submission) -> Json:
    return {"id": one.id, "hotkey": one.hotkey, "scored": one.scored, "confirmations": one.confirmations}


def family_report(family: Family) -> Json:
    incumbent = family.incumbent
    return {
        "id": family.id,
        "discoverer": family.discoverer.id if family.discoverer else None,
        "valueMicrobits": incumbent.value if incumbent else family.value,
        "standingMicrobits": incumbent.standing if incumbent else 0,
        "challenges": family.challenges,
        "variants": [
            {
                "submission": one.submission,
                "hotkey": one.hotkey,
                "digest": one.digest,
                "valueMicrobits": one.value,
                "standingMicrobits": one.standing,
                "grantedAt": one.granted_at,
            }
            for one in family.variants
        ],
        "decisions": family.decisions,
        "holds": [
            {**hold.data, "heldAt": hold.held_at, "endedAt": hold.ended_at, "resolution": hold.resolution}
            for hold in family.holds.values()
        ],
    }
