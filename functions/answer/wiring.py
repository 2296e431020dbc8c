"""The steps of `answer` with their adapters."""

from collections.abc import Callable, Sequence
from functools import cache
from uuid import uuid4

from answer.settings import AnswerSettings
from hub.contact_policy.domain.sealed_links import parse_link_keys
from hub.contact_policy.steps.change_preferences import ChangePreferences
from hub.contact_policy.wiring import read_with_refusals
from hub.content.adapters.liquid_renderer import LiquidRenderer
from hub.decisioning.wiring import build_catalogue_reader, build_surroundings_reader
from hub.entrypoints.settings import read_settings
from hub.history.adapters.decision_table import Decisions
from hub.identity.adapters.identity_table import Identities
from hub.identity.adapters.namespaces_file import load_namespaces
from hub.identity.steps.find_customer import FindCustomer
from hub.inbound.steps.serve_offers import ServeOffers
from hub.inbound.steps.serve_page_offers import ServePageOffers
from hub.inbound.steps.view_customer import ViewCustomer
from hub.messaging.adapters.event_bus import Bus
from hub.platform.adapters import clock
from hub.platform.adapters.schema_folder import find_schemas_folder
from hub.platform.adapters.secrets import Secrets
from hub.profile.adapters.customer_table import Customers


@cache
def settings() -> AnswerSettings:
    """The function's environment."""
    return read_settings(AnswerSettings)


@cache
def find_customer() -> FindCustomer:
    return FindCustomer(
        Identities(settings().identities_table), load_namespaces(find_schemas_folder())
    )


@cache
def asker_secrets() -> Secrets:
    return Secrets(settings().asker_keys)


@cache
def asker_keys() -> Callable[[], Sequence[str]]:
    return lambda: asker_secrets()().get("keys", [])


@cache
def view_customer() -> ViewCustomer:
    return ViewCustomer(find_customer(), Customers(settings().customers_table), asker_keys())


@cache
def change_preferences() -> ChangePreferences:
    links, environment = Secrets(settings().link_keys), settings()
    return ChangePreferences(
        customers=Customers(environment.customers_table),
        bus=Bus(environment.bus_name),
        keys=lambda: parse_link_keys(links()),
        clock=clock.now,
    )


@cache
def serve_offers() -> ServeOffers:
    environment = settings()
    return ServeOffers(
        find=find_customer(),
        customers=read_with_refusals(environment),
        catalogue=build_catalogue_reader(environment),
        surroundings=build_surroundings_reader(environment),
        renderer=LiquidRenderer(),
        decisions=Decisions(environment.decisions_table),
        bus=Bus(environment.bus_name),
        keys=asker_keys(),
        clock=clock.now,
        new_id=lambda: uuid4().hex,
    )


@cache
def serve_page_offers() -> ServePageOffers:
    return ServePageOffers(serve_offers(), lambda: asker_secrets()().get("sites", {}), clock.now)
