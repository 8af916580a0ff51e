"""Every setting, declared once: type, default, unit and meaning.

A setting is an environment variable of the same name in capitals. A file `.env` in the project
folder fills in what the environment does not have. `.env.example` is generated from this page.
Settings are read once, at the edge of a program, and handed down as the few values that a
function needs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import dotenv

from engine.errors import SettingError, did_you_mean

PROJECT_FOLDER = Path(__file__).resolve().parent.parent


def _setting(
    default: Any,
    meaning: str,
    *,
    unit: str = "",
    choices: tuple[str, ...] = (),
    lowest: int | None = None,
) -> Any:
    about = {"meaning": meaning, "unit": unit, "choices": choices, "lowest": lowest}
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of both programs; every field is one environment variable in capitals."""

    database_url: str = _setting(
        "", "PostgreSQL 15 to 18 of your own; blank: a local server in DATA_FOLDER", unit="URL"
    )
    direct_url: str = _setting(
        "", "the server behind a transaction pooler, used for migrations only", unit="URL"
    )
    dashboard_database_url: str = _setting(
        "", "a read-only role for the dashboard; blank: DATABASE_URL", unit="URL"
    )
    data_folder: str = _setting(".data", "where the local database lives", unit="folder")
    csv_folder: str = _setting("csv_inputs", "the owner's cost and carrier files", unit="folder")
    local_postgres_account: str = _setting(
        "nobody", "who runs the local database when the program runs as root", unit="account"
    )
    node_binary: str = _setting("", "a Node of your own; blank: the installed wheel", unit="file")
    prisma_query_engine_binary: str = _setting(
        "", "a native Prisma query engine of your own; blank: the one found or shipped", unit="file"
    )
    log_sql: bool = _setting(False, "log the statements of typed look-ups, never their values")
    log_format: str = _setting("text", "how log lines look", choices=("text", "json"))
    log_level: str = _setting(
        "info", "the least important line to log", choices=("debug", "info", "warning", "error")
    )

    shop: str = _setting("", "the shop that an import belongs to", unit="name")
    time_zone: str = _setting("", "time zone of a new shop, as Europe/Istanbul", unit="IANA zone")
    currency: str = _setting("", "currency of a new shop, as USD", unit="ISO 4217")
    country: str = _setting("", "country of a new shop, as TR", unit="ISO 3166")
    cost_currency: str = _setting("USD", "currency of cost.csv", unit="ISO 4217")
    reporting_currency: str = _setting(
        "", "currency in which all shops are asked for together, as USD", unit="ISO 4217"
    )
    returned_goods: str = _setting(
        "lost", "what happens to goods that come back", choices=("lost", "restocked")
    )

    vat_on_fees: str = _setting(
        "cost", "what VAT on the marketplace's fees is to the shop", choices=("cost", "recoverable")
    )

    reports_keep_open: str = _setting(
        "shop",
        "whose earlier versions of periods that still run are kept",
        choices=("shop", "all", "none"),
    )
    reports_daily_levels: str = _setting(
        "shop,listing,product",
        "whose rows of single days are stored; shop alone leaves out most rows of a large shop",
        unit="levels, separated by commas",
    )
    reports_daily_keep_days: int = _setting(
        0,
        "how long listings and SKUs keep their rows of single days; 0: for good",
        unit="days",
        lowest=0,
    )
    reports_revision_keep_days: int = _setting(
        0,
        "how long a superseded version is kept, but for the first complete one; 0: for good",
        unit="days",
        lowest=0,
    )
    reports_read_timeout: int = _setting(
        600, "how long one statement of a report run may read", unit="seconds", lowest=1
    )
    alert_webhook_url: str = _setting("", "where alerts go as JSON", unit="URL")
    alert_webhook_secret: str = _setting(
        "", "signs what the webhook gets: HMAC-SHA256 of the body in X-Signature"
    )
    alert_smtp_url: str = _setting(
        "", "the mail server for alerts, as smtp://user:password@host:587", unit="URL"
    )
    alert_mail_from: str = _setting("", "who alerts come from; blank: ALERT_MAIL_TO")
    alert_mail_to: str = _setting("", "who gets alerts by mail")
    dashboard_url: str = _setting("", "where the dashboard is, for links in alerts", unit="URL")
    restock_days: int = _setting(
        14, "how long new stock takes to come, for the risk of running out", unit="days", lowest=1
    )

    retry_deadline: int = _setting(120, "how long a batch program retries", unit="seconds")
    refresh_interval: int = _setting(60, "how often a page asks for newer data", unit="seconds")
    dashboard_sign_in: str = _setting(
        "required", "off: the demo shop may be served to others", choices=("required", "off")
    )

    dashboard_owner_password_hash: str = _setting(
        "", "who knows this password signs in as owner; made by `python -m engine password`"
    )
    dashboard_viewer_password_hash: str = _setting(
        "", "who knows this password signs in as viewer; made likewise"
    )
    dashboard_owners: str = _setting(
        "",
        "who signs in with an account ([auth] in .streamlit/secrets.toml) as owner",
        unit="e-mail addresses, separated by commas",
    )
    dashboard_viewers: str = _setting(
        "", "who signs in with an account as viewer", unit="e-mail addresses, separated by commas"
    )

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, *, dotenv_file: Path | None = None
    ) -> Settings:
        """Read the environment, then `.env` for what it lacks.

        Raises SettingError for a value of the wrong type, naming the setting and where it stood.
        """
        environment = os.environ if environ is None else environ
        path = PROJECT_FOLDER / ".env" if dotenv_file is None else dotenv_file
        file_values = dotenv.dotenv_values(path) if path.is_file() else {}
        values: dict[str, Any] = {}
        for declared in fields(cls):
            name = declared.name.upper()
            if name in environment:
                values[declared.name] = _parse(declared, environment[name], "the environment")
            elif file_values.get(name) is not None:
                values[declared.name] = _parse(declared, str(file_values[name]), str(path))
        return cls(**values)

    @property
    def data_path(self) -> Path:
        """The absolute folder of the local database."""
        return (PROJECT_FOLDER / self.data_folder).resolve()

    @property
    def csv_path(self) -> Path:
        """The absolute folder of the owner's files."""
        return (PROJECT_FOLDER / self.csv_folder).resolve()


def _parse(declared: Field[Any], text: str, where: str) -> Any:
    name, text = declared.name.upper(), text.strip()
    if not text and declared.default is not MISSING:
        return declared.default
    choices: tuple[str, ...] = declared.metadata["choices"]
    if choices and text not in choices:
        raise SettingError(
            f"{name} in {where} is {text!r}; expected one of {', '.join(choices)}.",
            hint=did_you_mean(text, choices),
        )
    if isinstance(declared.default, bool):
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if text.lower() not in known:
            raise SettingError(f"{name} in {where} is {text!r}; expected true or false.")
        return known[text.lower()]
    if isinstance(declared.default, int):
        unit, lowest = declared.metadata["unit"], declared.metadata["lowest"]
        try:
            number = int(text)
        except ValueError:
            raise SettingError(
                f"{name} in {where} is {text!r}; expected a whole number of {unit}."
            ) from None
        if lowest is not None and number < lowest:
            raise SettingError(f"{name} in {where} is {number}; expected at least {lowest} {unit}.")
        return number
    return text


def example_file() -> str:
    """Return the text of `.env.example`: every setting with its meaning and default."""
    lines = ["# Copy to .env and change what you need. Generated: python -m engine docs", ""]
    for declared in fields(Settings):
        about = declared.metadata
        extra = f" ({about['unit']})" if about["unit"] else ""
        extra += f": {' or '.join(about['choices'])}" if about["choices"] else ""
        default = declared.default
        shown = str(default).lower() if isinstance(default, bool) else default
        lines += [f"# {about['meaning']}{extra}", f"# {declared.name.upper()}={shown}", ""]
    return "\n".join(lines)
