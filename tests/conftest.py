"""Unit tests talk to nobody: sockets are off but for the tests that say otherwise."""

import pytest
from pytest_socket import disable_socket, enable_socket

ON_LOOPBACK = ("tests/e2e", "tests/adapters", "tests/bundles", "tests/infra", "tests/tools")


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    path = item.path.as_posix()
    if any(f"/{folder}/" in path for folder in ON_LOOPBACK):
        enable_socket()
    else:
        disable_socket(allow_unix_socket=True)
