"""The `schemas` folder: beside `hub/` in a bundle, beside `functions/` in the repository."""

from pathlib import Path


def find_schemas_folder() -> Path:
    """Raises FileNotFoundError where there is none."""
    above = Path(__file__).resolve().parents
    for place in above[3:5]:
        if (place / "schemas").is_dir():
            return place / "schemas"
    raise FileNotFoundError(f"no schemas folder in {above[3]} or {above[4]}")
