"""Files that are linked rather than copied."""

import os
import shutil
from pathlib import Path


def link_or_copy(source: Path, place: Path) -> None:
    """Link `source` as `place`, or copy it where they are on different disks."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)
