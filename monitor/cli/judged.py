"""A feeds.yml that was found right is not judged again while its text is the same: it is kept as a value.

What may be a secret stays in its own file: a configuration with headers, notices, `${NAME}`, a shared store or a name
before an address's @ is read anew each time.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from monitor import config as configuration, kept
from monitor.model import Config, Feed, Polling, Rule, RuleExample
from monitor.rules.fingerprint import version_of

_CONFIG = kept.Packing(Config, Feed, Rule, RuleExample, Polling)
# All that makes a Config of a text.
_READER = ("config.py", "errors.py", "filters.py", "kept.py", "model", "schema", "yamlfile.py", "yamlwords.py")


def load(path: Path, *, check: configuration.Check | None = None) -> Config:
    """As `config.load`, whose `check` is asked only where the file is judged. Raises ConfigError."""
    try:
        text = path.read_bytes()
    except OSError:
        return configuration.load(path, check=check)
    name = kept.name_of("config", str(path), text, configuration.account(), _version())

    def packed(config: Config) -> Any:
        return None if _secret(config, text) or path.read_bytes() != text else _CONFIG.pack(config)

    return kept.once(name, lambda: configuration.load(path, check=check), packed, _unpacked)


def _unpacked(plain: Any) -> Config:
    config: Config = _CONFIG.unpack(plain)
    if config.seeds is not None and not configuration.seeds_folder(config).is_dir():
        raise LookupError("the folder of seeds is gone, which is told when the file is judged")
    return config


def _secret(config: Config, text: bytes) -> bool:
    """Whether the configuration may hold what is nobody else's business."""
    addresses = (config.store or "", *(feed.url for feed in config.feeds))
    return (
        b"${" in text
        or bool(config.notify)
        or "://" in (config.store or "")
        or any(feed.headers for feed in config.feeds)
        or any("@" in address.partition("://")[2].partition("/")[0] for address in addresses)
    )


@cache
def _version() -> str:
    return version_of(Path(configuration.__file__).parent, _READER)
