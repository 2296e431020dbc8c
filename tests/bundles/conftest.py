"""Every function's bundle, from the libraries that `make setup` installed."""

from collections.abc import Callable
from functools import cache

import pytest

from infra.function_plans import PLANS
from infra.packaging.bundle import Bundle, build_bundle
from infra.packaging.dependencies import ACCOUNT, HOST

made_once = cache(build_bundle)


@pytest.fixture(params=PLANS)
def function(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host(function: str) -> Bundle:
    return made_once(function, HOST)


@pytest.fixture
def account(function: str) -> Bundle:
    return made_once(function, ACCOUNT)


@pytest.fixture
def names() -> Callable[[Bundle], set[str]]:
    """The files of a bundle, by their names in it."""

    def listed(made: Bundle) -> set[str]:
        files = (path for path in made.folder.rglob("*") if path.is_file())
        return {path.relative_to(made.folder).as_posix() for path in files}

    return listed
