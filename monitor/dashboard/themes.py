"""The themes: dark and light as textual has them, high contrast, for the colour-blind, the terminal's own colours."""

from __future__ import annotations

from collections.abc import Container

from textual.theme import Theme

OF = {
    "dark": "textual-dark",
    "light": "textual-light",
    "high-contrast": "monitor-high-contrast",
    "colour-blind": "monitor-colour-blind",
    "ansi": "ansi-dark",
}
_SAME = {"ansi-dark": "ansi-dark", "ansi-light": "ansi-light", "color-blind": "monitor-colour-blind"}

# Blue against orange and yellow: told apart with any of the three kinds of colour-blindness (after Okabe and Ito).
OWN = (
    Theme(
        name="monitor-high-contrast",
        primary="#00d7ff",
        secondary="#00d7ff",
        warning="#ffff00",
        error="#ff8080",
        success="#80ff80",
        accent="#ffd7ff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#202020",
        dark=True,
        text_alpha=1.0,
        variables={
            "text-error": "#ff9090",
            "text-warning": "#ffff00",
            "text-success": "#80ff80",
            "text-accent": "#ffb0ff",
            "text-primary": "#00e5ff",
        },
    ),
    Theme(
        name="monitor-colour-blind",
        primary="#0072b2",
        secondary="#56b4e9",
        warning="#f0e442",
        error="#e69f00",
        success="#56b4e9",
        accent="#cc79a7",
        foreground="#f0f0f0",
        background="#101418",
        surface="#1a2026",
        panel="#232a31",
        dark=True,
        variables={
            "text-error": "#ffb000",
            "text-warning": "#f0e442",
            "text-success": "#7cc8f5",
            "text-accent": "#e7a6cb",
            "text-primary": "#7cc8f5",
        },
    ),
)


def textual_name(name: str, *, colour: bool, known: Container[str]) -> str | None:
    """What textual calls a theme; None for one that nobody knows. Without colour it is the terminal's own."""
    if not colour:
        return "ansi-dark"
    wished = OF.get(name) or _SAME.get(name) or name
    return wished if wished in known else None
