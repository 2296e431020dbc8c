"""A bundle's zip: the same bytes for the same files, whoever makes it and when.

It is made here because the CDK would make every zip anew on every deployment.
"""

import zipfile
from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16


def write_zip(folder: Path, place: Path, *, compressed: bool) -> None:
    """Zip all that is in `folder`. A zip that stays on this machine is not compressed."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(place, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
            entry.external_attr = _READABLE
            archive.writestr(entry, path.read_bytes(), method)
