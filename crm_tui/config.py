"""Settings: one strict TOML file, read once at start."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from crm_tui.config_rules import (
    ComplaintRegime,
    ComplaintRules,
    Section,
    Tier,
    TierRules,
    shipped_regimes,
    shipped_tiers,
)
from crm_tui.domain.kinds import Tier as Held
from crm_tui.domain.policy import Policy
from crm_tui.errors import ConfigError, why_failed
from crm_tui.i18n import _

SYSTEM_CONFIG = Path("/etc/crm-tui/config.toml")
URL_VARIABLE = "CRM_TUI_DATABASE_URL"
LARGEST_CONFIG = 256 * 1024
DEEPEST_NESTING = 32


class Database(Section):
    """Where the data is."""

    url: str = ""
    url_file: str = ""
    pool_size: Annotated[int, Field(ge=1, le=10)] = 2
    busy_timeout: Annotated[int, Field(ge=1, le=60)] = 10


class Security(Section):
    """Keys, lockout, idle lock, reveals."""

    key_file: str = ""
    lock_after_failures: Annotated[int, Field(ge=3, le=20)] = 5
    lock_minutes: Annotated[int, Field(ge=1, le=1440)] = 30
    idle_lock_minutes: Annotated[int, Field(ge=1, le=480)] = 10
    reveals_per_day: Annotated[int, Field(ge=0, le=1000)] = 50
    reveal_seconds: Annotated[int, Field(ge=5, le=300)] = 30


class Ui(Section):
    """How it looks."""

    language: Literal["auto", "zh", "en"] = "auto"
    theme: Literal["ansi-dark", "ansi-light", "mono"] = "ansi-dark"
    ascii: bool = False
    ambiguous_width: Literal["auto", "1", "2", 1, 2] = "auto"
    mouse: bool = False
    first_area: Literal["today", "customers", "visits", "complaints"] = "today"

    @property
    def plain(self) -> bool:
        """Whether glyphs and borders are ASCII."""
        return self.ascii or str(self.ambiguous_width) == "2"


Interval = Annotated[int, Field(ge=1, le=3650)]


class Log(Section):
    """Where incidents are written; they hold no personal data."""

    file: str = ""


class Contacts(Section):
    """Days until a customer counts as overdue for contact, by tier held."""

    interval_silver: Interval = 365
    interval_gold: Interval = 180
    interval_platinum: Interval = 90
    interval_black_gold: Interval = 30


class Diary(Section):
    """The work diary."""

    late_after: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "12:00"


class Config(Section):
    """Every setting."""

    database: Database = Database()
    security: Security = Security()
    ui: Ui = Ui()
    log: Log = Log()
    keys: dict[str, list[str]] = Field(default_factory=dict)
    contacts: Contacts = Contacts()
    diary: Diary = Diary()
    tier_rules: TierRules = TierRules()
    tiers: list[Tier] = Field(default_factory=shipped_tiers)
    complaint_rules: ComplaintRules = ComplaintRules()
    complaint_regimes: list[ComplaintRegime] = Field(default_factory=shipped_regimes)

    def tier_mapping(self) -> dict[str, Any]:
        """The tier settings as the keys of a `tiers` file, for rule set 0."""
        tiers = [tier.model_dump(exclude_none=True) for tier in self.tiers]
        return {"tiers": tiers, "tier_rules": self.tier_rules.model_dump()}

    def complaint_mapping(self) -> dict[str, Any]:
        """The settings of complaints, for their rule set 0."""
        regimes = [one.model_dump(exclude_unset=True) for one in self.complaint_regimes]
        return {
            "complaint_regimes": regimes,
            "complaint_rules": self.complaint_rules.model_dump(),
        }


@dataclass(frozen=True, slots=True)
class Settings:
    """The configuration and what was worked out from it and the environment."""

    config: Config
    source: str
    database_url: str
    key_file: Path | None


def load(path: Path | None = None) -> Settings:
    """The settings in force; `path` is what `--config` named.

    Raises ConfigError naming file, key and what is allowed.
    """
    chosen = path or (SYSTEM_CONFIG if SYSTEM_CONFIG.exists() else None)
    config = parse(chosen) if chosen else Config()
    url = _database_url(config)
    return Settings(config, str(chosen or _("the defaults")), url, _key_file(config, url))


def parse(path: Path) -> Config:
    """The configuration of the file `path`. Raises ConfigError."""
    data = read_toml(path)
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        from crm_tui.config_faults import explain

        raise ConfigError(explain(path, Config, error)) from None
    # What one tier or regime says about another is a rule of the domain, not of a type.
    from crm_tui.domain.complaint_settings import parse_complaint_rules
    from crm_tui.domain.tier_settings import parse_rule_file

    parse_rule_file(config.tier_mapping(), source=str(path))
    parse_complaint_rules(config.complaint_mapping(), source=str(path))
    return config


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file that nobody else can write. Raises ConfigError."""
    import tomli

    text = _read_guarded(path)
    if _nesting(text) > DEEPEST_NESTING:
        raise ConfigError(
            _("{file}: nested deeper than {n} levels").format(file=path, n=DEEPEST_NESTING)
        )
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        text = _("{file}: line {line}: not valid TOML") if line else _("{file}: not valid TOML")
        raise ConfigError(text.format(file=path, line=line)) from None


def _read_guarded(path: Path) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ConfigError(
            _("{file}: cannot be read: {why}").format(file=path, why=why_failed(error))
        ) from None
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise ConfigError(_("{file}: not a regular file").format(file=path))
    with os.fdopen(descriptor, "rb") as file:
        if state.st_mode & 0o002:
            raise ConfigError(
                _("{file}: anyone may write it; take that right away (chmod o-w)").format(file=path)
            )
        raw = file.read(LARGEST_CONFIG + 1)
    if len(raw) > LARGEST_CONFIG:
        raise ConfigError(_("{file}: larger than {n} bytes").format(file=path, n=LARGEST_CONFIG))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(_("{file}: not UTF-8").format(file=path)) from None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth = max(0, depth - 1)
    return deepest


def data_directory() -> Path:
    """Where a person's own files lie when no setting says otherwise."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "crm-tui"


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL, else None."""
    prefix = "sqlite:///"
    return Path(url[len(prefix) :]) if url.startswith(prefix) and url != prefix else None


def _database_url(config: Config) -> str:
    from_environment = os.environ.get(URL_VARIABLE)
    if from_environment:
        return from_environment
    if config.database.url_file:
        return _secret_file(Path(config.database.url_file)).strip()
    return config.database.url or f"sqlite:///{data_directory() / 'crm.db'}"


def _secret_file(path: Path) -> str:
    text = _read_guarded(path)
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            _("{file}: others may read it; make it private (chmod 600)").format(file=path)
        )
    return text


def _key_file(config: Config, url: str) -> Path | None:
    if config.security.key_file:
        return Path(config.security.key_file)
    database = sqlite_path(url)
    return database.with_suffix(".key") if database else None


def policy(config: Config) -> Policy:
    """What the services need of the settings."""
    contacts, security = config.contacts, config.security
    intervals = {
        Held.NONE: contacts.interval_silver,
        Held.SILVER: contacts.interval_silver,
        Held.GOLD: contacts.interval_gold,
        Held.PLATINUM: contacts.interval_platinum,
        Held.BLACK_GOLD: contacts.interval_black_gold,
    }
    return Policy(
        contact_intervals=intervals,
        reveals_per_day=security.reveals_per_day,
        reveal_seconds=security.reveal_seconds,
        lock_after_failures=security.lock_after_failures,
        lock_minutes=security.lock_minutes,
        diary_late_after=time.fromisoformat(config.diary.late_after),
    )
