"""What an error says to a person at the terminal."""

import re

# What gin 0.5 appends for every configurable that an exception passes through.
_CALL = r"\n  In call to configurable '.*' \(.*\)(?: in scope '.*')?"


def plain(error):
    """The message of an exception, without the calls that gin adds to it."""
    return re.sub(_CALL, "", str(error))
