"""How the screen is to look, from feeds.yml, the options and what the terminal says of itself. Pure: all handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.dashboard.keys import keymap_of
from monitor.dashboard.text import Bidi

_CHOICES: tuple[Bidi, ...] = ("isolate", "reorder", "off")
THEMES: tuple[str, ...] = ("dark", "light", "high-contrast", "colour-blind", "ansi")

# Terminals that draw a right-to-left run from left to right, so that we must turn it round ourselves.
_UNTURNED_PROGRAMS = {"vscode", "wezterm", "ghostty", "alacritty"}
_UNTURNED_VARIABLES = ("WT_SESSION", "ALACRITTY_WINDOW_ID", "XTERM_VERSION", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")
_UNTURNED_TERMS = ("alacritty", "xterm-ghostty", "wezterm")


@dataclass(frozen=True, slots=True)
class Settings:
    """`theme` None: the one remembered, else dark. `bidi` is how right-to-left text is drawn, never "auto".

    `file` is the feeds.yml that `e` opens. `colour` off draws with words, marks and reverse
    alone; `motion` off moves nothing by itself.
    """

    theme: str | None = None
    bidi: Bidi = "isolate"
    ascii: bool = False
    colour: bool = True
    motion: bool = True
    keymap: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: keymap_of(()))
    file: Path | None = None


def read(
    ui: Iterable[tuple[str, str]],
    keys: Iterable[tuple[str, str]],
    env: Mapping[str, str],
    *,
    ascii: bool = False,
    answer: str | None = None,
    file: Path | None = None,
) -> Settings:
    """The settings of `ui:` in feeds.yml; `answer` is what the person said of this terminal, where anything."""
    chosen = dict(ui)
    return Settings(
        theme=chosen.get("theme"),
        bidi=bidi_of(chosen.get("bidi", "auto"), env, answer),
        ascii=ascii or chosen.get("ascii") == "true" or env.get("TERM") in ("dumb", "linux"),
        colour="NO_COLOR" not in env,
        motion=not (env.get("SSH_CONNECTION") or env.get("SSH_TTY")),
        keymap=keymap_of(keys),
        file=file,
    )


def bidi_of(wished: str, env: Mapping[str, str], answer: str | None = None) -> Bidi:
    """How to draw right-to-left text here. What feeds.yml says goes first, then the person's answer, then the terminal.

    VTE, Konsole, PuTTY and unknown terminals reorder a line by themselves: its cells are isolated. Others draw what
    they are given from left to right: there we reorder. kitty is left alone.
    """
    for chosen in _CHOICES:
        if wished == chosen or (wished == "auto" and answer == chosen):
            return chosen
    if env.get("KITTY_WINDOW_ID") or env.get("TERM") == "xterm-kitty":
        return "off"
    if env.get("VTE_VERSION") or env.get("KONSOLE_VERSION"):
        return "isolate"
    unturned = (
        env.get("TERM_PROGRAM", "").lower() in _UNTURNED_PROGRAMS
        or any(env.get(name) for name in _UNTURNED_VARIABLES)
        or env.get("TERM", "").startswith(_UNTURNED_TERMS)
    )
    return "reorder" if unturned else "isolate"
