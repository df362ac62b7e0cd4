"""How the app looks: settings, theme, what is remembered of both. The rest of the app is in `app`."""

from __future__ import annotations

from typing import Literal

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
        super().__init__()
        self.settings = settings
        self.memory = memory
        for theme in themes.OWN:
            self.register_theme(theme)

    def say(self, text: str, severity: Severity = "information") -> None:
        """Tell the reader something."""
        raise NotImplementedError

    def get_css_variables(self) -> dict[str, str]:
        """The theme's colours, and ours made from them."""
        found = super().get_css_variables()
        return found | themes.shades(found)

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
        found = themes.textual_name(name, colour=self.settings.colour, known=self.available_themes)
        if found is None:
            self.say(f"there is no theme called {name}; dark is used. Themes: {', '.join(THEMES)}", "warning")
        self.theme = (
            found or themes.textual_name("dark", colour=self.settings.colour, known=self.available_themes) or ""
        )

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
