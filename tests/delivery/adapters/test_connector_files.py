"""Every connector against a server that speaks its vendor's protocol, on good days and bad ones."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest

from hub.delivery.adapters.outbound_http import OutboundHttp
from hub.delivery.domain.connector.circuit_breaker import ThrottleState
from hub.delivery.domain.connector.definition import IdempotencyMode
from hub.delivery.ports import ActionStatus
from hub.kernel.errors import Rejected, Unavailable
from hub.model.action_content import ConnectorCall
from hub.model.decision import Action
from infra import ROOT
from tests import fakes
from tests.connector_calls import ADDRESSES, Scene, call_to, message_by, shipped
from tests.records import an_action
from tests.vendors import PROTOCOLS, SECRETS, Vendor, running
from tests.vendors.ledger import Books, Call, Reply
from tests.vendors.server import BROKEN, BUSY, DROPS, FAULTS, RETRY_AFTER

CONNECTORS = sorted(shipped())
CALLS = {
    "salesforce": call_to(
        "salesforce", "upsert_contact", external_id="{{ customer.customer_id }}/ä", LastName="Lee"
    ),
    "siebel": call_to("siebel", LastName="Lee & <Sons>", Rating="{{ 4 | plus: 1 }}"),
    "surveymonkey": an_action(
        channel="connector",
        address=ADDRESSES["email"],
        what={
            "connector": "surveymonkey",
            "channel": "email",
            "purpose": "service",
            "fields": {"collector": "99", "subject": "How was it?", "text": "[SurveyLink]"},
        },
    ),
    "webhook": call_to("webhook", type="vip.complained", tier="gold", amount=12.5),
}


def action_for(name: str) -> Action:
    return CALLS.get(name) or message_by(shipped()[name].channel)


@pytest.fixture(params=CONNECTORS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def vendor(name: str) -> Iterator[Vendor]:
    with running(PROTOCOLS[name]) as vendor:
        yield vendor


@pytest.fixture
def scene(name: str, vendor: Vendor) -> Scene:
    """Impatient, as a vendor that hangs would hold up the tests."""
    connector = replace(shipped()[name], timeout=0.4)
    return Scene(connector, OutboundHttp(local=True), {**SECRETS[name], "url": vendor.url})


def test_every_file_is_as_its_schema_says() -> None:
    schema = json.loads((ROOT / "schemas/connector.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for path in (ROOT / "schemas/connectors").glob("*.json"):
        jsonschema.validate(json.loads(path.read_text()), schema)
    assert PROTOCOLS.keys() == shipped().keys()


def test_all_requests_of_an_action_fit_into_one_call_of_the_function() -> None:
    for connector in shipped().values():
        for operation in connector.operations.values():
            requests = 2 + len(operation.before) + bool(operation.lookup)
            renewed = 2 if connector.auth.kind == "oauth2" else 0
            assert (requests + renewed) * connector.timeout < 60, connector.name


def test_it_is_done_once_as_the_vendor_documents_it(
    name: str, scene: Scene, vendor: Vendor
) -> None:
    action = action_for(name)
    assert scene.deliver(action) is None
    assert scene.deliver(action) is None
    assert scene.ledger.lines["a-1"].status is ActionStatus.DELIVERED, scene.ledger.lines["a-1"]
    assert "1" in scene.ledger.lines["a-1"].reference
    assert len(vendor.books.effects) == vendor.books.acts == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_there_is_one_effect_at_most_and_nothing_is_lost(
    name: str, scene: Scene, vendor: Vendor, fault: str
) -> None:
    action, mode = action_for(name), scene.connector.mode
    vendor.faults = [fault, fault]
    failures = scene.insist(action)
    line = scene.ledger.lines["a-1"]
    assert all(isinstance(failure, Unavailable) for failure in failures)
    assert len(vendor.books.effects) <= 1
    if mode is not IdempotencyMode.AT_MOST_ONCE or fault == BUSY:
        assert line.status is ActionStatus.DELIVERED
        assert len(vendor.books.effects) == 1
    else:
        assert line.status is ActionStatus.UNKNOWN
        assert vendor.books.acts == 1
    if fault == BUSY:
        assert timedelta(seconds=RETRY_AFTER) in {getattr(f, "after", None) for f in failures}
    assert scene.bus.published[-1][1]["type"] == f"action.{line.status}"


def test_an_attempt_that_was_cut_off_is_taken_up_or_known_to_be_unknown(
    name: str, scene: Scene, vendor: Vendor
) -> None:
    """The worst of cuts: it took effect, and the process died before it could note it."""
    action = action_for(name)
    assert scene.deliver(action) is None
    del scene.ledger.lines["a-1"]
    scene.cut_off(action)
    scene.insist(action)
    assert len(vendor.books.effects) == 1
    unknown = scene.connector.mode is IdempotencyMode.AT_MOST_ONCE
    assert (scene.ledger.lines["a-1"].status is ActionStatus.UNKNOWN) == unknown


@pytest.mark.parametrize("name", [each for each in CONNECTORS if each != "x"])
@pytest.mark.parametrize("fault", ["", DROPS])
def test_what_cannot_be_noted_of_the_provider_makes_nothing_done_twice(
    name: str, scene: Scene, vendor: Vendor, fault: str
) -> None:
    class Blank(fakes.ThrottleStates):
        def write(self, name: str, state: ThrottleState) -> None:
            raise Unavailable(f"{name} {state}")

    unlimited = replace(scene.connector.limits, per_second=0)
    scene.connector = replace(scene.connector, limits=unlimited)
    scene.throttles = Blank()
    scene.throttles.states[name] = ThrottleState(failures=1)
    vendor.faults = [fault] if fault else []
    scene.insist(action_for(name))
    assert len(vendor.books.effects) == 1
    unknown = fault and scene.connector.mode is IdempotencyMode.AT_MOST_ONCE
    assert scene.ended == ("unknown" if unknown else "delivered")


@pytest.mark.parametrize("name", [each for each in CONNECTORS if each != "siebel"])
def test_a_wrong_secret_keeps_the_action_for_when_it_is_right(
    name: str, scene: Scene, vendor: Vendor
) -> None:
    wrong = {key: "wrong" for key in SECRETS[name] if key not in ("page_id", "phone_number_id")}
    scene.secret = {**wrong, "url": vendor.url, "account_sid": "AC1"}
    assert scene.deliver(action_for(name))
    assert scene.ended == "postponed"
    assert vendor.books.effects == []
    scene.secret = {**SECRETS[name], "url": vendor.url}
    scene.insist(action_for(name))
    assert scene.ended == "delivered"


class TestSalesforce:
    @pytest.fixture
    def name(self) -> str:
        return "salesforce"

    def test_the_contact_is_found_by_its_own_key_and_unknown_fields_go_along(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        fields = {"external_id": "7", "Tier__c": "{{ customer.person.first_name }}", "Email": ""}
        assert scene.deliver(call_to("salesforce", "upsert_contact", **fields)) is None
        assert vendor.books.effects == [("Contact 7", {"Email": "", "Tier__c": "Ann"})]

    def test_a_task_is_its_own_key(self, scene: Scene, vendor: Vendor) -> None:
        action = call_to("salesforce", "create_task", Subject="Call Ann", Priority="High")
        assert scene.deliver(action) is None
        assert vendor.books.effects == [("Task a-1", {"Subject": "Call Ann", "Priority": "High"})]

    def test_a_token_is_asked_for_once_and_again_when_it_is_not_taken(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        for number in range(3):
            action = call_to("salesforce", "create_task", Subject="x")
            assert scene.deliver(replace(action, id=f"a-{number}")) is None
        assert len(vendor.books.tokens) == 1
        vendor.books.tokens.append("another")
        action = replace(call_to("salesforce", "create_task", Subject="x"), id="a-9")
        assert scene.deliver(action) is None
        assert len(vendor.books.tokens) == 3

    def test_what_it_says_in_words_is_tried_later_too(self, scene: Scene, vendor: Vendor) -> None:
        def exhausted(call: Call, books: Books) -> Reply:
            if call.path.endswith("token"):
                return PROTOCOLS["salesforce"](call, books)
            return Reply(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}])

        vendor.protocol = exhausted
        failure = scene.deliver(call_to("salesforce", "create_task", Subject="x"))
        assert isinstance(failure, Unavailable)

    def test_a_field_that_it_does_not_take_is_rejected_before_anybody_is_called(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        action = call_to("salesforce", "create_task", Subject="{% if false %}x{% endif %}")
        failure = scene.deliver(action)
        assert isinstance(failure, Rejected)
        assert failure.field == "fields.Subject"
        assert vendor.calls == []


class TestX:
    @pytest.fixture
    def name(self) -> str:
        return "x"

    def test_the_token_to_refresh_with_is_kept_as_it_rotates(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        assert scene.deliver(message_by("x")) is None
        kept = scene.tokens.read("x")
        assert (kept["access_token"], kept["refresh_token"]) == ("token-1", "refresh-1")
        scene.clock.passes(hours=3)
        assert scene.deliver(replace(message_by("x"), id="a-2")) is None
        assert vendor.books.tokens == ["token-1", "token-2"]

    def test_one_process_refreshes_and_the_others_wait_for_what_it_gets(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        assert scene.deliver(message_by("x")) is None
        scene.tokens = type(scene.tokens)()
        failure = scene.deliver(replace(message_by("x"), id="a-2"))
        assert isinstance(failure, Unavailable)
        assert failure.after
        assert len(vendor.books.tokens) == 1

    def test_a_burnt_token_gives_way_to_the_one_in_the_secret(self, scene: Scene) -> None:
        burnt = {"refresh_token": "burnt", "expires_at": "2026-01-01T00:00:00Z"}
        scene.tokens.store("x", burnt)
        scene.insist(message_by("x"))
        assert scene.ledger.lines["a-1"].status is ActionStatus.DELIVERED


class TestCakemail:
    @pytest.fixture
    def name(self) -> str:
        return "cakemail"

    @pytest.mark.parametrize(("purpose", "headers"), [("marketing", 2), ("service", 0)])
    def test_whatever_is_not_of_service_can_be_left_with_one_click(
        self, scene: Scene, vendor: Vendor, purpose: str, headers: int
    ) -> None:
        assert scene.deliver(message_by("email", purpose=purpose)) is None
        [(_, said)] = vendor.books.effects
        told = {one["name"]: one["value"] for one in said.get("additional_headers", ())}
        assert len(told) == headers
        if told:
            assert told["List-Unsubscribe"].startswith("<https://hub.example/preferences/")
            assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


class TestWhatsapp:
    @pytest.fixture
    def name(self) -> str:
        return "whatsapp"

    def test_who_has_an_approved_template_speaks_by_it(self, scene: Scene, vendor: Vendor) -> None:
        scene.secret = {**scene.secret, "template": "notice", "language": "de"}
        assert scene.deliver(message_by("whatsapp")) is None
        [(_, said)] = vendor.books.effects
        assert "text" not in said
        assert said["template"]["language"] == {"code": "de"}
        parameters = [{"type": "text", "text": "Hello Ann"}]
        assert said["template"]["components"] == [{"type": "body", "parameters": parameters}]


class TestSurveyMonkey:
    @pytest.fixture
    def name(self) -> str:
        return "surveymonkey"

    def test_it_writes_to_nobody_who_did_not_agree(self, scene: Scene, vendor: Vendor) -> None:
        what = CALLS["surveymonkey"].what
        assert isinstance(what, ConnectorCall)
        unsaid = replace(what, channel="")
        action = replace(CALLS["surveymonkey"], address="", what=unsaid)
        assert isinstance(scene.deliver(action), Rejected)
        marketing = replace(what, channel="sms", purpose="marketing")
        assert scene.deliver(replace(action, id="a-2", what=marketing)) is None
        assert scene.ledger.lines["a-2"].status is ActionStatus.DECLINED
        assert vendor.calls == []


class TestSiebel:
    @pytest.fixture
    def name(self) -> str:
        return "siebel"

    def test_what_customers_are_called_stays_text(self, scene: Scene, vendor: Vendor) -> None:
        assert scene.deliver(CALLS["siebel"]) is None
        [(key, said)] = vendor.books.effects
        assert key == "c-1"
        assert said == {"IntegrationId": "c-1", "LastName": "Lee & <Sons>", "Rating": "5"}


class TestCircuit:
    @pytest.fixture
    def name(self) -> str:
        return "webhook"

    def test_a_provider_that_fails_is_left_alone_and_one_call_tries_it_again(
        self, scene: Scene, vendor: Vendor
    ) -> None:
        vendor.faults = [BROKEN] * 6
        for number in range(8):
            scene.deliver(replace(CALLS["webhook"], id=f"a-{number}"))
        assert vendor.books.acts == scene.connector.limits.failures
        scene.clock.passes(seconds=31)
        for number in range(8):
            scene.deliver(replace(CALLS["webhook"], id=f"a-{number}"))
        assert vendor.books.acts == scene.connector.limits.failures + 1
        for number in range(8):
            scene.insist(replace(CALLS["webhook"], id=f"a-{number}"))
        assert len(vendor.books.effects) == 8
