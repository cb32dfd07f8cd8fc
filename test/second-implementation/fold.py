"""Folds a ledger's events: what is derived is computed here, of derived events only their place and time are read (docs/events.md)."""

from typing import Any

from claims import Owners, next_step
from contributions import contributions_of
from confirmation import differences_of, evidence_of, is_identical, pool_of
from hooks import hook_gain
from scores import Runs, cannot_derive, is_futile, key_of, score_of, the_panel
from state import Hold, Step, Submission, Variant, milliseconds
from weights import weights_of

Json = dict[str, Any]

ASKS_FOR_STEPS = {
    "SubmissionRejected",
    "SubmissionReviewed",
    "EvaluationAbandoned",
    "SubmissionScored",
    "SubmissionConfirmed",
    "ArchitectureClaimDecided",
    "TrainingClaimDecided",
    "HoldResolved",
    "HoldExpired",
}


class NotDerived(Exception):
    """The log has a derived event that does not follow from what stands before it."""


class Fold:
    """One ledger. `epochs` and `owners` are what was derived; `notes` says what was taken from the log, or differs there."""

    def __init__(self) -> None:
        self.owners = Owners()
        self.policy: Json = {}
        self.numbers: dict[str, int] = {}
        self.opened = 0
        self.kept: dict[tuple[str, str], int] = {}
        self.epochs: list[Json] = []
        self.notes: list[str] = []

    def apply(self, index: int, event: Json) -> None:
        handle = getattr(self, f"on_{event['type']}", None)
        if handle is not None:
            handle(index, event)
        if event["type"] in ASKS_FOR_STEPS:
            for one in self.owners.submissions.values():
                one.step = one.step or next_step(self.owners, one, event)

    # What was said from outside.

    def on_LedgerOpened(self, _index: int, event: Json) -> None:
        self.owners.ledger = event["id"]
        self.policy = event["data"]["policy"]
        self.opened = milliseconds(event["time"])

    def on_PolicyAdopted(self, _index: int, event: Json) -> None:
        self.policy = event["data"]["policy"]

    def on_SubmissionReceived(self, index: int, event: Json) -> None:
        hotkey = event["data"]["hotkey"]
        number = self.numbers[hotkey] = self.numbers.get(hotkey, 0) + 1
        one = Submission(event["stream"].removeprefix("submission-"), hotkey, index, number, self.policy)
        self.owners.submissions[one.id] = one

    def of(self, event: Json) -> Submission:
        """The submission that an event is about."""
        named = event["data"].get("submission") or event["stream"].removeprefix("submission-")
        return self.owners.submissions[named]

    def on_SubmissionAdmitted(self, _index: int, event: Json) -> None:
        self.of(event).layout = event["data"]["layout"]

    def on_SubmissionReviewed(self, _index: int, event: Json) -> None:
        self.of(event).reviewed = event["data"]

    def on_SubmissionRejected(self, _index: int, event: Json) -> None:
        self.of(event).over = True

    def on_EvaluationAbandoned(self, _index: int, event: Json) -> None:
        self.of(event).over = True

    def on_EvaluationPlanned(self, _index: int, event: Json) -> None:
        one = self.of(event)
        one.plan = event["data"]
        one.seeds = list(event["data"]["seeds"])

    def on_RunMeasured(self, _index: int, event: Json) -> None:
        one = self.of(event)
        one.measured.append(event["data"])
        if one.called is not None:
            self.after_confirming(one, event)
        else:
            self.after_evaluating(one, event)

    def on_HoldResolved(self, _index: int, event: Json) -> None:
        self.resolve(event, event["data"]["outcome"])

    def on_HoldExpired(self, _index: int, event: Json) -> None:
        self.resolve(event, "expired")

    def resolve(self, event: Json, resolution: str) -> None:
        family = self.owners.family(event["stream"].removeprefix("family-"))
        hold = family.holds[event["data"]["submission"]]
        hold.resolution, hold.ended_at = resolution, event["time"]

    # What follows from measurements.

    def after_evaluating(self, one: Submission, event: Json) -> None:
        assert one.plan is not None
        done = {key_of(run): run for run in one.measured}
        first = [key_of(run) for run in one.plan["runs"] if run["point"] == 0 and run["seed"] == 0]
        due = [key_of(run) for run in one.plan["runs"]]
        if all(key in done for key in first):
            if is_futile([done[key] for key in first], one.plan["futilityMicrobits"]):
                due = first
        if not all(key in done for key in first + due):
            return
        data = {}
        if not self.takes(one, "the score"):
            owns = (one.layout or {})["kind"] != "training_for_arch"
            data = score_of(Runs([done[key] for key in due], one.policy), owns)
        one.step = Step("SubmissionScored", event["id"], data)

    def after_confirming(self, one: Submission, event: Json) -> None:
        assert one.called is not None
        done = {key_of(run): run for run in one.measured}
        due = [key_of(run) for run in one.called["runs"]]
        if not all(key in done for key in due):
            return
        runs = Runs([done[key] for key in due], one.policy)
        claim = one.called["claim"]
        data: Json = {"identical": is_identical(runs, claim)}
        if not self.takes(one, f"what the confirmation of its {claim} has measured"):
            differences = differences_of(runs, claim, one.called["incumbent"] is not None)
            gain = runs.gain("architecture" if claim == "architecture" else "recipe", the_panel)
            assert gain is not None
            hook = hook_gain(runs.of("recipe"), one.policy["scoring"]) if claim == "training" else None
            hooked = max(0, hook["gain"]["lowerMicrobits"]) if hook and hook["withinBound"] else 0
            data |= {
                "evidence": self.evidence(one, differences, 0),
                "gain": gain,
                "hook": hook,
                "valueMicrobits": max(0, gain["lowerMicrobits"] + hooked),
            }
        one.step = Step("SubmissionConfirmed", event["id"], data)

    def evidence(self, one: Submission, differences: list[int], beyond: int) -> Json:
        assert one.called is not None
        family = self.owners.family(one.called["family"])
        incumbent = family.incumbent if one.called["incumbent"] is not None else None
        pool = pool_of(one.rules["confirmation"], family.samples if incumbent else [])
        standing = incumbent.standing if incumbent else 0
        return evidence_of(one.policy, differences, beyond, one.called["alphaPpt"], pool, standing)

    def takes(self, one: Submission, what: str) -> bool:
        """Whether something has to be taken from the log, which is then noted."""
        why = cannot_derive(one.policy)
        if why is not None:
            self.notes.append(f"taken from the log: {what}, of submission {one.id}, since {why}")
        return why is not None

    # Derived events: what is owed by now comes to stand.

    def owed(self, index: int, event: Json) -> tuple[Submission, Json]:
        """What was derived for this place of the log; where the log says something else, that is noted."""
        one = self.of(event)
        step, one.step = one.step, None
        if step is None or step.type != event["type"]:
            owed = "nothing" if step is None else step.type
            raise NotDerived(f"entry {index} is {event['type']} of submission {one.id}; {owed} is owed to it")
        for name, value in {**step.data, "basis": step.basis}.items():
            if event["data"][name] != value:
                self.notes.append(f"entry {index} ({event['type']}): {name} is derived as {value}")
        return one, step.data

    def on_SubmissionScored(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        names = ("architecture", "training", "hook", "total", "scorePpm")
        one.scored = dict(data or {name: event["data"][name] for name in names})
        # A digest of evidence that decides nothing: it is taken as it is said.
        one.scored["structure"] = event["data"]["structure"]

    def on_ConfirmationCalled(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        one.called = data
        one.seeds += data["seeds"]
        shown = ("identical", "evidence", "gain", "hook", "valueMicrobits")
        one.confirmations.append({**data, **dict.fromkeys(shown)})

    def on_SubmissionConfirmed(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        if "evidence" not in data:
            said = event["data"]
            beyond = said["evidence"]["gridMicrobits"] - said["evidence"]["meanMicrobits"]
            evidence = self.evidence(one, said["evidence"]["differences"], beyond)
            data |= {**{name: said[name] for name in ("gain", "hook", "valueMicrobits")}, "evidence": evidence}
        one.confirmations[-1] |= data
        one.called = None

    def on_ArchitectureClaimHeld(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        family = self.owners.family(one.family(self.owners.ledger) or "")
        family.holds[one.id] = Hold(one.id, data["valueMicrobits"], data, event["time"])

    def on_ArchitectureClaimDecided(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        family = self.owners.family(one.family(self.owners.ledger) or "")
        one.decided.add("architecture")
        family.decisions.append({**data, "claim": "architecture"})
        if data["outcome"] == "discovered":
            family.discoverer = one
            family.value = data["valueMicrobits"]
            family.discovered_at = event["time"]

    def on_TrainingClaimDecided(self, index: int, event: Json) -> None:
        one, data = self.owed(index, event)
        family = self.owners.family(one.family(self.owners.ledger) or "")
        one.decided.add("training")
        family.decisions.append({**data, "claim": "training"})
        if data["challenge"] > 0:
            family.challenges = data["challenge"]
            # A copy's differences are zeros: they say nothing of how runs stray.
            if data["outcome"] != "known":
                family.samples.append(data["evidence"]["differences"])
        if data["outcome"] == "granted":
            beaten = family.incumbent.standing if family.incumbent else 0
            standing = beaten + data["evidence"]["meanMicrobits"]
            family.variants.append(
                Variant(one.id, one.hotkey, data["digest"], data["valueMicrobits"], standing, event["time"])
            )

    def on_EpochClosed(self, _index: int, event: Json) -> None:
        start, end = self.opened, milliseconds(event["time"])
        weights, self.kept = weights_of(contributions_of(self.owners), self.kept, self.policy["weights"], start, end)
        self.opened = end
        kept = [{"submission": of, "kind": kind, "ppm": ppm} for (of, kind), ppm in sorted(self.kept.items())]
        epoch = event["data"]["epoch"]
        self.epochs.append({**weights, "basis": event["id"], "epoch": epoch, "kept": kept})

    def on_WeightsDerived(self, index: int, event: Json) -> None:
        derived = next(one for one in self.epochs if one["epoch"] == event["data"]["epoch"])
        for name, value in event["data"].items():
            if derived[name] != value:
                self.notes.append(f"entry {index} (WeightsDerived): {name} is derived as {derived[name]}")
