"""Measures one thing in this process, whose backend and memory are its own.

usage: python -m learned_update.benchmarks REQUEST

The request is JSON, as `processes.ask` writes it. The last line of the output is the
JSON of what was measured, or of `{"error": message}`.
"""

import json
import sys

from learned_update.errors import InvalidInputError
from learned_update.keras_backend import checked_backend


def main(request):
    """Prints what was measured."""
    try:
        result = _measured(**json.loads(request))
    except InvalidInputError as error:
        result = {"error": str(error)}
    print(json.dumps(result))


def _measured(what, **request):
    checked_backend()
    from learned_update.benchmarks.requests import REQUESTS

    return REQUESTS[what](**request)


if __name__ == "__main__":
    main(sys.argv[1])
