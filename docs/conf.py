"""How Sphinx builds the site from the Markdown beside it: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

project = "Segue"
extensions = ["myst_parser", "tools.docs.glossary_anchors"]
html_theme = "furo"
html_title = "Segue"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
myst_heading_anchors = 4
