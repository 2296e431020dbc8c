"""Laws that hold for every function."""

import tomllib
from pathlib import Path

import pytest

from hub.entrypoints import settings
from infra import ROOT
from infra.function_plans import PLANS, read_plan
from tests.function_settings import settings_of
from tests.infra.template_reader import Template, functions, listed, of_type, referred


def test_every_plan_is_deployed_and_nothing_else(template: Template) -> None:
    assert functions(template).keys() == PLANS.keys()


def test_the_environment_is_exactly_what_the_settings_read(template: Template) -> None:
    for function, properties in functions(template).items():
        given = properties["Environment"]["Variables"]
        assert given.keys() == settings.variable_names(settings_of(function)), function


def test_no_function_shares_its_role(template: Template) -> None:
    roles = [referred(properties["Role"]) for properties in functions(template).values()]
    assert len(set(roles)) == len(roles)


def test_roles_bring_no_managed_policies(template: Template) -> None:
    roles = of_type(template, "AWS::IAM::Role")
    assert {id_: role for id_, role in roles.items() if "ManagedPolicyArns" in role} == {}


def test_every_function_is_traced_on_arm_and_logs_json(template: Template) -> None:
    for function, properties in functions(template).items():
        assert properties["Architectures"] == ["arm64"], function
        assert properties["Runtime"] == "python3.13", function
        assert properties["TracingConfig"] == {"Mode": "Active"}, function
        assert properties["LoggingConfig"]["LogFormat"] == "JSON", function


def test_every_function_has_a_log_of_its_own_with_a_retention(template: Template) -> None:
    logs = of_type(template, "AWS::Logs::LogGroup")
    used = [referred(each["LoggingConfig"]["LogGroup"]) for each in functions(template).values()]
    assert sorted(used) == sorted(logs)
    assert {id_: log for id_, log in logs.items() if not log.get("RetentionInDays")} == {}


def test_every_function_has_an_alarm_on_its_errors(template: Template) -> None:
    watched = {
        referred(dimension["Value"])
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Dimensions"]
        if alarm["MetricName"] == "Errors" and dimension["Name"] == "FunctionName"
    }
    assert watched == of_type(template, "AWS::Lambda::Function").keys()


def test_the_bus_never_calls_a_function_itself(template: Template) -> None:
    """A round that comes every few minutes carries nothing, so nothing is lost with it."""
    rules = of_type(template, "AWS::Events::Rule").values()
    for rule in [rule for rule in rules if "EventPattern" in rule]:
        for target in listed(rule["Targets"]):
            assert referred(target["Arn"]) in of_type(template, "AWS::SQS::Queue")
            assert target["DeadLetterConfig"]


def test_every_function_has_a_plan_and_the_import_rules_know_it() -> None:
    handlers = {path.parent.name for path in ROOT.glob("functions/*/handler.py")}
    assert PLANS.keys() == handlers
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    independence, outside = (
        next(contract for contract in rules["contracts"] if contract["name"] == name)
        for name in (
            "Functions never import each other",
            "The infrastructure never imports what it deploys",
        )
    )
    assert set(rules["root_packages"]) == {"hub", "infra", *handlers}
    assert set(independence["modules"]) == handlers
    assert set(outside["forbidden_modules"]) == {"hub", *handlers}


def test_a_plan_that_misspells_a_word_is_refused(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('seconds = 60\nservices = ["s3"]\nlargest_zip_mb = 4\nmemoy = 1024\n')
    with pytest.raises(TypeError, match="memoy"):
        read_plan(plan)
