"""The name under which this release of the hub stores compiled catalogues."""

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
    """Names the interpreter and a digest of the code that makes and reads compiled catalogues.

    A change in either gives another name, so that a release never loads what another one compiled.
    """
    code_digest = hashlib.sha256()
    for path in sorted(file for pattern in _COMPILER_SOURCES for file in _HUB.glob(pattern)):
        code_digest.update(path.relative_to(_HUB).as_posix().encode())
        code_digest.update(path.read_bytes())
    return f"{sys.implementation.cache_tag}-{code_digest.hexdigest()[:12]}"
