"""Derives owners and weights from exported ledgers again.

    python3 test/second-implementation/derive.py LEDGER...

Written from docs/ownership.md, docs/scoring.md, docs/weights.md and docs/events.md alone, with Python's standard library. LEDGER is the folder of
a log, a file with canonical events one a line, or `-` for standard input; one file may hold several ledgers. For each it prints a line of canonical
JSON, which names the first entry that cannot stand where it does, if there is one. Standard error says what was taken from the log instead of being derived, and where the log says something else, which is exit status 3.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from canonical import canonical_text
from export import Event, ledgers_of, read_folder, read_lines
from fold import Fold, NotDerived
from report import report_of


def events_of(source: str) -> Iterator[Event]:
    """The events of one argument."""
    if source == "-":
        yield from read_lines(sys.stdin)
    elif Path(source).is_dir():
        yield from read_folder(Path(source))
    else:
        with open(source, encoding="utf-8") as lines:
            yield from read_lines(lines)


def main(sources: list[str]) -> int:
    """Exit status: 0 where all derived events of all ledgers say what is derived here."""
    if not sources:
        print(__doc__, file=sys.stderr)
        return 2
    status = 0
    for source in sources:
        for number, ledger in enumerate(ledgers_of(events_of(source))):
            fold = Fold()
            try:
                for index, event in enumerate(ledger):
                    fold.apply(index, event)
                print(canonical_text(report_of(fold)))
            except NotDerived as wrong:
                fold.notes.append(str(wrong))
                print(canonical_text({"ledger": fold.owners.ledger, "wrong": str(wrong)}))
            for note in fold.notes:
                print(f"{source}, ledger {number}: {note}", file=sys.stderr)
                status = 3 if not note.startswith("taken") else status
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
