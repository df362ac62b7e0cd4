"""Opening a link: a graphical browser, never a text browser that would take the terminal from under the screen."""

from __future__ import annotations

import webbrowser

from monitor.errors import InputError


def open_in_browser(url: str) -> None:
    """Hand an address to the desktop's browser. Blocks for as long as that takes to start: call it in a thread.

    Raises InputError where there is none.
    """
    try:
        browser = webbrowser.get()
    except webbrowser.Error as error:
        raise InputError(
            "No browser was found on this machine; the story page (enter) shows the link to copy."
        ) from error
    if type(browser) is webbrowser.GenericBrowser:
        raise InputError(
            "Only a text browser was found; it would take this terminal. The story page (enter) shows the link to copy."
        )
    if not browser.open(url):
        raise InputError("The browser did not start; the story page (enter) shows the link to copy.")
