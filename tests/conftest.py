"""Unit tests talk to nobody: sockets are off but for the tests that say otherwise. Laws have no
deadline of their own: how long an example takes says more of the machine than of the law."""

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ON_LOOPBACK = ("tests/e2e", "tests/adapters", "tests/bundles", "tests/infra", "tests/tools")


TOGETHER = ("bundles", "e2e", "infra")
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
