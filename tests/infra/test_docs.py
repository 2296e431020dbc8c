"""The documentation's tables of the stack are as `make docs` would write them."""

from tests.infra.conftest import PARTNERS
from tests.infra.template_reader import Template
from tools.docs import stack
from tools.docs.generate import find_stale, make_stack_tables


def test_the_tables_of_parameters_and_outputs_mirror_the_stack(template: Template) -> None:
    """If this fails, `make docs` refreshes the tables; look at what it changed, then commit it."""
    assert list(find_stale(make_stack_tables(template))) == []


def test_the_tables_are_made_of_the_same_stack_that_the_tests_see() -> None:
    assert stack.PARTNERS == PARTNERS
