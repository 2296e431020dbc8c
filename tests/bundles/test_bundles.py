"""Laws that hold for every function's bundle."""

import ast
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

from hub.entrypoints import settings
from infra import ROOT
from infra.function_plans import PLANS
from infra.packaging.bundle import Bundle, build_bundle
from infra.packaging.dependencies import HOST
from infra.packaging.reachable_modules import find_reachable_files, list_imports
from tests.function_settings import settings_of

Names = Callable[[Bundle], set[str]]

MB = 1024 * 1024
# What costs a start of process more than it can ever give back, unless its plan says it is for it.
SLOW = {
    *("babel", "cryptography", "defusedxml", "ijson", "jsonschema", "jsonschema_rs", "liquid"),
    *("fontTools", "fpdf", "mrml", "openpyxl", "phonenumbers", "PIL"),
}
NEVER = {"aws_cdk", "hypothesis", "infra", "moto", "pip", "pytest", "tests", "tools"}
LOADED = "import sys; sys.path[:0] = [{place!r}]; import {function}.handler; print(*sys.modules)"


def loaded(made: Bundle, function: str) -> set[str]:
    """The modules in memory after a cold start with nothing but the bundle and no environment."""
    done = subprocess.run(  # noqa: S603  our own words only
        [
            *(sys.executable, "-I", "-S", "-W", "error", "-c"),
            LOADED.format(place=str(made.folder), function=function),
        ],
        check=False,
        capture_output=True,
        cwd=made.folder,
        env={},
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_a_handler_starts_on_its_bundle_alone_and_loads_nothing_slow(
    host: Bundle, function: str
) -> None:
    modules = loaded(host, function)
    assert f"{function}.handler" in modules
    assert modules & SLOW <= set(PLANS[function].slow_imports)


def test_a_bundle_with_liquid_has_the_time_zones(host: Bundle, function: str, names: Names) -> None:
    """The runtime has none, and a time would silently be in UTC."""
    folders = {name.split("/")[0] for name in names(host)}
    assert "tzdata" in folders or "liquid" not in folders, function


def test_a_bundle_holds_exactly_the_modules_that_its_handler_reaches(
    host: Bundle, function: str, names: Names
) -> None:
    functions = ROOT / "functions"
    wanted = {
        path.relative_to(functions).as_posix()
        for path in find_reachable_files(f"{function}.handler", functions)
    }
    ours = {name for name in names(host) if name.split("/")[0] in {"hub", *PLANS}}
    assert {name for name in ours if not name.endswith((".js", ".pyc"))} == wanted
    assert {name.split("/")[0] for name in ours} == {"hub", function}


def test_a_bundle_holds_every_library_that_it_may_load(
    host: Bundle, function: str, names: Names
) -> None:
    """Also what is imported only when a customer has a phone, or a template a date."""
    functions = ROOT / "functions"
    files = find_reachable_files(f"{function}.handler", functions)
    wanted = {name.split(".")[0] for file in files for name in list_imports(file, functions)}
    foreign = wanted - sys.stdlib_module_names - {"hub", *PLANS}
    assert foreign <= {name.split("/")[0].removesuffix(".py") for name in names(host)}


def test_a_bundle_holds_no_development_tool(host: Bundle, names: Names) -> None:
    assert {name.split("/")[0] for name in names(host)} & NEVER == set()


def test_it_holds_the_schemas_it_reads_and_no_samples(
    host: Bundle, function: str, names: Names
) -> None:
    schemas = {name for name in names(host) if name.startswith("schemas/")}
    parts = {name.split("/")[1] for name in schemas}
    assert parts == set(PLANS[function].schemas)
    assert not {name for name in schemas if "/samples/" in name}


def test_it_holds_the_model_of_every_service_it_may_call(function: str) -> None:
    functions = ROOT / "functions"
    files = find_reachable_files(f"{function}.handler", functions)
    clients = functions / "hub" / "platform" / "adapters" / "aws_clients.py"
    called = {name for path in files - {clients} for name in imported_from_aws(path)}
    services = clients_made(clients)
    tables = functions / "hub" / "platform" / "adapters" / "dynamodb.py"
    through_tables = {"dynamodb"} if tables in files else set()
    # The one wrapper reaches the queues' client; who has no dead letters never makes it.
    unused = set() if "DEAD_LETTERS_URL" in given(function) else {"sqs"}
    asked = {services[name] for name in called & services.keys()}
    assert asked - unused | through_tables == set(PLANS[function].services)


def given(function: str) -> frozenset[str]:
    return settings.variable_names(settings_of(function))


def imported_from_aws(path: Path) -> set[str]:
    """By name, or as an attribute of the module."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {
        name.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "hub.platform.adapters.aws_clients"
        for name in node.names
    }
    return names | {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "aws_clients"
    }


def clients_made(path: Path) -> dict[str, str]:
    """The functions that make a client, each with the service that it is for."""
    return {
        made.name: str(call.args[0].value)
        for made in ast.parse(path.read_text()).body
        if isinstance(made, ast.FunctionDef)
        for call in ast.walk(made)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "boto3.client"
        if isinstance(call.args[0], ast.Constant)
    }


def test_modules_are_compiled_for_the_interpreter_that_runs_them(
    host: Bundle, names: Names
) -> None:
    tag = sys.implementation.cache_tag
    for name in names(host):
        if name.endswith(".py"):
            path = host.folder / name
            assert (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").is_file(), name


def test_what_is_compiled_for_the_account_is_compiled_for_its_processor(
    account: Bundle, names: Names
) -> None:
    arm = (183).to_bytes(2, "little")
    compiled = [account.folder / name for name in names(account) if name.endswith(".so")]
    assert compiled
    for path in compiled:
        assert path.read_bytes()[18:20] == arm, path.name
        assert "abi3" in path.name or "cpython-313-aarch64" in path.name, path.name


def test_it_stays_small(account: Bundle, function: str) -> None:
    assert account.archive.stat().st_size <= PLANS[function].largest_zip_mb * MB


def test_its_zip_holds_what_the_folder_holds(host: Bundle, names: Names) -> None:
    with zipfile.ZipFile(host.archive) as archive:
        assert set(archive.namelist()) == names(host)


def test_a_bundle_made_twice_is_the_same(tmp_path: Path) -> None:
    once, again = (
        build_bundle("normalize", HOST, build_folder=tmp_path / made) for made in ("1", "2")
    )
    assert again.digest == once.digest
    assert again.archive.read_bytes() == once.archive.read_bytes()
