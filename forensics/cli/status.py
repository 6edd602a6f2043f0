"""What the exit status means. Findings are not errors."""

OK = 0
"""Ran; degraded media count as examined."""

SOME_FAILED = 1
"""Ran, but something was rejected or failed."""

USAGE = 2
"""Wrong usage, or a file or folder named on the command line cannot be used."""

NOTHING = 3
"""Nothing could be examined."""

INTERRUPTED = 130
"""Stopped by the keyboard."""
