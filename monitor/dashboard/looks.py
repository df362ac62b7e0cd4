"""How the app looks: settings, theme, what is remembered of both. The rest of the app is in `app`."""

from __future__ import annotations

from typing import Literal

from rich.style import Style
from textual.app import App

from monitor.dashboard import themes
from monitor.dashboard.memory import Memory
from monitor.dashboard.settings import THEMES, Settings
from monitor.dashboard.text import Bidi
from monitor.dashboard.widgets.keys import textual_keymap

Severity = Literal["information", "warning", "error"]


class Looks(App[None], inherit_bindings=False):
    """An app that wears settings and changes its theme."""

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._variables: tuple[str, dict[str, str]] | None = None
        super().__init__()
        self.settings = settings
        self.memory = memory
        self._toned: tuple[str, bool] | None = None
        self._tones: dict[str, Style] = {}
        for theme in themes.OWN:
            self.register_theme(theme)
        # Worn from the first frame on, not put on over another: that would read the style sheet twice.
        if (name := self._named(settings.theme or memory.kept.theme or "dark")) is not None:
            self.set_reactive(App.theme, name)
            self.stylesheet.set_variables(self.get_css_variables())

    def say(self, text: str, severity: Severity = "information") -> None:
        """Tell the reader something."""
        raise NotImplementedError

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, and ours made from them; asked for several times a start, so made once a theme."""
        if self._variables is None or self._variables[0] != self.theme:
            found = super().get_css_variables()
            self._variables = (self.theme, found | themes.shades(found))
        return self._variables[1]

    @property
    def tones(self) -> dict[str, Style]:
        """The tones of lines in the theme that is worn."""
        worn = (self.theme, self.settings.colour)
        if self._toned != worn:
            self._toned = worn
            self._tones = themes.styles(self.get_css_variables(), colour=self.settings.colour)
        return self._tones

    def wear(self, settings: Settings) -> None:
        """Look and be steered as the settings say."""
        self.settings = settings
        self.set_keymap(textual_keymap(settings.keymap))
        self.animation_level = "full" if settings.motion else "none"
        self.set_class(settings.ascii, "-ascii")
        self.set_class(not settings.colour, "-nocolour")
        self.dress(settings.theme or self.memory.kept.theme or "dark")

    def dress(self, name: str) -> None:
        """Put on a theme; one that nobody knows is told, and dark is used."""
        found = self._named(name)
        if found is None:
            self.say(f"there is no theme called {name}; dark is used. Themes: {', '.join(THEMES)}", "warning")
        self.theme = found or self._named("dark") or ""

    def _named(self, name: str) -> str | None:
        return themes.textual_name(name, colour=self.settings.colour, known=self.available_themes)

    @property
    def ascii(self) -> bool:
        """Whether only ASCII marks are drawn."""
        return self.settings.ascii

    @property
    def bidi(self) -> Bidi:
        """How right-to-left text is drawn."""
        return self.settings.bidi

    def action_next_theme(self) -> None:
        """The next theme, remembered."""
        known = list(THEMES)
        now = next((n for n, name in enumerate(known) if themes.OF.get(name) == self.theme), -1)
        name = known[(now + 1) % len(known)]
        self.dress(name)
        self.memory.keep(theme=name)
        self.say(f"theme: {name}")
