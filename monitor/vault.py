"""Where secrets of feeds.yml are: `${NAME}` in the environment, `${keyring:SERVICE/NAME}` in the system's keyring."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

KEYRING = "keyring:"


class Vault(Mapping[str, str]):
    """Secrets by what stands between the braces. Looking one up in the keyring may make the system ask its user."""

    def __init__(self, env: Mapping[str, str] | None = None) -> None:
        self._env = os.environ if env is None else env

    def __getitem__(self, name: str) -> str:
        if not name.startswith(KEYRING):
            return self._env[name]
        service, _, user = name.removeprefix(KEYRING).rpartition("/")
        found = _password(service, user)
        if not found:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._env)

    def __len__(self) -> int:
        return len(self._env)


def _password(service: str, user: str) -> str | None:
    """The keyring's password; None where there is none, no keyring, or none that opens."""
    try:
        import keyring  # the extra [keyring]; imported when an address or a header names it

        found: str | None = keyring.get_password(service, user)
    except Exception:  # noqa: BLE001 - each system's keyring fails in its own ways, and all mean the same here
        return None
    return found
