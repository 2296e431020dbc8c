"""`make docs`: write what mirrors the code anew and build the site, strictly.

`python -m tools.docs --tables` writes the tables, the picture and the OpenAPI document alone.
"""

import subprocess
import sys
from collections.abc import Sequence

from tools import openapi
from tools.docs import contexts, generate, stack
from tools.setup_commands import BUILD_FOLDER, ROOT

SITE = BUILD_FOLDER / "docs"


def build_command(target: str) -> list[str]:
    """The call of Sphinx: every warning is an error, a link that leads nowhere is a warning."""
    options = ["-W", "-n", "--keep-going", "--quiet", "--jobs", "auto"]
    return [sys.executable, "-m", "sphinx", *options, "-b", "html", str(ROOT / "docs"), target]


def main(arguments: Sequence[str]) -> int:
    generate.write_tables(generate.make_tables() | generate.make_stack_tables(stack.synthesise()))
    contexts.PICTURE.write_text(contexts.draw_contexts(), encoding="utf-8")
    openapi.write_document()
    if "--tables" in arguments:
        return 0
    failed = subprocess.run(build_command(str(SITE)), cwd=ROOT, check=False).returncode
    if not failed:
        print(f"open {(SITE / 'index.html').relative_to(ROOT)}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
