"""`python -m learned_update` is the command `learned-update`."""

import sys

from learned_update.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
