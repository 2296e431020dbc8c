"""Records the archive that `test_replay_of_a_recorded_archive.py` replays.

    PYTHONHASHSEED=0 PYTHONPATH=functions:. python -m tests.simulation.record_archive [FOLDER]

It plays the scenarios of `recording/scenarios.py` on a hub in memory and writes the episodes in the
archive's own form: one JSON object a line, gzipped. The catalogues and surroundings that the
episodes name, and the merges, lie beside them. `recorded.json` says what is covered. Time and
chance are fixed, so the same code records the same bytes. Without PYTHONHASHSEED only the order of
names within a profile differs.

The data was recorded on 2026-11-28, by the code before its modules were moved and renamed. It was
recorded again when contacts began to be kept for 33 days, which changed no decision, and when the
days of conditions became those of the customer's calendar, which changed one. When the days of
`starts` and `ends` became those of that calendar too, the receipts got the words of today; no
decision changed otherwise. On 2026-11-29 decisions changed: a customer is enrolled in an experiment
once, `chance` counts what is sent, calls of connectors pass every gate, and postponed requests have
names, suppressions and no hop. They were replaced by those of a replay, with the enrolments, claims
and calls of the customers; all else kept its stored form of before. Record it again only when
decisions are meant to change: then every archive of a deployed hub differs too, and the CHANGELOG
has to say so.
"""

import gzip
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.catalogue.domain.policy import POLICY_KINDS
from hub.catalogue.domain.verbs import VERBS
from hub.expression.domain.functions import FUNCTIONS
from hub.identity.domain.merge_profiles import merge_profiles
from hub.identity.domain.merge_record import MergeRecord
from hub.kernel.canonical_json import to_canonical_json
from hub.model.episode import RecordedEpisode, drop_repeats
from hub.platform.adapters.aws_text import to_json
from hub.profile.adapters.customer_table import size_in_bytes
from hub.profile.domain.profile_limits import STATE_LIMIT, trim_to_limit
from tests.simulation.recording.scenarios import SCENARIOS
from tests.simulation.recording.virtual_hub import Publisher, VirtualHub

DATA = Path(__file__).parent / "data" / "replay"


def record(place: Path) -> dict[str, Any]:
    """Returns what `recorded.json` says. Raises `SystemExit` if a verb, a kind of policy or a
    function is not covered."""
    place.mkdir(parents=True, exist_ok=True)
    publisher, coverage, digest = Publisher(), Coverage(), hashlib.sha256()
    surroundings: dict[str, str] = {}
    merges: list[dict[str, Any]] = []
    files: dict[str, int] = {}
    for name, play in SCENARIOS.items():
        hub = play(publisher)
        records = records_of(hub)
        surroundings |= surroundings_of(hub, records)
        merges += merges_of(hub)
        write_lines(place, name, (to_json(one.to_dict()) for one in records))
        files[name] = len(records)
        for one in records:
            coverage.add(one)
            for decision in one.episode.decisions:
                digest.update(f"{to_canonical_json(decision.to_dict())}\n".encode())
    newest = publisher.store.read_newest_number()
    catalogues = [publisher.store.load(number) for number in range(1, newest + 1)]
    if missing := coverage.missing(catalogues):
        raise SystemExit(f"no episode covers {', '.join(missing)}")
    write_lines(place, "catalogues", map(to_json, catalogues))
    named = ({"name": name, "facts": json.loads(text)} for name, text in surroundings.items())
    write_lines(place, "surroundings", map(to_canonical_json, named))
    write_lines(place, "merges", map(to_json, merges))
    recorded = {
        "files": files,
        "episodes": sum(files.values()),
        "events": coverage.counts["events"].total(),
        "decisions": coverage.counts["parts"]["id"],
        "sha256": digest.hexdigest(),
        "surroundings": len(surroundings),
        "merges": len(merges),
        "covers": {"policies": list(POLICY_KINDS), **coverage.to_dict()},
    }
    (place / "recorded.json").write_text(f"{json.dumps(recorded, indent=2)}\n", "utf-8")
    return recorded


def records_of(hub: VirtualHub) -> list[RecordedEpisode]:
    """Customer by customer, in the order of their versions."""
    records = (RecordedEpisode.from_dict(json.loads(line)) for line in hub.archive.lines)
    return sorted(
        drop_repeats(records), key=lambda one: (one.episode.customer_id, one.episode.version)
    )


def surroundings_of(hub: VirtualHub, records: Sequence[RecordedEpisode]) -> dict[str, str]:
    """The surroundings that the episodes name, in the order in which they were."""
    names = {one.episode.surroundings for one in records}
    return {name: text for name, text in hub.archive.around.items() if name in names}


def merges_of(hub: VirtualHub) -> list[dict[str, Any]]:
    """The lines of the merge ledger, each with the customer that the merge wrote."""
    lines = [
        MergeRecord.from_dict(json.loads(line)) for one in hub.merges.lines.values() for line in one
    ]
    return [{"merge": merge.to_dict(), "survivor": _survivor(merge)} for merge in lines]


def _survivor(merge: MergeRecord) -> dict[str, Any]:
    merged = merge_profiles(merge.survivor, merge.absorbed, merge.dialogues)
    return trim_to_limit(merged, size_in_bytes, STATE_LIMIT).to_dict()


def write_lines(place: Path, name: str, lines: Iterable[str]) -> None:
    body = "".join(f"{line}\n" for line in lines).encode()
    (place / f"{name}.jsonl.gz").write_bytes(gzip.compress(body, mtime=0))


class Coverage:
    """Counts what the episodes use. `parts` are the fields of decisions that are not empty."""

    def __init__(self) -> None:
        names = ("events", "verbs", "shadow_verbs", "channels", "parts", "catalogues")
        self.counts: dict[str, Counter[str]] = {name: Counter() for name in names}

    def add(self, record: RecordedEpisode) -> None:
        self.counts["events"].update(event.type for event in record.episode.events)
        for decision in record.episode.decisions:
            fields = decision.to_dict()
            self.counts["parts"].update(name for name, value in fields.items() if value)
            self.counts["channels"].update(action.channel for action in decision.actions)
            self.counts["catalogues"][str(decision.catalogue)] += 1
            for choice in fields["receipt"]["choices"]:
                if choice.get("made"):
                    verbs = "shadow_verbs" if choice.get("shadow") else "verbs"
                    self.counts[verbs][choice["do"]] += 1

    def missing(self, catalogues: Iterable[Mapping[str, Any]]) -> list[str]:
        """The verbs, kinds of policies and functions that neither an episode nor a row uses."""
        rows = [catalogue["rows"] for catalogue in catalogues]
        conditions = json.dumps([tables["rules"] for tables in rows])
        kinds = {policy["kind"] for tables in rows for policy in tables["policies"].values()}
        return [
            *(f"the verb {verb}" for verb in VERBS if not self.counts["verbs"][verb]),
            *(f"the policy {kind}" for kind in POLICY_KINDS if kind not in kinds),
            *(f"the function {name}" for name in FUNCTIONS if f"{name}(" not in conditions),
        ]

    def to_dict(self) -> dict[str, dict[str, int]]:
        return {name: dict(sorted(counter.items())) for name, counter in self.counts.items()}


if __name__ == "__main__":
    record(Path(sys.argv[1]) if sys.argv[1:] else DATA)
