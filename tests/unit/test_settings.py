import inspect
from dataclasses import is_dataclass

import pytest

from hub import settings
from hub.settings import DecideSettings, ReceiveWebhookSettings, SettingsError, names, read

GOOD = {
    "CUSTOMERS_TABLE": "customers",
    "CATALOGUE_TABLE": "catalogue",
    "CATALOGUE_BUCKET": "bucket",
    "DEAD_LETTERS_URL": "https://sqs/dead",
    "MAX_RECEIVES": "3",
}


def test_every_field_is_read_from_its_name() -> None:
    found = read(DecideSettings, {**GOOD, "PATH": "/bin"})
    assert found == DecideSettings(
        customers_table="customers",
        catalogue_table="catalogue",
        catalogue_bucket="bucket",
        dead_letters_url="https://sqs/dead",
        max_receives=3,
    )


def test_all_faults_are_told_at_once() -> None:
    faulty = {"CATALOGUE_TABLE": "catalogue", "CATALOGUE_BUCKET": " ", "MAX_RECEIVES": "three"}
    with pytest.raises(SettingsError) as raised:
        read(DecideSettings, faulty)
    assert str(raised.value) == (
        "DecideSettings: CUSTOMERS_TABLE is missing, CATALOGUE_BUCKET is missing, "
        "DEAD_LETTERS_URL is missing, MAX_RECEIVES is not a whole number"
    )


def test_the_names_are_those_that_the_stack_must_set() -> None:
    assert names(ReceiveWebhookSettings) == {"BUS_NAME", "CLAIMS_BUCKET", "SOURCE_SECRETS"}
    assert names(DecideSettings) == GOOD.keys()


def test_every_function_has_its_settings() -> None:
    found = {
        name.removesuffix("Settings")
        for name, _ in inspect.getmembers(settings, is_dataclass)
        if name.endswith("Settings")
    }
    assert found == {
        "ReceiveWebhook",
        "ReceiveFile",
        "Normalize",
        "Decide",
        "Dispatch",
        "SendEmail",
        "DispatchCall",
        "AppendWarehouse",
        "GuardCatalogue",
    }
