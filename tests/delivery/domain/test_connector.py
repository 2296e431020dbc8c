"""Connectors' pure parts: throttles, waits, answers, bodies, fields, and what the guard says."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.delivery.domain.connector.body_encoding import encode_body, to_xml_document
from hub.delivery.domain.connector.circuit_breaker import (
    LONGEST_REST,
    ThrottleLimits,
    ThrottleState,
    admit_call,
    pause_calls,
    record_failure,
    record_success,
)
from hub.delivery.domain.connector.definition import IdempotencyMode, RequestTemplate, ResponseRules
from hub.delivery.domain.connector.http_message import HttpResponse
from hub.delivery.domain.connector.request_builder import build_request
from hub.delivery.domain.connector.response_meaning import (
    DEFAULT_LIFETIME,
    LONGEST_LIFETIME,
    find_problem,
    parse_retry_after,
    parse_token_lifetime,
)
from hub.kernel.backoff import LONGEST_HIDDEN_SECONDS, LONGEST_WAIT_SECONDS, backoff_seconds
from hub.kernel.errors import Rejected, Unavailable, Uncertain, Unsettled
from tests.factories import NOON, later

LIMITS = ThrottleLimits(failures=3, window=60, pause=30)
TEXTS = st.text(max_size=40)


def broken(times: int, state: ThrottleState | None = None, **ago: float) -> ThrottleState:
    state = state or ThrottleState()
    for _ in range(times):
        state = record_failure(state, LIMITS, later(**ago))
    return state


class TestCircuit:
    def test_it_opens_after_so_many_failures_for_its_pause(self) -> None:
        assert admit_call(broken(2), LIMITS, NOON)[1] is None
        assert admit_call(broken(3), LIMITS, NOON)[1] == timedelta(seconds=30)
        assert admit_call(broken(3), LIMITS, later(seconds=30))[1] is None

    def test_failures_far_apart_do_not_open_it(self) -> None:
        state = broken(2, broken(2), minutes=2)
        assert admit_call(state, LIMITS, later(minutes=2))[1] is None

    def test_one_call_probes_while_the_others_wait(self) -> None:
        probing, wait = admit_call(broken(3), LIMITS, later(seconds=31))
        assert wait is None
        assert admit_call(probing, LIMITS, later(seconds=31))[1] == timedelta(seconds=30)

    def test_a_probe_that_fails_leaves_it_open_however_late(self) -> None:
        probing, _ = admit_call(broken(3), LIMITS, later(minutes=10))
        state = record_failure(probing, LIMITS, later(minutes=10))
        assert admit_call(state, LIMITS, later(minutes=10, seconds=29))[1] == timedelta(seconds=1)

    def test_a_probe_that_works_closes_it(self) -> None:
        probing, _ = admit_call(broken(3), LIMITS, later(seconds=31))
        assert admit_call(record_success(probing), LIMITS, later(seconds=31))[1] is None

    def test_a_provider_that_asks_for_rest_is_left_alone_for_as_long(self) -> None:
        state = pause_calls(ThrottleState(), timedelta(seconds=7), NOON)
        assert admit_call(state, LIMITS, later(seconds=6))[1] == timedelta(seconds=1)
        assert admit_call(state, LIMITS, later(seconds=7))[1] is None

    def test_nobody_asks_for_more_rest_than_a_quarter_of_an_hour(self) -> None:
        state = pause_calls(ThrottleState(), timedelta(days=3), NOON)
        assert admit_call(state, LIMITS, NOON)[1] == LONGEST_REST

    def test_success_of_a_healthy_provider_changes_nothing(self) -> None:
        assert record_success(ThrottleState(full_at=3.0)) == ThrottleState(full_at=3.0)


class TestRate:
    @given(
        st.floats(0.05, 100), st.integers(1, 20), st.lists(st.floats(0, 5), min_size=1, max_size=60)
    )
    def test_in_no_stretch_of_time_more_get_through_than_the_rate_and_one_burst(
        self, per_second: float, burst: int, gaps: list[float]
    ) -> None:
        limits, state, at = (
            ThrottleLimits(per_second=per_second, burst=burst),
            ThrottleState(),
            NOON,
        )
        through = []
        for gap in gaps:
            at += timedelta(seconds=gap)
            state, wait = admit_call(state, limits, at)
            if wait is None:
                through.append(at)
        for first in range(len(through)):
            for last in range(first, len(through)):
                stretch = (through[last] - through[first]).total_seconds()
                assert last - first + 1 <= burst + stretch * per_second + 1e-3

    def test_a_burst_goes_at_once_and_the_next_is_told_when(self) -> None:
        limits, state = ThrottleLimits(per_second=2, burst=3), ThrottleState()
        for _ in range(3):
            state, wait = admit_call(state, limits, NOON)
            assert wait is None
        same, wait = admit_call(state, limits, NOON)
        assert same == state
        assert wait
        assert wait.total_seconds() == pytest.approx(0.5, abs=1e-3)
        assert admit_call(state, limits, NOON + wait)[1] is None


class TestWaiting:
    @given(st.integers(1, 1000), st.floats(0, 1), st.none() | st.integers(0, 10**9))
    def test_never_sooner_than_asked_never_longer_than_a_queue_can_hide(
        self, receives: int, chance: float, asked: int | None
    ) -> None:
        after = None if asked is None else timedelta(seconds=asked)
        wait = backoff_seconds(receives, chance, after)
        assert 1 <= wait <= LONGEST_HIDDEN_SECONDS
        assert wait >= min(asked or 0, LONGEST_HIDDEN_SECONDS)

    def test_it_doubles_up_to_a_quarter_of_an_hour(self) -> None:
        assert [backoff_seconds(n, 1) for n in (1, 2, 3, 9, 50)] == [
            2,
            4,
            8,
            512,
            LONGEST_WAIT_SECONDS,
        ]

    def test_those_that_failed_together_come_back_apart(self) -> None:
        assert {backoff_seconds(8, chance / 10) for chance in range(11)} > {128, 256}

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("7", 7),
            ("0", 0),
            ("9" * 10, 10**9),
            ("9" * 5000, 10**9),
            ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
            ("Sunday, 22-Nov-26 12:01:00 GMT", 60),
            ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ],
    )
    def test_retry_after_is_seconds_or_a_date(self, said: str, seconds: int) -> None:
        assert parse_retry_after(said, NOON) == timedelta(seconds=seconds)

    @pytest.mark.parametrize(
        "said",
        [
            *("", "soon", "-5", "1.5", "1e9", "NaN", "Infinity", "٧", "Sun, 99 Nov 2026"),
            "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
            "Mon, 01 Jan 2026 00:00:00 +99999999999999",
        ],
    )
    def test_what_is_no_time_asks_for_none(self, said: str) -> None:
        assert parse_retry_after(said, NOON) is None

    @pytest.mark.parametrize("seconds", [0, 1, 3600, 30 * 86_400])
    def test_a_token_lives_as_long_as_its_provider_says(self, seconds: int) -> None:
        assert parse_token_lifetime(seconds) == timedelta(seconds=seconds)

    @pytest.mark.parametrize("seconds", [30 * 86_400 + 1, 2**63, 10**400])
    def test_a_token_lives_no_longer_than_the_longest_time(self, seconds: int) -> None:
        assert parse_token_lifetime(seconds) == LONGEST_LIFETIME

    @pytest.mark.parametrize(
        "seconds", [None, True, -1, 3600.0, float("nan"), float("inf"), "3600", [], {}]
    )
    def test_a_lifetime_in_another_form_is_the_default(self, seconds: object) -> None:
        assert parse_token_lifetime(seconds) == DEFAULT_LIFETIME


class TestAnswers:
    RULES = ResponseRules(frozenset({200, 201}))

    @pytest.mark.parametrize(
        ("status", "keyed", "at_most_once"),
        [
            (200, None, None),
            (204, Unsettled, Uncertain),
            (302, Rejected, Rejected),
            (400, Rejected, Rejected),
            (401, Unavailable, Unavailable),
            (404, Rejected, Rejected),
            (429, Unavailable, Unavailable),
            (500, Unsettled, Uncertain),
            (502, Unsettled, Uncertain),
            (503, Unavailable, Unavailable),
        ],
    )
    def test_what_a_status_means_depends_on_whether_a_repeat_does_harm(
        self, status: int, keyed: type[Exception] | None, at_most_once: type[Exception] | None
    ) -> None:
        for mode, meant in (
            (IdempotencyMode.KEYED, keyed),
            (IdempotencyMode.LOOKUP, keyed),
            (IdempotencyMode.AT_MOST_ONCE, at_most_once),
        ):
            found = find_problem(HttpResponse(status), self.RULES, mode, NOON)
            assert (None if found is None else type(found)) is meant, mode

    def test_what_the_provider_says_in_its_own_words_is_understood(self) -> None:
        rules = replace(self.RULES, retry_when="contains(`[4, 613]`, body.error.code)")
        busy, wrong = (
            HttpResponse(400, body=b'{"error": {"code": %d}}' % code) for code in (613, 100)
        )
        assert isinstance(
            find_problem(busy, rules, IdempotencyMode.AT_MOST_ONCE, NOON), Unavailable
        )
        assert isinstance(find_problem(wrong, rules, IdempotencyMode.AT_MOST_ONCE, NOON), Rejected)
        assert isinstance(
            find_problem(HttpResponse(400), rules, IdempotencyMode.KEYED, NOON), Rejected
        )

    def test_how_long_to_wait_goes_along(self) -> None:
        asked = HttpResponse(503, {"retry-after": "120"})
        found = find_problem(asked, self.RULES, IdempotencyMode.KEYED, NOON)
        assert isinstance(found, Unavailable)
        assert found.after == timedelta(minutes=2)


class TestBodies:
    @given(TEXTS)
    def test_no_value_ends_its_place_in_xml(self, text: str) -> None:
        try:
            xml = to_xml_document({"a": {"@b": text, "c": text, "d": [text, "2"]}})
        except Rejected:
            return
        root = ET.fromstring(xml)  # noqa: S314 our own, in a test
        assert [child.tag for child in root] == ["c", "d", "d"]
        assert (root[0].text or "").split() == text.split()
        assert root.attrib["b"].split() == text.split()

    @given(st.dictionaries(TEXTS, TEXTS, max_size=4))
    def test_no_value_ends_its_place_in_a_form(self, values: dict[str, str]) -> None:
        try:
            body = encode_body("form", values).decode()
        except Rejected:
            return
        assert dict(parse_qsl(body, keep_blank_values=True)) == values

    def test_json_keeps_its_kinds(self) -> None:
        body = {"n": 1.5, "t": 'ä"', "f": False, "l": ["x"]}
        assert encode_body("json", body) == '{"n":1.5,"t":"ä\\"","f":false,"l":["x"]}'.encode()

    @pytest.mark.parametrize("text", ["\x00", "\x0b", "￾", "\ud800"])
    def test_what_xml_has_no_place_for_is_rejected(self, text: str) -> None:
        with pytest.raises(Rejected):
            encode_body("xml", {"a": text})

    @pytest.mark.parametrize("name", ["", "a b", "1", "a>", "a:b:c"])
    def test_a_name_is_no_way_into_xml_either(self, name: str) -> None:
        with pytest.raises(Rejected):
            to_xml_document({"a": {name: "x"}})


class TestRequests:
    @pytest.mark.parametrize(
        ("value", "path"),
        [
            ("7", "/x/7/y"),
            ("a/../b?c#d", "/x/a%2F..%2Fb%3Fc%23d/y"),
            ("ä ", "/x/%C3%A4%20/y"),
            (12, "/x/12/y"),
        ],
    )
    def test_a_value_is_one_segment_of_a_path(self, value: Any, path: str) -> None:
        template = RequestTemplate("GET", "/x/{fields.id}/y")
        request = build_request(template, "https://a.example/", {"fields": {"id": value}})
        assert request.url == f"https://a.example{path}"

    @pytest.mark.parametrize("value", ["", ".", "..", None])
    def test_a_segment_is_never_missing_and_never_another_place(self, value: Any) -> None:
        with pytest.raises(Rejected):
            build_request(RequestTemplate("GET", "/{id}"), "https://a.example", {"id": value})

    @pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "ä", "\x00"])
    def test_no_value_begins_another_header(self, value: str) -> None:
        with pytest.raises(Rejected):
            build_request(
                RequestTemplate("GET", headers={"X-Id": "id"}), "https://a.example", {"id": value}
            )

    def test_a_request_tells_neither_headers_nor_body_when_it_is_shown(self) -> None:
        template = RequestTemplate("POST", headers={"X": "id"}, kind="json", body={"a": "id"})
        request = build_request(template, "https://a.example", {"id": "s3cret"})
        assert "s3cret" not in repr(request)

    def test_what_is_spread_takes_nobodys_place(self) -> None:
        template = RequestTemplate("POST", kind="json", body={"a": {"b": "id", "*": "others"}})
        scope = {"id": 1, "others": {"b": 2, "c": 3}}
        assert build_request(template, "https://a.example", scope).body == b'{"a":{"b":1,"c":3}}'
