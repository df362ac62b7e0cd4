"""The themes: dark, light, high contrast, for the colour-blind, the terminal's own; and what makes any theme readable.

Whatever the theme, the colours of text are moved away from their ground until they can be read, so that `T` never
leads to grey on grey.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

OF = {
    "dark": "monitor-dark",
    "light": "monitor-light",
    "high-contrast": "monitor-high-contrast",
    "colour-blind": "monitor-colour-blind",
    "ansi": "ansi-dark",
}
_SAME = {"ansi-dark": "ansi-dark", "ansi-light": "ansi-light", "color-blind": "monitor-colour-blind"}
READABLE = 4.5  # contrast of text with its ground, WCAG 2 level AA
_TEXTS = ("error", "warning", "success", "accent", "primary")
_GROUNDS = ("background", "surface", "panel")
_STEPS = 24


def _theme(name: str, ground: tuple[str, str, str], text: str, colours: Mapping[str, str], *, dark: bool) -> Theme:
    """A theme whose colours of text are its colours."""
    background, surface, panel = ground
    return Theme(
        name=name,
        background=background,
        surface=surface,
        panel=panel,
        foreground=text,
        primary=colours["primary"],
        secondary=colours["primary"],
        error=colours["error"],
        warning=colours["warning"],
        success=colours["success"],
        accent=colours["accent"],
        dark=dark,
        variables={f"text-{key}": colours[key] for key in _TEXTS},
    )


# Colour-blind: blue against orange and yellow, told apart with any of the three kinds (after Okabe and Ito).
OWN = (
    _theme(
        "monitor-dark",
        ("#10141a", "#181e26", "#212934"),
        "#dde3ea",
        {"primary": "#6cb6ff", "error": "#ff7b72", "warning": "#f0b450", "success": "#74d08a", "accent": "#cda6ff"},
        dark=True,
    ),
    _theme(
        "monitor-light",
        ("#fafbfc", "#f0f2f5", "#e3e7ec"),
        "#1a2029",
        {"primary": "#0a55a3", "error": "#b3141f", "warning": "#7d4a00", "success": "#14632f", "accent": "#6a2ba3"},
        dark=False,
    ),
    _theme(
        "monitor-high-contrast",
        ("#000000", "#000000", "#202020"),
        "#ffffff",
        {"primary": "#00e5ff", "error": "#ff9090", "warning": "#ffff00", "success": "#80ff80", "accent": "#ffb0ff"},
        dark=True,
    ),
    _theme(
        "monitor-colour-blind",
        ("#101418", "#1a2026", "#232a31"),
        "#f0f0f0",
        {"primary": "#7cc8f5", "error": "#ffb000", "warning": "#f0e442", "success": "#7cc8f5", "accent": "#e7a6cb"},
        dark=True,
    ),
)


# Of the tones of a line: colour, ground, and how else they are set off, so that none needs its colour.
TONES: Mapping[str, tuple[str, str, str]] = {
    "critical": ("tone-error", "", "bold"),
    "high": ("tone-error", "", ""),
    "medium": ("tone-warning", "", ""),
    "low": ("faded", "", ""),
    "updates": ("tone-warning", "", "bold"),
    "contradicts": ("tone-error", "", "bold"),
    "confirms": ("tone-success", "", ""),
    "refines": ("tone-success", "", ""),
    "new": ("tone-accent", "", ""),
    "stale": ("faded", "", ""),
    "related": ("faded", "", ""),
    "incomparable": ("faded", "", ""),
    "strong": ("", "", "bold"),
    "faded": ("faded", "", ""),
    "quote": ("", "", "italic"),
    "mark": ("tone-warning", "", "bold underline"),
    "warn": ("tone-warning", "", "bold"),
    "bad": ("tone-error", "", "bold"),
    "flag": ("flag-text", "tone-warning", "bold"),
    "head": ("tone-primary", "", "bold"),
    "key": ("tone-primary", "", "bold"),
    "cursor": ("cursor-text", "cursor-ground", "bold"),
    "cursor-away": ("tone-text", "cursor-away", "bold"),
}
_WITHOUT_COLOUR = {
    "mark": "bold reverse",
    "flag": "bold reverse",
    "cursor": "bold reverse",
    "cursor-away": "bold underline",
}


def styles(variables: Mapping[str, str], *, colour: bool = True) -> dict[str, Style]:
    """The tones as rich draws them, made once a theme."""
    found = {}
    for name, (text, ground, more) in TONES.items():
        look = Style.parse(_WITHOUT_COLOUR.get(name, more) if not colour else more or "none")
        if colour:
            look += Style(color=_rich(variables, text), bgcolor=_rich(variables, ground))
        found[name] = look
    return found


def _rich(variables: Mapping[str, str], name: str) -> RichColor | None:
    colour = Color.parse(variables[name]) if name else None
    return colour.rich_color if colour is not None and colour.a else None


def textual_name(name: str, *, colour: bool, known: Container[str]) -> str | None:
    """What textual calls a theme; None for one that nobody knows. Without colour it is the terminal's own."""
    if not colour:
        return "ansi-dark"
    wished = OF.get(name) or _SAME.get(name) or name
    return wished if wished in known else None


def known(name: str) -> bool:
    """Whether there is a theme of this name, ours or textual's."""
    from textual.theme import BUILTIN_THEMES

    return name in OF or name in _SAME or name in BUILTIN_THEMES


def luminance(colour: Color) -> float:
    """Relative luminance after WCAG 2, 0 to 1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio after WCAG 2, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: Color, grounds: tuple[Color, ...], wanted: float = READABLE) -> Color:
    """The colour, or the first on its way to black or white that can be read on every ground."""
    black, white = Color(0, 0, 0), Color(255, 255, 255)
    end = max(black, white, key=lambda one: min(contrast(one, ground) for ground in grounds))
    for step in range(_STEPS):
        tried = colour.blend(end, step / _STEPS)
        if all(contrast(tried, ground) >= wanted for ground in grounds):
            return tried
    return end


def shades(variables: Mapping[str, str]) -> dict[str, str]:
    """The colours of our own style sheet, made from a theme's: text in six tones, what is faded, the cursor, lines.

    A theme of the terminal's own colours (`ansi-*`) cannot be measured and keeps them.
    """
    try:
        grounds = tuple(Color.parse(variables[name]) for name in _GROUNDS)
        text = Color.parse(variables["foreground"])
    except (KeyError, ColorParseError):
        grounds, text = (), Color(0, 0, 0)
    if not grounds or any(ground.a < 1 or ground.ansi is not None for ground in (*grounds, text)):
        same = {f"tone-{name}": variables[f"text-{name}"] for name in _TEXTS}
        plain = variables["foreground"]
        return same | {
            "tone-text": plain,
            "faded": plain,
            "hairline": plain,
            "cursor-ground": variables["primary"],
            "cursor-text": variables["background"],
            "cursor-away": variables["surface"],
            "flag-text": variables["background"],
        }
    page = grounds[0]
    text = readable(text, grounds, 7.0)
    tones = {name: readable(Color.parse(variables[f"text-{name}"]), grounds) for name in _TEXTS}
    white = Color(255, 255, 255)
    found = {f"tone-{name}": colour.hex for name, colour in tones.items()}
    return found | {
        "tone-text": text.hex,
        "faded": readable(page.blend(text, 0.66), grounds).hex,
        "hairline": page.blend(text, 0.32).hex,
        "cursor-ground": readable(Color.parse(variables["primary"]).blend(page, 0.45), (white,), 5.5).hex,
        "cursor-text": white.hex,
        "cursor-away": page.blend(text, 0.16).hex,
        "flag-text": page.hex,
    }
