"""Losses of several runs, measured in this process, whose configuration is its own.

usage: python -m learned_update.diagnosis REQUEST

The request is JSON: the arguments of `losses.checkpoint_losses`. The last line of the
output is the JSON of what it gives, or of `{"error": message}`.
"""

import json
import pathlib
import sys

from learned_update.diagnosis.losses import checkpoint_losses
from learned_update.errors import InvalidInputError


def main(request):
    """Prints what was measured."""
    given = json.loads(request)
    given["run_dirs"] = [pathlib.Path(path) for path in given["run_dirs"]]
    try:
        result = checkpoint_losses(**given)
    except InvalidInputError as error:
        result = {"error": str(error)}
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
