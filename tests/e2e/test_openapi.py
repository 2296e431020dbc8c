"""The deployed hub answers requests made from the OpenAPI document as the document says.

Fewer than in `tests/api`, as they go through API Gateway: none when their time is up.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from requests import Session
from schemathesis import Case

from tests.api.generation import check_answer, check_refusal, load_schema, try_route
from tests.api.sender import Sender
from tests.e2e.test_content import decided, tell
from tools.day.hub_driver import HubDriver
from tools.openapi import read_routes
from tools.segue import sources
from tools.segue.entrances import read_newest_secret
from tools.segue.local_secrets import SITE, read_secret

ROUTES = [route["route"] for route in read_routes()]
SECONDS = 40
"""For all routes together."""


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session()
    made.trust_env = False
    return made


@pytest.fixture(scope="module")
def sender(driver: HubDriver, session: Session) -> Sender:
    """Who knows every secret of the hub, and somebody who is a customer of these tests alone."""
    hub, name = driver.hub, f"olga-{uuid4().hex[:8]}"
    email = f"{name}@example.com"
    signed_up = tell(driver, "sign-up-ann", name)
    decision = driver.wait_for("she is known", lambda: decided(driver, email, signed_up))
    askers, live = read_secret(hub, "AskerKeysArn"), read_secret(hub, "SourceSecretsArn")
    site = askers["sites"][SITE]
    posting = [name for name, source in sources.read_sources().items() if source.takes_webhooks]
    return Sender(
        address=hub.api,
        public_url=hub.public_url,
        secrets={name: read_newest_secret(hub, name) for name in posting},
        verify_tokens={token: live[token][0] for token in sources.list_challenge_secrets()},
        api_key=askers["keys"][0],
        site=SITE,
        origin=site["origins"][0],
        site_secret=site["secrets"][0],
        link_key=read_secret(hub, "LinkKeysArn")["key"],
        customer_id=decision["customer_id"],
        email=email,
        keys=({"email": email}, f"email#{email}", {"device": f"d-{name}"}),
        # The emulator hands a packed body of a text's type to the function as a text.
        packs=False,
    ).learn_references(session)


@pytest.fixture(scope="module")
def ends() -> float:
    return time.monotonic() + SECONDS


Check = Callable[[Case[Any], Session, Sender], None]


@pytest.mark.parametrize("check", [check_answer, check_refusal], ids=["sender", "stranger"])
@pytest.mark.parametrize("route", ROUTES)
def test_the_deployed_hub_answers_as_the_document_says(
    route: str, check: Check, session: Session, sender: Sender, ends: float
) -> None:
    def check_in_time(case: Case[Any]) -> None:
        if time.monotonic() < ends:
            check(case, session, sender)

    strangers = check is check_refusal
    schema = load_schema(examples=3 if strangers else 8, strangers=strangers, limits=False)
    try_route(schema, route, check_in_time)
