"""The traces of attributed lines are stored once, and read whole."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.model.stored.traces import read_traces, store_traces_once

_traces = st.fixed_dictionaries(
    {"action_id": st.sampled_from(["a-1", "a-2", ""])}, optional={"offer": st.sampled_from("xy")}
)
_entries = st.lists(
    st.tuples(st.text(max_size=3), st.integers(), _traces | st.just({}) | st.just({"offer": "x"})),
    max_size=5,
).map(lambda entries: [list(entry) for entry in entries])


@given(st.dictionaries(st.sampled_from(["lines", "touches"]), _entries))
def test_a_block_is_read_as_it_was_before_it_was_stored(owing: dict[str, Any]) -> None:
    assert read_traces(store_traces_once(owing)) == owing


def test_a_trace_of_many_lines_is_stored_once() -> None:
    trace = {"action_id": "a-1", "rule_id": "weekly"}
    owing = {"touches": [[5, trace]], "lines": [["O-1", "1", trace], ["O-1", "2", trace, 7]]}
    stored = store_traces_once(owing)
    assert stored == {
        "touches": [[5, ["a-1"]]],
        "lines": [["O-1", "1", ["a-1"]], ["O-1", "2", ["a-1"], 7]],
        "traces": {"a-1": trace},
    }


def test_a_block_of_before_0_3_0_is_read_as_it_is() -> None:
    owing = {"touches": [[5, {"action_id": "a-1"}]]}
    assert read_traces(owing) == owing
