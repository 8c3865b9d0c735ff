"""The root's files: what one environment may have that another may not, and what no plan can show."""

import re

import pytest

from tests.terraform.hcl_files import TERRAFORM, blocks, parsed

ENVIRONMENTS = ("local", "dev", "staging", "prod")
every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)


def values(environment: str) -> dict:
    content = parsed(TERRAFORM / "env" / f"{environment}.tfvars")
    return {name: value for name, value in content.items() if not name.startswith("__")}


@every_environment
def test_an_environment_sets_only_variables_that_exist_and_is_named_after_its_file(environment: str) -> None:
    declared = {name for name, _ in blocks(TERRAFORM, "variable")}
    assert values(environment).keys() <= declared
    assert values(environment)["environment"] == environment


@every_environment
def test_every_environment_keeps_its_own_state_and_locks_it(environment: str) -> None:
    backend = parsed(TERRAFORM / "env" / f"{environment}.s3.tfbackend")
    assert backend["bucket"] == f"orderflow-{environment}-tfstate"
    assert backend["use_lockfile"] is True


def test_only_a_laptop_switches_off_what_its_emulator_cannot_do() -> None:
    switches = {
        "alarms_enabled",
        "tracing_enabled",
        "state_machine_tracing_enabled",
        "validate_bodies_at_edge",
        "s3_use_path_style",
        "auto_confirm_customers",
        "runtime",
    }
    assert {name: environment for environment in ENVIRONMENTS for name in switches & values(environment).keys()} == (
        dict.fromkeys(switches, "local")
    )


def test_only_local_and_dev_pay_for_an_order_that_brings_no_payment() -> None:
    assert {name for name in ENVIRONMENTS if values(name).get("default_payment_token")} == {"local", "dev"}


def test_sample_orders_are_scheduled_in_dev_and_never_on_a_laptop_in_staging_or_in_prod() -> None:
    generators = {name: values(name).get("order_generator", "off") for name in ENVIRONMENTS}
    assert generators == {"local": "manual", "dev": "scheduled", "staging": "off", "prod": "off"}


def test_only_production_takes_real_money() -> None:
    providers = {name: values(name).get("payment_provider", "sandbox") for name in ENVIRONMENTS}
    assert providers == {"local": "sandbox", "dev": "sandbox", "staging": "sandbox", "prod": "stripe"}


def test_only_dev_answers_every_origin_and_only_local_and_dev_let_data_go() -> None:
    assert {name for name in ENVIRONMENTS if "*" in values(name)["cors_allow_origins"]} == {"dev"}
    assert {name for name in ENVIRONMENTS if values(name).get("deletion_protection") is False} == {"local", "dev"}


def test_the_cursor_secret_is_made_in_memory_and_written_only() -> None:
    ephemeral = dict(blocks(TERRAFORM, "ephemeral"))["aws_secretsmanager_random_password.cursor"]
    version = dict(blocks(TERRAFORM, "resource"))["aws_secretsmanager_secret_version.cursor"]
    assert ephemeral["password_length"] >= 32
    assert "ephemeral.aws_secretsmanager_random_password.cursor" in version["secret_string_wo"]
    assert "secret_string" not in version


def test_the_provider_lock_fits_the_root_and_serves_every_platform() -> None:
    [providers] = parsed(TERRAFORM / ".terraform.lock.hcl")["provider"]
    lock = providers["registry.terraform.io/hashicorp/aws"]
    [required] = [
        settings["required_providers"][0]["aws"]["version"]
        for settings in parsed(TERRAFORM / "versions.tf")["terraform"]
    ]
    assert lock["constraints"] == required
    # zh: one hash of each platform's zip; without them `terraform init` would refuse other platforms than ours.
    assert len([each for each in lock["hashes"] if each.startswith("zh:")]) == 15


def test_no_file_holds_a_path_of_one_machine_or_an_account() -> None:
    text = "\n".join(path.read_text() for folder in (TERRAFORM, TERRAFORM / "env") for path in folder.glob("*.tf*"))
    assert re.findall(r"/work/|/root/|/opt/|\b\d{12}\b", text) == []
