"""`python -m postiquette`: the same program as the `postiquette` command."""

import sys

from postiquette.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
