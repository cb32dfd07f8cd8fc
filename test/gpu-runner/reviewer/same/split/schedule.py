WARM_UP = 20


def warm(step):
    return min(1.0, (step + 1) / WARM_UP)
