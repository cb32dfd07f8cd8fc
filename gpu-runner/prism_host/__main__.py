"""``python3 -m prism_host <role>``: the entry point of our containers."""

import sys

from prism_host.serve import serve


def handlers_of(role):
    """The role's handlers; imported here, since the reviewer's image has no torch."""
    if role in ("trainer", "predictor", "replayer"):
        from prism_host import learner

        return learner.handlers(role)
    if role == "reviewer":
        import reviewer

        return reviewer.handlers()
    raise SystemExit(f"prism_host: unknown role {role!r}; roles: trainer, predictor, replayer, reviewer")


def main(arguments):
    if len(arguments) != 1:
        raise SystemExit("usage: python3 -m prism_host trainer|predictor|replayer|reviewer")
    # Connecting tells the judge that all of ours is loaded: what fails before it is no fault of the miner.
    serve(handlers_of(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
