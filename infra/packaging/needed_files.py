"""Which files of installed libraries a bundle takes, and why not the others."""

import re
from collections.abc import Iterator
from pathlib import Path

_BOTOCORE_DATA = "botocore/data/"
_UNNEEDED = re.compile(
    r"""
      (^|/)(__pycache__|tests?)/          # bytecode is made for the runtime; tests have been run
    | ^\. | ^bin/                         # the installer's records and command lines
    | ^(?!psycopg-)[^/]+\.dist-info/     # SQLAlchemy asks psycopg's version, which is told there
    | \.dist-info/(?!METADATA$)
    | \.(pyi|c|h|pyx)$ | (^|/)py\.typed$  # for editors, type checkers and compilers
    | ^boto3/(data|examples)/             # boto3's resources: the hub uses clients only
    | ^botocore/data/.*/(examples|completions)-1\.json$
    | ^font_source_sans_pro/files/(?!SourceSansPro-(Regular|Bold)\.ttf)  # weights no letter is in
    | ^PIL/_avif | ^pillow\.libs/libavif # pictures, of which no letter has one
    | ^phonenumbers/(geodata|carrierdata|tzdata)/  # where a number is, not whether it is one
    """,
    re.VERBOSE,
)


def list_needed_files(tree: Path, services: tuple[str, ...]) -> Iterator[Path]:
    """Yield the files that a bundle takes, relative to `tree`, in a stable order.

    Of botocore's models it takes those of `services`, in their newest version.
    """
    models = {
        f"{_BOTOCORE_DATA}{service}/{_find_newest_version(tree / _BOTOCORE_DATA / service)}/"
        for service in services
    }
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.is_file() and not _UNNEEDED.search(name) and _is_needed(name, models):
            yield path.relative_to(tree)


def _is_needed(name: str, models: set[str]) -> bool:
    """Return whether to take it. A file directly in `botocore/data` serves every client."""
    if not name.startswith(_BOTOCORE_DATA) or "/" not in name.removeprefix(_BOTOCORE_DATA):
        return True
    return any(name.startswith(model) for model in models)


def _find_newest_version(service: Path) -> str:
    """Return the newest version. Versions are dates, so it is the last in order."""
    return max(version.name for version in service.iterdir() if version.is_dir())
