"""The adapters meet AWS as moto plays it, and the fakes keep them company."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.adapters import resources


@pytest.fixture
def in_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", resources.REGION)
    with mock_aws():
        yield


@pytest.fixture(params=["fake", "adapter"])
def real(request: pytest.FixtureRequest) -> bool:
    """Whether this run of a contract is on the adapter, in moto, rather than on the fake."""
    if request.param == "adapter":
        request.getfixturevalue("in_aws")
        return True
    return False
