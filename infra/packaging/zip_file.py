"""A bundle's zip: the same bytes for the same files, whoever packs them and when.

Packed here and not by the CDK, which would pack every bundle anew on every deployment.
"""

import zipfile
from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o100644 << 16


def pack(folder: Path, place: Path, *, compressed: bool) -> None:
    """Zip all that is in `folder`; what never leaves this machine need not be made smaller."""
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(place, "w") as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
            entry.external_attr = _READABLE
            archive.writestr(entry, path.read_bytes(), method)
