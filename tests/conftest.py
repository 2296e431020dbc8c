"""Unit tests talk to nobody: sockets are off but for the tests that say otherwise. Laws have no
deadline of their own: how long an example takes says more of the machine than of the law."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ON_LOOPBACK = ("tests/e2e", "adapters", "tests/bundles", "tests/infra", "tests/tools")


TOGETHER = ("api", "bundles", "docs", "e2e", "infra")
"""Folders whose tests share what takes long to make, and so one process."""


class Folders(LoadScopeScheduling):
    """Every other test may run in any process: https://pytest-xdist.readthedocs.io/en/latest/."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1]
        return folder if folder in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Folders:
    return Folders(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """What is packed bears the time at which it was, and all processes must name a test alike."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    path = item.path.as_posix()
    if any(f"/{folder}/" in path for folder in ON_LOOPBACK):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)


@pytest.fixture
def in_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS as moto plays it. Only who asks for it pays for importing it."""
    from moto import mock_aws  # noqa: PLC0415 it takes a second to load

    from tests.moto_resources import REGION  # noqa: PLC0415 it brings boto3

    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.fixture(params=["fake", "adapter"])
def real(request: pytest.FixtureRequest) -> bool:
    """Whether this run of a contract is on the adapter, in moto, rather than on the fake."""
    if request.param == "adapter":
        request.getfixturevalue("in_aws")
        return True
    return False
