"""`python -m tools.segue`, which `.venv/bin/segue` calls."""

import sys

from tools.segue.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
