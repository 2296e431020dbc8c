"""The page that holds the hub against the ASVS has every point, and its figures are right."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tools.setup_commands import ROOT

PAGE = ROOT / "docs" / "operate" / "asvs.md"
STATES = ("met", "not applicable", "open")
LEVEL_ONE, BOTH_LEVELS = 70, 253
SECTIONS = """
1: 1.2, 2.9, 3.11, 4.3, 5.2
2: 1.3, 2.3, 3.4, 4.1
3: 2.2, 3.4, 4.6, 5.5, 7.2
4: 1.3, 2.1, 3.2, 4.4
5: 1.1, 2.3, 3.2, 4.3
6: 1.3, 2.12, 3.4, 4.4, 5.5, 6.3, 8.4
7: 1.3, 2.4, 3.2, 4.5, 5.2, 6.2
8: 1.2, 2.3, 3.1, 4.1
9: 1.3, 2.4
10: 1.2, 2.2, 3.4, 4.11, 5.5, 6.2, 7.3
11: 1.2, 2.3, 3.3, 4.4, 5.1, 6.1
12: 1.3, 2.2, 3.4
13: 1.1, 2.5, 3.2, 4.5
14: 1.2, 2.4, 3.3
15: 1.3, 2.3, 3.7
16: 1.1, 2.5, 3.4, 4.3, 5.3
17: 1.1, 2.4, 3.2
"""
"""By chapter, each section with its last point of level 1 or 2: `1.2` is the points 1 and 2 of the
section 1. https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/docs_en"""


class Point(NamedTuple):
    chapter: str
    number: str
    level: int
    state: str


def read_points() -> Iterator[Point]:
    chapter = ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            chapter = line.removeprefix("## ")
        elif row := re.fullmatch(r"\| (\d+\.\d+\.\d+) \| ([12]) \| .+ \| ([a-z ]+) \| .+ \|", line):
            yield Point(chapter, row[1], int(row[2]), row[3])


def list_numbers() -> Iterator[str]:
    for line in SECTIONS.split("\n")[1:-1]:
        chapter, _, sections = line.partition(": ")
        for entry in sections.split(", "):
            section, most = map(int, entry.split("."))
            yield from (f"{chapter}.{section}.{at}" for at in range(1, most + 1))


def test_every_point_of_both_levels_stands_once_in_its_order() -> None:
    expected = list(list_numbers())
    assert len(expected) == BOTH_LEVELS
    assert [point.number for point in read_points()] == expected


def test_as_many_points_are_of_the_first_level_as_the_standard_has() -> None:
    assert sum(point.level == 1 for point in read_points()) == LEVEL_ONE


def test_the_figures_are_those_of_the_tables() -> None:
    counted: dict[str, Counter[str]] = {}
    for point in read_points():
        assert point.state in STATES, point
        counted.setdefault(point.chapter, Counter())[point.state] += 1
    total = sum(counted.values(), Counter[str]())
    rows = [
        f"| {name} | {' | '.join(str(states[state]) for state in STATES)} |"
        for name, states in counted.items()
    ]
    sums = " | ".join(f"**{total[state]}**" for state in STATES)
    rows.append(f"| **all {total.total()}** | {sums} |")
    assert "\n".join(rows) in PAGE.read_text()


def test_what_is_open_is_listed_with_what_would_close_it() -> None:
    _, _, rest = PAGE.read_text().partition("## What is open\n")
    listed = re.findall(r"^\| (\d+\.\d+\.\d+) \|", rest.partition("\n## ")[0], re.MULTILINE)
    assert listed == [point.number for point in read_points() if point.state == "open"]
