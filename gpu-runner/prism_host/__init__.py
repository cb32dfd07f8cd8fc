"""Our host inside a container: it answers the judge's requests next to the code that a miner sent."""
