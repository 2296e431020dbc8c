"""Which release of the hub this is, as far as prebuilt catalogues are concerned."""

import hashlib
import sys
from functools import cache
from pathlib import Path

_HUB = Path(__file__).resolve().parents[2]
_COMPILER_SOURCES = (
    "catalogue/domain/catalogue.py",
    "catalogue/domain/compiled_catalogue.py",
    "catalogue/domain/row_reader.py",
    "catalogue/domain/rule.py",
    "catalogue/domain/rule_book.py",
    "catalogue/domain/tables.py",
    "catalogue/domain/verbs/*.py",
    "expression/domain/*.py",
    "expression/domain/rule_index/*.py",
)


@cache
def release_name() -> str:
    """The interpreter and a digest of the code that makes and reads prebuilt catalogues: a change
    in either gives another name, so that nothing is ever loaded that means something else here."""
    found = hashlib.sha256()
    for path in sorted(file for pattern in _COMPILER_SOURCES for file in _HUB.glob(pattern)):
        found.update(path.relative_to(_HUB).as_posix().encode())
        found.update(path.read_bytes())
    return f"{sys.implementation.cache_tag}-{found.hexdigest()[:12]}"
