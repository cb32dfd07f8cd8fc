"""What a ledger says, as far as ownership needs it: docs/ownership.md, "Who was first"."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid5

Json = dict[str, Any]


def milliseconds(time: str) -> int:
    """Since 1970, of an event's time."""
    return (datetime.fromisoformat(time) - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def later(time: str, by_ms: int) -> str:
    """RFC 3339, UTC, milliseconds."""
    moment = datetime.fromisoformat(time) + timedelta(milliseconds=by_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1_000:03}Z"


def family_id(ledger: str, digest: str) -> str:
    """The id of an architecture's family ("Families")."""
    return str(uuid5(UUID(ledger), f"6:family/{len(digest)}:{digest}"))


@dataclass
class Step:
    """A derived event that follows from the log up to `basis` and has not come yet."""

    type: str
    basis: str
    data: Json
    """Empty where this program cannot derive it; then what the log says is taken."""


@dataclass
class Submission:
    id: str
    hotkey: str
    order: int
    number: int
    policy: Json
    layout: Json | None = None
    reviewed: Json | None = None
    over: bool = False
    """Rejected or abandoned."""
    plan: Json | None = None
    seeds: list[str] = field(default_factory=list)
    measured: list[Json] = field(default_factory=list)
    scored: Json | None = None
    called: Json | None = None
    confirmations: list[Json] = field(default_factory=list)
    decided: set[str] = field(default_factory=set)
    step: Step | None = None

    @property
    def rules(self) -> Json:
        return self.policy["ownership"]

    def claims(self, claim: str) -> bool:
        """What it claims, as far as is known: an architecture, or a recipe ("Who was first")."""
        if self.layout is None:
            return False
        if claim == "architecture":
            return self.layout["kind"] in ("full", "architecture_only")
        if self.reviewed is None:
            return self.layout["training"] is not None
        training = self.reviewed["training"]
        return training is not None and training["digest"] not in self.rules["referenceTrainingDigests"]

    def undecided(self, claim: str) -> bool:
        return self.claims(claim) and claim not in self.decided

    @property
    def settled(self) -> bool:
        if self.over:
            return True
        return self.scored is not None and not self.undecided("architecture") and not self.undecided("training")

    @property
    def in_the_way(self) -> bool:
        """Whether later claims may have to wait for it."""
        return self.layout is not None and not self.settled

    def family(self, ledger: str) -> str | None:
        """None while it is not known."""
        if self.layout is not None and self.layout["kind"] == "training_for_arch":
            return self.layout["architectureId"]
        return None if self.reviewed is None else family_id(ledger, self.reviewed["architecture"]["digest"])

    def confirmation(self, claim: str) -> Json | None:
        """What a confirmation of the claim has shown, where there was one."""
        shown = (one for one in self.confirmations if one["claim"] == claim and one["evidence"] is not None)
        return next(shown, None)


@dataclass
class Hold:
    submission: str
    value: int
    data: Json
    held_at: str
    resolution: str | None = None
    ended_at: str | None = None


@dataclass
class Variant:
    submission: str
    hotkey: str
    digest: str
    value: int
    standing: int
    granted_at: str


@dataclass
class Family:
    id: str
    discoverer: Submission | None = None
    value: int = 0
    discovered_at: str = ""
    variants: list[Variant] = field(default_factory=list)
    challenges: int = 0
    samples: list[list[int]] = field(default_factory=list)
    holds: dict[str, Hold] = field(default_factory=dict)
    decisions: list[Json] = field(default_factory=list)

    @property
    def incumbent(self) -> Variant | None:
        return self.variants[-1] if self.variants else None
