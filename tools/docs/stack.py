"""Tables of what is deployed: functions and their settings, the stack's parameters and outputs."""

import ast
import importlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

from hub.entrypoints.settings import variable_names
from infra import ROOT
from infra.app import STACK_NAME, build_app
from infra.deployment import make_account_deployment
from infra.function_plans import PLANS
from tools.docs.markdown import code, code_list, to_table

# After `infra`, which chooses the Node that the CDK runs on.
from aws_cdk.aws_lambda import Code  # isort: skip

Template = Mapping[str, Any]
PARTNERS = {"salesforce_events": "aws.partner/salesforce.com/emulated"}
KINDS = {
    "ApiUrl": "the address of the HTTP API",
    "Bucket": "buckets",
    "Table": "tables",
    "QueueUrl": "work queues",
    "ReturnUrl": "the queue in which timers end",
    "DeadLettersUrl": "queues of dead letters",
    "FunctionName": "functions",
    "TopicArn": "the SNS topic of all alarms",
    "Arn": "secrets",
    "Database": "the Athena database",
    "BusName": "the hub's event bus",
    "Bus": "the event bus of a partner",
    "TimeZone": "the owner's time zone",
    "Id": "the HTTP API's id",
}
"""What an output is, by the end of its name; the first end that fits counts."""


def synthesise() -> Template:
    """The stack for an account, with empty bundles: needs neither credentials nor network."""
    with tempfile.TemporaryDirectory() as folder:
        empty, outdir = Path(folder, "bundle"), str(Path(folder, "out"))
        empty.mkdir()
        (empty / "handler.py").touch()
        context = json.loads((ROOT / "cdk.json").read_text())["context"] | PARTNERS
        deployment = replace(
            make_account_deployment(), load_code=lambda _: Code.from_asset(str(empty))
        )
        app = build_app(context=context, deployment=deployment, outdir=outdir)
        template: Template = app.synth().get_stack_by_name(STACK_NAME).template
        return template


def describe_parameters(template: Template) -> str:
    """Each parameter of the stack but those of the CDK itself."""
    rows = (
        (code(name), code(parameter["Default"]) if "Default" in parameter else "required", says)
        for name, parameter in template["Parameters"].items()
        if "[cdk:skip]" not in (says := parameter.get("Description", ""))
    )
    return to_table(("parameter", "default", "what it says"), rows)


def describe_outputs(template: Template) -> str:
    """The outputs of the stack, those of one kind in one line."""
    by_kind: dict[str, list[str]] = {}
    for name in template["Outputs"]:
        by_kind.setdefault(_kind(name), []).append(name)
    return to_table(
        ("what", "outputs"), ((kind, code_list(sorted(by_kind[kind]))) for kind in sorted(by_kind))
    )


def _kind(output: str) -> str:
    """Raises `ValueError` for an output of a kind that nobody has described."""
    for end, kind in KINDS.items():
        if output.endswith(end):
            return kind
    raise ValueError(f"tools/docs/stack.py does not say what the output {output} is")


def describe_functions() -> str:
    """Each Lambda function: what it does, how long and with how much memory it may run."""
    rows = (
        (code(name), _first_sentence(name), f"{plan.seconds} s", f"{plan.memory} MB")
        for name, plan in sorted(PLANS.items())
    )
    return to_table(("function", "what it does", "longest call", "memory"), rows)


def describe_settings() -> str:
    """The environment variables of each function, as its settings class names them."""
    rows = ((code(name), code_list(_variables(name))) for name in sorted(PLANS))
    return to_table(("function", "environment variables"), rows)


def _variables(function: str) -> Iterable[str]:
    module = importlib.import_module(f"{function}.settings")
    return sorted(set().union(*map(variable_names, _settings_classes(module))))


def _settings_classes(module: Any) -> Iterator[type[Any]]:
    for value in vars(module).values():
        if is_dataclass(value) and isinstance(value, type) and value.__module__ == module.__name__:
            yield value


def _first_sentence(function: str) -> str:
    """The docstring of the handler, without the function's own name."""
    text = (ROOT / "functions" / function / "handler.py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text)) or ""
    return " ".join(docstring.split("\n\n")[0].removeprefix(f"{function}:").split())
