"""How a bundle is assembled, with one small function and one small library."""

import os
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from infra.packaging import dependencies
from infra.packaging.bundle import build_bundle
from infra.packaging.bytecode import add_bytecode
from infra.packaging.dependencies import HOST, NotSetUpError, Target
from infra.packaging.needed_files import list_needed_files

LIBRARY = [
    "bin/jp.py",
    "boto3/data/s3/resources-1.json",
    "boto3/session.py",
    "botocore/data/_retry.json",
    "botocore/data/dynamodb/2011-12-05/service-2.json.gz",
    "botocore/data/dynamodb/2012-08-10/examples-1.json",
    "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
    "botocore/data/ec2/2016-11-15/service-2.json.gz",
    "botocore/docs/__init__.py",
    "jmespath-1.1.0.dist-info/METADATA",
    "jmespath/__init__.py",
    "jmespath/__pycache__/__init__.cpython-311.pyc",
    "jmespath/py.typed",
    "jmespath/tests/test_all.py",
    "orjson/__init__.pyi",
    "orjson/orjson.so",
    "phonenumbers/data/region_AT.py",
    "phonenumbers/geodata/data0.py",
]
WANTED = {
    "boto3/session.py",
    "botocore/data/_retry.json",
    "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
    "botocore/docs/__init__.py",
    "jmespath/__init__.py",
    "orjson/orjson.so",
    "phonenumbers/data/region_AT.py",
}


def test_a_bundle_takes_only_the_needed_files_of_a_library(tmp_path: Path) -> None:
    for name in LIBRARY:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert {path.as_posix() for path in list_needed_files(tmp_path, ("dynamodb",))} == WANTED


def test_bytecode_is_never_checked_and_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "event.py").write_text(f"PAID = {os.getpid()}\n")
    add_bytecode(tmp_path, sys.version_info[:2])
    (made,) = tmp_path.rglob("*.pyc")
    compiled = made.read_bytes()
    unchecked_hash = 0b01
    assert compiled[:4] == MAGIC_NUMBER
    assert int.from_bytes(compiled[4:8], "little") == unchecked_hash
    assert str(tmp_path).encode() not in compiled


def test_no_bytecode_is_made_for_another_version(tmp_path: Path) -> None:
    (tmp_path / "event.py").touch()
    add_bytecode(tmp_path, (3, 9))
    assert not list(tmp_path.rglob("*.pyc"))


def test_a_missing_lock_is_named_in_one_sentence(tmp_path: Path) -> None:
    nowhere = Target("nowhere", (3, 13), ())
    with pytest.raises(NotSetUpError, match="run `make setup`"):
        build_bundle("decide", nowhere, build_folder=tmp_path)


def test_an_unknown_function_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotSetUpError, match=r"functions/decide/handler\.py is missing"):
        build_bundle("decide", HOST, root=tmp_path, build_folder=tmp_path)


def test_libraries_are_installed_anew_when_their_lock_changes() -> None:
    assert dependencies.compute_stamp(HOST, "decide") != dependencies.compute_stamp(
        HOST, "normalize"
    )
    assert dependencies.compute_stamp(HOST, "decide") != dependencies.compute_stamp(
        dependencies.ACCOUNT, "decide"
    )
