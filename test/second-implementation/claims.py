"""What comes next for a scored submission: docs/ownership.md, "Who was first" to "Claims to a training"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from confirmation import alpha_of, fresh_seeds, number_of_runs, pool_of, runs_of
from likeness import likeness
from state import Family, Step, Submission, family_id, later

Json = dict[str, Any]


@dataclass
class Owners:
    """Everything that decisions depend on."""

    ledger: str = ""
    submissions: dict[str, Submission] = field(default_factory=dict)
    families: dict[str, Family] = field(default_factory=dict)

    def family(self, id: str) -> Family:
        return self.families.setdefault(id, Family(id))

    def earlier(self, than: Submission) -> Iterable[Submission]:
        return (one for one in self.submissions.values() if one.order < than.order and one.in_the_way)


def next_step(owners: Owners, one: Submission, basis: Json) -> Step | None:
    """The step that is owed to `one` after the event `basis`; None while it waits, or has none."""
    if one.scored is None or one.over or one.called is not None or one.step is not None:
        return None
    if one.undecided("architecture"):
        return None if architecture_waits(owners, one) else architecture_step(owners, one, basis)
    if one.undecided("training"):
        return None if training_waits(owners, one) else training_step(owners, one, basis)
    return None


def architecture_waits(owners: Owners, one: Submission) -> bool:
    assert one.reviewed is not None
    own = one.reviewed["architecture"]
    return any(
        other.undecided("architecture")
        and (
            other.reviewed is None
            or likeness(own, other.reviewed["architecture"]) >= one.rules["nearMatchPpm"]
        )
        for other in owners.earlier(one)
    )


def training_waits(owners: Owners, one: Submission) -> bool:
    family = one.family(owners.ledger)
    return any(
        other.undecided("training") and other.family(owners.ledger) in (None, family)
        for other in owners.earlier(one)
    )


def near_match(owners: Owners, one: Submission) -> tuple[Family, int] | None:
    """The most alike family that another hotkey has discovered earlier, and how alike it is."""
    assert one.reviewed is not None
    best: tuple[int, int, Family] | None = None
    for family in owners.families.values():
        other = family.discoverer
        if other is None or other.order > one.order or other.hotkey == one.hotkey:
            continue
        assert other.reviewed is not None
        alike = likeness(one.reviewed["architecture"], other.reviewed["architecture"])
        if alike >= one.rules["nearMatchPpm"] and (best is None or (-alike, other.order) < best[:2]):
            best = (-alike, other.order, family)
    return None if best is None else (best[2], -best[0])


def screened(one: Submission, claim: str) -> Json | None:
    """The gain that the screening looks at: of a recipe with its hook, where that keeps to its bound and gains ("Screening")."""
    scored = one.scored or {}
    gain, hook = scored[claim], scored["hook"]
    if claim == "architecture" or gain is None or hook is None:
        return gain
    if not hook["withinBound"] or hook["gain"]["meanMicrobits"] <= 0:
        return gain
    return {name: value + (0 if name == "n" else hook["gain"][name]) for name, value in gain.items()}


def shows_gain(one: Submission, claim: str) -> bool:
    """ "Screening", as far as nothing stands."""
    gain = screened(one, claim)
    return gain is not None and gain["lowerMicrobits"] > one.policy["scoring"]["minimumGainMicrobits"]


def clearly_worse(one: Submission, standing: int) -> bool:
    """ "Screening", against what stands."""
    gain = screened(one, "training") or {}
    z = one.rules["confirmation"]["screeningMilliZ"]
    return 1_000 * (gain["meanMicrobits"] - standing) + z * gain["standardErrorMicrobits"] <= 0


def call(owners: Owners, one: Submission, claim: str, basis: Json, near: Submission | None) -> Step:
    """ "Confirmation": which runs, against what, at which chance of error."""
    family = owners.family(one.family(owners.ledger) or "")
    incumbent = family.incumbent if claim == "training" else None
    rules = one.rules["confirmation"]
    challenge = 0 if incumbent is None else family.challenges + 1
    claims = sum(one.claims(kind) for kind in ("architecture", "training"))
    alpha = alpha_of(rules, one.number, claims, challenge)
    pool = pool_of(rules, [] if incumbent is None else family.samples)
    count = number_of_runs(rules, alpha, pool)
    start = len(one.seeds)
    seeds = range(start, start + count)
    data = {
        "basis": basis["id"],
        "claim": claim,
        "family": family.id,
        "incumbent": incumbent.submission if incumbent else None,
        "near": near.id if near else None,
        "challenge": challenge,
        "entry": one.number,
        "alphaPpt": alpha,
        "seeds": fresh_seeds(one.id, one.seeds[0], start, count),
        "runs": runs_of(one.policy["plan"], claim, seeds, incumbent is not None, near is not None),
    }
    return Step("ConfirmationCalled", basis["id"], data)


def grounds(one: Submission, claim: str, basis: Json) -> Json:
    """What every decision of a claim says."""
    assert one.reviewed is not None
    shown = one.confirmation(claim)
    return {
        "basis": basis["id"],
        "submission": one.id,
        "hotkey": one.hotkey,
        "digest": one.reviewed[claim]["digest"],
        "gain": screened(one, claim),
        "thresholdMicrobits": one.policy["scoring"]["minimumGainMicrobits"],
        "evidence": shown["evidence"] if shown else None,
    }


def architecture_step(owners: Owners, one: Submission, basis: Json) -> Step | None:
    """The first row that fits: "Claims to an architecture"."""
    family = owners.family(one.family(owners.ledger) or "")
    hold = family.holds.get(one.id)
    if hold is not None and hold.resolution is None:
        return None
    shown = one.confirmation("architecture")
    near = near_match(owners, one)

    def decide(outcome: str, value: int = 0) -> Step:
        others = near[0].discoverer if near and outcome == "refused" else family.discoverer
        owner = one if outcome == "discovered" else others
        data = {
            **grounds(one, "architecture", basis),
            "outcome": outcome,
            "valueMicrobits": value,
            "discoverer": owner.id if owner else None,
        }
        return Step("ArchitectureClaimDecided", basis["id"], data)

    if family.discoverer is not None:
        return decide("known")
    if not shows_gain(one, "architecture"):
        return decide("unproven")
    if shown is None:
        return call(owners, one, "architecture", basis, near[0].discoverer if near else None)
    if not shown["evidence"]["proven"]:
        return decide("unproven")
    if hold is not None and hold.resolution == "refuse":
        return decide("refused")
    if near is not None and shown["identical"]:
        return decide("refused")
    if near is not None and hold is None:
        return held(one, basis, near, shown)
    return decide("discovered", shown["valueMicrobits"])


def same_structure(one: Submission, other: Submission) -> bool | None:
    """Whether the tensors of both look alike across sizes ("Fingerprints"); None where one has declared none."""
    own, standing = (of.scored["structure"] if of.scored else None for of in (one, other))
    return None if own is None or standing is None else own == standing


def held(one: Submission, basis: Json, near: tuple[Family, int], shown: Json) -> Step:
    """ "Near matches": what waits for a resolver, and until when."""
    assert one.reviewed is not None and near[0].discoverer is not None
    data = {
        "basis": basis["id"],
        "submission": one.id,
        "hotkey": one.hotkey,
        "digest": one.reviewed["architecture"]["digest"],
        "nearFamily": near[0].id,
        "nearSubmission": near[0].discoverer.id,
        "similarityPpm": near[1],
        "sameStructure": same_structure(one, near[0].discoverer),
        "evidence": shown["evidence"],
        "valueMicrobits": shown["valueMicrobits"],
        "deadline": later(basis["time"], one.rules["holdMs"]),
    }
    return Step("ArchitectureClaimHeld", basis["id"], data)


def training_step(owners: Owners, one: Submission, basis: Json) -> Step | None:
    """The first row that fits: "Claims to a training"."""
    assert one.reviewed is not None
    family = owners.family(one.family(owners.ledger) or "")
    shown = one.confirmation("training")
    incumbent = family.incumbent
    digest = one.reviewed["training"]["digest"]

    def decide(outcome: str, challenge: int = 0, value: int = 0) -> Step:
        data = {
            **grounds(one, "training", basis),
            "outcome": outcome,
            "valueMicrobits": value,
            "incumbent": incumbent.submission if incumbent else None,
            "challenge": challenge,
        }
        return Step("TrainingClaimDecided", basis["id"], data)

    if any(variant.digest == digest for variant in family.variants):
        return decide("known")
    undiscovered = family.discoverer is None or family.discoverer.order > one.order
    if undiscovered or not shows_gain(one, "training"):
        return decide("unproven")
    if shown is None and incumbent is not None and clearly_worse(one, incumbent.standing):
        return decide("below-margin")
    if shown is None:
        return call(owners, one, "training", basis, None)
    challenge = family.challenges + 1 if incumbent else 0
    if shown["identical"]:
        return decide("known", challenge)
    if shown["evidence"]["proven"]:
        return decide("granted", challenge, granted_value(family, shown))
    return decide("below-margin" if incumbent else "unproven", challenge)


def granted_value(family: Family, shown: Json) -> int:
    """ "What it is worth": a family with a granted recipe."""
    before = family.incumbent.value if family.incumbent else family.value
    return max(shown["valueMicrobits"], before + max(0, shown["evidence"]["lowerMicrobits"]))
