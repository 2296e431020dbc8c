from dataclasses import is_dataclass

import pytest

from decide.settings import DecideSettings
from hub.entrypoints.settings import SettingsError, read_settings, variable_names
from infra.function_plans import PLANS
from receive_webhook.settings import ReceiveWebhookSettings
from tests.function_settings import settings_of

GOOD = {
    "ADDRESS_REFUSALS_TABLE": "refusals",
    "ARCHIVE_BUCKET": "archive",
    "CAPACITY_TABLE": "capacity",
    "SURROUNDINGS_TABLE": "surroundings",
    "LEARNED_TABLE": "learned",
    "TIME_ZONE": "Asia/Tokyo",
    "CUSTOMERS_TABLE": "customers",
    "CUSTOMER_QUEUE_URL": "https://sqs/customers",
    "DECISIONS_TABLE": "decisions",
    "EVENT_MARKS_TABLE": "marks",
    "IDENTITIES_TABLE": "identities",
    "MERGES_TABLE": "merges",
    "PARKED_TABLE": "parked",
    "CATALOGUE_TABLE": "catalogue",
    "CATALOGUE_BUCKET": "bucket",
    "DEAD_LETTERS_URL": "https://sqs/dead",
    "MAX_RECEIVES": "3",
}


def test_every_field_is_read_from_its_name() -> None:
    found = read_settings(DecideSettings, {**GOOD, "PATH": "/bin"})
    assert found == DecideSettings(
        address_refusals_table="refusals",
        archive_bucket="archive",
        capacity_table="capacity",
        surroundings_table="surroundings",
        learned_table="learned",
        time_zone="Asia/Tokyo",
        customers_table="customers",
        customer_queue_url="https://sqs/customers",
        decisions_table="decisions",
        event_marks_table="marks",
        identities_table="identities",
        merges_table="merges",
        parked_table="parked",
        catalogue_table="catalogue",
        catalogue_bucket="bucket",
        dead_letters_url="https://sqs/dead",
        max_receives=3,
    )


def test_all_faults_are_told_at_once() -> None:
    faulty = {**GOOD, "CUSTOMERS_TABLE": "", "CATALOGUE_BUCKET": " ", "MAX_RECEIVES": "three"}
    with pytest.raises(SettingsError) as raised:
        read_settings(DecideSettings, faulty)
    assert str(raised.value) == (
        "DecideSettings: CUSTOMERS_TABLE is missing, CATALOGUE_BUCKET is missing, "
        "MAX_RECEIVES is not a whole number"
    )


def test_the_names_are_those_that_the_stack_must_set() -> None:
    assert variable_names(ReceiveWebhookSettings) == {"BUS_NAME", "CLAIMS_BUCKET", "SOURCE_SECRETS"}
    assert variable_names(DecideSettings) == GOOD.keys()


@pytest.mark.parametrize("function", sorted(PLANS))
def test_every_function_has_its_settings(function: str) -> None:
    assert is_dataclass(settings_of(function))
