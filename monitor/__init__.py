"""monitor: a terminal dashboard that tells at once when a military posture changes."""

__version__ = "0.1.0"
