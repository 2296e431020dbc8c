"""The time zone of a customer: their own, else their country's, else the owner's."""

from datetime import UTC
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.model.time_zones import (
    ZONE_BY_COUNTRY,
    find_customer_zone,
    find_time_zone,
    find_zone_problem,
)
from tests.factories import NOON, a_customer

OWNER = ZoneInfo("Asia/Tokyo")
NO_ZONES = ["Mars/Olympus", "../etc", "Europe", "/etc/localtime", "localtime", "Factory", "a\0b"]


def test_every_country_has_one_of_its_own_zones() -> None:
    listed = (files("tzdata") / "zoneinfo" / "zone.tab").read_text()
    rows = [line.split("\t") for line in listed.splitlines() if not line.startswith("#")]
    zones: dict[str, set[str]] = {}
    for country, _, zone, *_ in rows:
        zones.setdefault(country, set()).add(zone)
    assert ZONE_BY_COUNTRY.keys() == zones.keys()
    assert all(zone in zones[country] for country, zone in ZONE_BY_COUNTRY.items())


def test_every_zone_of_the_world_is_a_time_zone() -> None:
    for name in available_timezones() - {"Factory", "localtime"}:
        zone = find_time_zone(name)
        assert zone is not None, name
        assert NOON.astimezone(zone).utcoffset() == NOON.astimezone(ZoneInfo(name)).utcoffset()


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ({"time_zone": "Europe/Vienna", "country": "US"}, "Europe/Vienna"),
        ({"time_zone": " Europe/Vienna ", "country": "US"}, "Europe/Vienna"),
        ({"country": "at"}, "Europe/Vienna"),
        ({"time_zone": "Vienna", "country": "AT"}, "Europe/Vienna"),
        ({"time_zone": "", "country": "US"}, "America/New_York"),
        ({"time_zone": 7, "country": ["AT"]}, "Asia/Tokyo"),
        ({"country": "Freedonia"}, "Asia/Tokyo"),
        ({}, "Asia/Tokyo"),
    ],
)
def test_the_country_comes_before_the_owner(place: Any, zone: str) -> None:
    assert str(find_customer_zone(a_customer(place=place), OWNER)) == zone


@pytest.mark.parametrize("name", NO_ZONES)
def test_a_name_that_cannot_be_used_is_reported(name: str) -> None:
    assert find_time_zone(name) is None
    customer = a_customer(place={"time_zone": name, "country": "AT"})
    problem = find_zone_problem(customer, OWNER)
    assert problem.startswith("place.time_zone ")
    assert problem.endswith(" is not a time zone: Europe/Vienna is used")


@pytest.mark.parametrize("place", [{}, {"time_zone": ""}, {"time_zone": "Asia/Tokyo"}])
def test_nothing_is_reported_of_a_zone_that_is_known_or_not_stated(place: Any) -> None:
    assert find_zone_problem(a_customer(place=place), OWNER) == ""


@given(st.one_of(st.text(), st.sampled_from(NO_ZONES), st.integers(), st.lists(st.text())))
def test_no_name_is_an_error(name: Any) -> None:
    customer = a_customer(place={"time_zone": name, "country": name})
    NOON.astimezone(find_customer_zone(customer, UTC))
    assert len(find_zone_problem(customer, UTC)) < 200
