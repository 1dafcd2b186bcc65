"""`python -m rebuilt.cli`: the command without an installed script."""

import sys

from rebuilt.cli import main

if __name__ == "__main__":
    sys.exit(main())
