"""What of a library no function needs: left out of every bundle, with the reason beside it."""

import re
from collections.abc import Iterator
from pathlib import Path

_DATA = "botocore/data/"
_NEVER = re.compile(
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


def kept(tree: Path, services: tuple[str, ...]) -> Iterator[Path]:
    """The files of an installed tree that a bundle takes, relative to it, in a stable order.

    Of botocore's models only those of `services` are, and only the newest version of each.
    """
    models = {f"{_DATA}{service}/{_newest(tree / _DATA / service)}/" for service in services}
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if path.is_file() and not _NEVER.search(name) and _wanted(name, models):
            yield path.relative_to(tree)


def _wanted(name: str, models: set[str]) -> bool:
    """A data file directly under `botocore/data` serves every client; a folder serves one."""
    if not name.startswith(_DATA) or "/" not in name.removeprefix(_DATA):
        return True
    return any(name.startswith(model) for model in models)


def _newest(service: Path) -> str:
    """Versions are dates, so the last in order is the newest."""
    return max(version.name for version in service.iterdir() if version.is_dir())
