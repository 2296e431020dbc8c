"""Files put in place without being written again."""

import os
import shutil
from pathlib import Path


def put(source: Path, place: Path) -> None:
    """Link `source` as `place`, or copy it where they lie on different disks."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)
