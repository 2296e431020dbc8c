"""Requests made from the OpenAPI document, and the checks of their answers."""

import json
from collections.abc import Callable

import schemathesis
from hypothesis import HealthCheck, settings
from requests import Session
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.meanings import AnyCase, give_meaning, number_of, pick
from tests.api.sender import Proof, Sender
from tools.openapi import DOCUMENT

CLOSED = ("Block", "CustomerView", "Offer", "Offers")
"""Answers that may grow: whoever reads them ignores new fields. Here the document must have all."""
STRANGERS_GET = (400, 401, 404)
REFUSALS = [400, 401, 404, 406, 413]


@schemathesis.serializer("application/xml", "text/xml")
def write_xml(_: schemathesis.SerializationContext, body: object) -> bytes:
    """A text is the document itself, whatever else stands in it."""
    return str(body).encode()


def load_schema(examples: int, *, strangers: bool = False, limits: bool = True) -> BaseSchema:
    """The document as it is published, with as many random requests a route. With `limits` there
    are also those that are at each limit, and just beyond it.

    The same requests come each time. Those of `strangers` carry what proves nothing.
    """
    config = {
        "seed": 1,
        "generation": {
            "max-examples": examples,
            "deterministic": True,
            "with-security-parameters": strangers,
        },
        # API Gateway answers any other method with 404.
        "phases": {"coverage": {"enabled": limits, "unexpected-methods": []}},
        "checks": {
            # They would send the request again without what `Proof` adds to it.
            "ignored_auth": {"enabled": False},
            "missing_required_header": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": REFUSALS},
        },
    }
    document = json.loads(DOCUMENT.read_text())
    for name in CLOSED:
        document["components"]["schemas"][name]["additionalProperties"] = False
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config))


def try_route(schema: BaseSchema, route: str, check: Callable[[AnyCase], None]) -> None:
    """Checks the answer to each request that is made for the route, such as `POST /decisions`.

    This is what the plugin of schemathesis calls. That one gives the tests of all routes the same
    id (on pytest 9.2), by which neither a person nor xdist can tell them apart.
    """
    method, path = route.split(" ")
    test = build_operation_test(
        config=schema.config,
        operation=schema[path][method],
        test_func=lambda case: check(case),  # noqa: PLW0108 the argument has to be called so
        given_kwargs={},
        feedback=FeedbackSources(),
        explicit_settings=settings(deadline=None, suppress_health_check=list(HealthCheck)),
    )
    test()


def check_answer(case: AnyCase, session: Session, sender: Sender) -> None:
    """Sends the request as that sender, and holds the answer against the document."""
    must_be_accepted = give_meaning(case, sender)
    case.call_and_validate(
        base_url=sender.address,
        session=session,
        auth=Proof(sender),
        excluded_checks=[] if must_be_accepted else [positive_data_acceptance],
    )


def check_refusal(case: AnyCase, session: Session, sender: Sender) -> None:
    """Sends the request as a stranger, of a source that there is."""
    if "source" in case.path_parameters:
        case.path_parameters["source"] = pick(sorted(sender.secrets), number_of(case))
    answer = case.call_and_validate(
        base_url=sender.address, session=session, excluded_checks=[positive_data_acceptance]
    )
    if case.operation.definition.raw["security"]:
        assert answer.status_code in STRANGERS_GET
