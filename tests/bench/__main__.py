"""`python -m tests.bench PART... [--json FILE]`: measures, prints, and keeps the figures."""

import argparse
import json
import sys
from pathlib import Path

from tests.bench import PARTS, figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all when none is named")
    parser.add_argument("--json", type=Path, help="kept here, beside the figures of other parts")
    asked = parser.parse_args()
    found: dict[str, float] = {}
    for part in asked.parts or PARTS:
        found |= figures(part, lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 progress, for whoever waits
    if asked.json:
        kept = json.loads(asked.json.read_text()) if asked.json.exists() else {}
        text = json.dumps(dict(sorted({**kept, **found}.items())), indent=2)
        asked.json.write_text(f"{text}\n")
    print(json.dumps(found))  # noqa: T201 the result, for whoever called


if __name__ == "__main__":
    main()
