"""The picture of the contexts: `docs/images/contexts.svg`, from the import contract."""

import tomllib
from collections.abc import Iterator

from tools.setup_commands import ROOT

PICTURE = ROOT / "docs" / "images" / "contexts.svg"
CONTRACT = "Contexts stand on each other in one order"
WIDTH, HEIGHT, GAP, MARGIN = 190, 34, 12, 24
_STYLE = """\
    .page { fill: #ffffff; stroke: #d8dde3; }
    .box { fill: #e3ecfb; stroke: #2f62c4; }
    .name { font-size: 14px; font-weight: 600; fill: #1c2733; text-anchor: middle; }
    .word { font-size: 12px; fill: #4c5b6b; }
    .line { stroke: #4c5b6b; stroke-width: 1.6; marker-end: url(#tip); }
    .tip { fill: #4c5b6b; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #14181d; stroke: #323a43; }
      .box { fill: #1c2c4a; stroke: #7ea6f4; }
      .name { fill: #eef2f6; }
      .word { fill: #aebac7; }
      .line { stroke: #aebac7; }
      .tip { fill: #aebac7; }
    }"""


def read_ranks() -> list[list[str]]:
    """The contexts by rank, the highest first. Those of one rank do not import each other."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = declared["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"] == CONTRACT)
    return [[name.strip().removeprefix("hub.") for name in layer.split("|")] for layer in layers]


def draw_contexts() -> str:
    """The ranks as rows of boxes, the highest at the top."""
    ranks = read_ranks()
    widest = max(map(len, ranks))
    inner = widest * WIDTH + (widest - 1) * GAP
    width, height = inner + 2 * MARGIN + 130, len(ranks) * (HEIGHT + GAP) - GAP + 2 * MARGIN
    boxes = "\n".join(_draw_boxes(ranks, inner))
    at = inner + 2 * MARGIN + 10
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" \
aria-label="The contexts of the hub, in the order in which they may import each other" \
font-family="system-ui, 'Segoe UI', 'Source Sans 3', 'DejaVu Sans', sans-serif">
  <style>
{_STYLE}
  </style>
  <defs>
    <marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" \
orient="auto">
      <path class="tip" d="M0 0 10 5 0 10z" />
    </marker>
  </defs>
  <rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10" />
{boxes}
  <path class="line" d="M{at} {MARGIN}V{height - MARGIN}" />
  <text class="word" x="{at + 12}" y="{height // 2 - 8}">may import</text>
  <text class="word" x="{at + 12}" y="{height // 2 + 10}">what is below</text>
</svg>
"""


def _draw_boxes(ranks: list[list[str]], inner: int) -> Iterator[str]:
    for row, names in enumerate(ranks):
        y = MARGIN + row * (HEIGHT + GAP)
        x = MARGIN + (inner - len(names) * WIDTH - (len(names) - 1) * GAP) // 2
        for place, name in enumerate(names):
            left = x + place * (WIDTH + GAP)
            size = f'width="{WIDTH}" height="{HEIGHT}"'
            yield f'  <rect class="box" x="{left}" y="{y}" {size} rx="6" />'
            yield f'  <text class="name" x="{left + WIDTH // 2}" y="{y + 22}">{name}</text>'
