"""What `answer` looks up and decides with."""

from collections.abc import Callable, Sequence
from functools import cache
from uuid import uuid4

from hub.adapters import clock
from hub.adapters.bus import Bus
from hub.adapters.content import LiquidRenderer
from hub.adapters.customers import Customers
from hub.adapters.decisions import Decisions
from hub.adapters.identities import Identities
from hub.adapters.namespaces import namespaces
from hub.adapters.newest import newest_catalogue, newest_surroundings
from hub.adapters.schemas import folder
from hub.adapters.secrets import Secrets
from hub.domain.preferences import keys_of
from hub.settings import AnswerSettings, read
from hub.steps.answer import Answerer
from hub.steps.find import Finder
from hub.steps.page import Pages
from hub.steps.prefer import Preferences
from hub.steps.view import Viewer


@cache
def settings() -> AnswerSettings:
    return read(AnswerSettings)


@cache
def finder() -> Finder:
    return Finder(Identities(settings().identities_table), namespaces(folder()))


@cache
def ring() -> Secrets:
    return Secrets(settings().asker_keys)


@cache
def keys() -> Callable[[], Sequence[str]]:
    return lambda: ring()().get("keys", [])


@cache
def viewer() -> Viewer:
    return Viewer(finder(), Customers(settings().customers_table), keys())


@cache
def preferences() -> Preferences:
    links, given = Secrets(settings().link_keys), settings()
    return Preferences(
        customers=Customers(given.customers_table),
        bus=Bus(given.bus_name),
        keys=lambda: keys_of(links()),
        clock=clock.now,
    )


@cache
def answerer() -> Answerer:
    given = settings()
    return Answerer(
        find=finder(),
        customers=Customers(given.customers_table),
        catalogue=newest_catalogue(given),
        surroundings=newest_surroundings(given),
        renderer=LiquidRenderer(),
        decisions=Decisions(given.decisions_table),
        bus=Bus(given.bus_name),
        keys=keys(),
        clock=clock.now,
        new_id=lambda: uuid4().hex,
    )


@cache
def pages() -> Pages:
    return Pages(answerer(), lambda: ring()().get("sites", {}), clock.now)
