"""Which release of the hub this is, as far as prebuilt catalogues are concerned."""

import hashlib
import sys
from functools import cache
from pathlib import Path

import hub.domain

_SHAPING = (
    "artifact.py",
    "catalogue.py",
    "expression/*.py",
    "fields.py",
    "index/*.py",
    "rows.py",
    "rule.py",
    "rulebook.py",
    "verb.py",
)


@cache
def release() -> str:
    """The interpreter and a digest of the code that makes and reads prebuilt catalogues: a change
    in either gives another name, so that nothing is ever loaded that means something else here."""
    found = hashlib.sha256()
    domain = Path(hub.domain.__path__[0])
    for path in sorted(file for pattern in _SHAPING for file in domain.glob(pattern)):
        found.update(path.relative_to(domain).as_posix().encode())
        found.update(path.read_bytes())
    return f"{sys.implementation.cache_tag}-{found.hexdigest()[:12]}"
