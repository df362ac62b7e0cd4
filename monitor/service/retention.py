"""What is kept how long: alerts for ever, other entries for a while, the keys of those that went for ever."""

from __future__ import annotations

from datetime import timedelta

from monitor.service.alerts import Alerts
from monitor.service.ports import Workplace
from monitor.service.readings import Readings

RETENTION = 90
"""Days that an entry is kept that is no alert; alerts are kept for ever."""
_EVERY = timedelta(days=1)


class Retention:
    """Lets go of old entries. Every method may be called from any thread."""

    def __init__(self, place: Workplace, readings: Readings, alerts: Alerts | None) -> None:
        self._place, self._readings, self._alerts = place, readings, alerts

    def daily(self) -> int:
        """Lets go of what is old, once a day whoever polls, by the rules the alerts are made by. How many went."""
        if self._alerts is not None and not self._alerts.whole():
            # Until all is read nobody knows what is an alert; and under other rules than the store's it is not ours.
            return 0
        return self.expire() if self._place.archive.due("expiry", self._place.clock(), _EVERY) else 0

    def expire(self, days: int = RETENTION) -> int:
        """Removes entries older than so many days that no rule matches, now. How many were removed."""
        before = self._place.clock() - timedelta(days=days)
        if self._alerts is not None and self._alerts.whole():
            # The store knows what is an alert: the others need not be read again.
            return self._place.archive.expire(before, lambda entry: False)
        facts = self._readings.facts()
        return self._place.archive.expire(before, lambda entry: self._readings.read(entry, facts) is not None)
