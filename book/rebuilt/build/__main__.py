"""`python -m rebuilt.build`: build the site."""

import sys

from rebuilt.build.builder import main

if __name__ == "__main__":
    sys.exit(main())
