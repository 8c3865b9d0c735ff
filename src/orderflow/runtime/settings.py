"""The one place that reads the environment: each setting has a name, a type and a clear error."""

import os


class SettingMissingError(RuntimeError):
    """A function was deployed without a setting it needs."""


def text(name: str) -> str:
    """Return the setting `name`; raises SettingMissingError when it is absent or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise SettingMissingError(
            f"The environment variable {name} is not set for this function; "
            f"add it to the function's `environment` in its Terraform module."
        )
    return value


def optional_text(name: str) -> str | None:
    """Return the setting `name`, or None when it is absent or empty."""
    return os.environ.get(name) or None


def flag(name: str) -> bool:
    """Return whether the setting `name` says `true`; absent means false."""
    return os.environ.get(name, "").lower() == "true"


def words(name: str) -> tuple[str, ...]:
    """Return the comma-separated setting `name` as a tuple without empty parts."""
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())
