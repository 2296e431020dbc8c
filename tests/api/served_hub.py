"""The functions behind the API, as they are deployed, on a hub that moto plays."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from moto import mock_aws
from requests import Session

import answer.handler
import answer.wiring
import receive_webhook.handler
from hub.catalogue.adapters.catalogue_store import CatalogueStore
from hub.identity.adapters.identity_table import Identities
from hub.identity.domain.identity_cluster import IdentityCluster
from hub.platform.adapters import aws_clients
from hub.profile.adapters.customer_table import Customers
from tests import moto_resources
from tests.api.gateway import ADDRESS, open_session
from tests.api.sender import Sender
from tests.factories import HAPPENINGS, a_customer, an_event
from tests.in_memory import retail_snapshot
from tests.records import an_episode
from tools.segue import sources
from tools.segue.credentials import Credential, generate

FUNCTIONS = {
    "answer": answer.handler.handler,
    "receive_webhook": receive_webhook.handler.handler,
}
TABLES = {
    "ADDRESS_REFUSALS_TABLE": ("refusals", "address", ""),
    "CAPACITY_TABLE": ("capacity", "place", "line"),
    "CATALOGUE_TABLE": ("catalogue", "name", ""),
    "CUSTOMERS_TABLE": ("customers", "customer_id", ""),
    "DECISIONS_TABLE": ("decisions", "customer_id", "decided"),
    "IDENTITIES_TABLE": ("identities", "identity", ""),
    "LEARNED_TABLE": ("learned", "offer", "cell"),
    "SURROUNDINGS_TABLE": ("surroundings", "kind", "name"),
}
BUCKETS = {"ARCHIVE_BUCKET": "archive", "CATALOGUE_BUCKET": "catalogue", "CLAIMS_BUCKET": "claims"}
ANN, BEA = "ann@example.com", "bea@example.com"
API_KEY, SITE, ORIGIN = "api-key-1", "pk_shop", "https://shop.example.com"
SITE_SECRET, LINK_KEY = "secret-of-the-site", "key-of-links"


@contextmanager
def serve() -> Iterator[tuple[Session, Sender]]:
    """A session that leads to the functions, and a sender that they trust. Ann, of whom a lot is
    known, and Bea are customers. The retail example is published."""
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        environment.delenv("AWS_PROFILE", raising=False)
        environment.setenv("AWS_DEFAULT_REGION", moto_resources.REGION)
        credentials, verify_tokens = _make_credentials()
        for name, value in {**_make_stores(), **_make_secrets(credentials, verify_tokens)}.items():
            environment.setenv(name, value)
        _fill_stores()
        _forget_adapters()
        session = open_session(FUNCTIONS)
        sender = Sender(
            address=ADDRESS,
            public_url=ADDRESS,
            secrets={name: credential.private for name, credential in credentials.items()},
            verify_tokens=verify_tokens,
            api_key=API_KEY,
            site=SITE,
            origin=ORIGIN,
            site_secret=SITE_SECRET,
            link_key=LINK_KEY,
            customer_id="c-2",
            email=BEA,
            keys=({"email": ANN}, f"email#{BEA}", {"device": "D-77"}),
        )
        yield session, sender.learn_references(session)
        _forget_adapters()


def _make_credentials() -> tuple[dict[str, Credential], dict[str, str]]:
    known = sources.read_sources().items()
    made = {name: generate(source.scheme) for name, source in known if source.scheme}
    return made, {name: generate("").public for name in sources.list_challenge_secrets()}


def _make_stores() -> dict[str, str]:
    """By the environment variable that names it, with the owner's time zone."""
    for name, key, sort in TABLES.values():
        moto_resources.table(name, key, sort)
    for name in BUCKETS.values():
        moto_resources.bucket(name)
    aws_clients.events().create_event_bus(Name="hub")
    tables = {variable: name for variable, (name, *_) in TABLES.items()}
    return tables | BUCKETS | {"BUS_NAME": "hub", "TIME_ZONE": "UTC"}


def _make_secrets(
    credentials: Mapping[str, Credential], verify_tokens: Mapping[str, str]
) -> dict[str, str]:
    site = {"origins": [ORIGIN], "secrets": [SITE_SECRET]}
    public = {name: [credential.public] for name, credential in credentials.items()}
    tokens = {name: [token] for name, token in verify_tokens.items()}
    return {
        "ASKER_KEYS": _make_secret("askers", {"keys": [API_KEY], "sites": {SITE: site}}),
        "LINK_KEYS": _make_secret("links", {"key": LINK_KEY}),
        "SOURCE_SECRETS": _make_secret("sources", public | tokens),
    }


def _make_secret(name: str, value: Mapping[str, Any]) -> str:
    made = aws_clients.secretsmanager().create_secret(Name=name, SecretString=json.dumps(value))
    return made["ARN"]


def _fill_stores() -> None:
    CatalogueStore("catalogue", "catalogue").publish(1, retail_snapshot())
    happened = [an_event(kind, f"e-{kind}", properties=said) for kind, said in HAPPENINGS.items()]
    ann = a_customer(*happened, identities={"email": (ANN,)}, loyalty={"tier": "gold"})
    bea = a_customer(contact={"email": BEA}, identities={"email": (BEA,)})
    for customer in (ann, replace(bea, customer_id="c-2")):
        name, keys = customer.customer_id, [f"email#{customer.contact['email']}"]
        Customers("customers").write(customer, an_episode(customer_id=name))
        Identities("identities").assign_keys(keys, IdentityCluster(customer_id=name), {}, {})


def _forget_adapters() -> None:
    """The functions build them once a process, with the secrets of one hub."""
    for found in (*vars(answer.wiring).values(), receive_webhook.handler.receiver):
        if hasattr(found, "cache_clear"):
            found.cache_clear()
