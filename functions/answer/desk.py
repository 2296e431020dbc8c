"""What `answer` looks up and decides with."""

from collections.abc import Callable, Sequence
from functools import cache
from uuid import uuid4

from answer.settings import AnswerSettings
from hub.contact_policy.domain.preference_centre import keys_of
from hub.contact_policy.steps.change_preferences import Preferences
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.decisioning.wiring import newest_catalogue, newest_surroundings
from hub.entrypoints.settings import read
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.namespaces_file import namespaces
from hub.identity.steps.find_customer import Finder
from hub.inbound.steps.serve_offers import Answerer
from hub.inbound.steps.serve_page_offers import Pages
from hub.inbound.steps.view_customer import Viewer
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import folder
from hub.platform.adapters.secrets import Secrets
from hub.profile.adapters.customer_table import Customers


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
