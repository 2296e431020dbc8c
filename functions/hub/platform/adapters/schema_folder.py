"""The `schemas` folder: beside `hub/` in a bundle, beside `functions/` in the repository."""

from pathlib import Path


def find_schemas_folder() -> Path:
    """Returns the folder. Raises FileNotFoundError if there is none."""
    parents = Path(__file__).resolve().parents
    for parent in parents[3:5]:
        if (parent / "schemas").is_dir():
            return parent / "schemas"
    raise FileNotFoundError(f"no schemas folder in {parents[3]} or {parents[4]}")
