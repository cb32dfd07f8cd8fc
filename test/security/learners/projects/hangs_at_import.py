"""Never comes out of its import."""

import time

time.sleep(600)
