"""Every key of the screen in one table: id, keys, what it does, where it holds. Pure, so that feeds.yml can be checked
against it without a screen, and help and documents cannot tell different tales.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Keymap = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does. `keys` are its defaults, `word` names it at the foot of the screen, `does` in the help."""

    id: str
    group: str
    keys: tuple[str, ...]
    word: str
    does: str
    show: bool = False

    @property
    def turns_view(self) -> bool:
        """Whether it turns to one of the six views."""
        return self.id.startswith("views.")


GROUPS: Mapping[str, str] = {
    "views": "The six views",
    "move": "Move",
    "story": "A story",
    "stories": "1 Stories",
    "ledger": "2 Baseline and ledger",
    "map": "3 Map",
    "timeline": "4 Timeline",
    "feeds": "5 Feeds",
    "rules": "6 Rules",
    "page": "Story page and other pages",
    "ask": "Questions",
    "palette": "Commands",
    "everywhere": "Everywhere",
}
_CONTROL = {"tab", "enter", "escape", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
_ARROWS = {"up", "down", "left", "right"}
NAMED = _CONTROL | _ARROWS | {"comma"} | {f"f{number}" for number in range(1, 13)}
_SPOKEN = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "backspace": "bksp"}


def _rows(group: str, text: str) -> tuple[Key, ...]:
    """The table below: id, keys, word, what it does; a star before the word shows it at the foot."""
    found = []
    for line in text.strip().splitlines():
        ident, keys, word, does = (piece.strip() for piece in line.split("  ") if piece.strip())
        found.append(Key(ident, group, tuple(keys.split(" ")), word.lstrip("*"), does, word.startswith("*")))
    return tuple(found)


KEYS: tuple[Key, ...] = (
    *_rows(
        "views",
        """
        views.stories  1  stories  View 1: the stories, the baseline beside them, the reason below
        views.ledger  2  ledger  View 2: baseline and ledger
        views.map  3  map  View 3: the map
        views.timeline  4  timeline  View 4: the timeline
        views.feeds  5 f  feeds  View 5: the feeds, how each fares, and why
        views.rules  6  rules  View 6: the rules
        view.pane  tab  *pane  Next pane
        view.pane_back  shift+tab  pane back  Previous pane
        view.zoom  z  zoom  This pane alone, and back
        view.smaller  <  smaller  The first pane smaller
        view.larger  >  larger  The first pane larger
        view.poll  r  *poll  Poll all feeds now
        view.pause  p  *pause  Hold the picture while polling goes on
        view.edit  e  edit  Open feeds.yml in your editor, at the line of what is selected
        """,
    ),
    *_rows(
        "move",
        """
        move.down  j down  down  One line down
        move.up  k up  up  One line up
        move.top  g home  first  To the first line
        move.end  G end  last  To the last line
        move.half_down  ctrl+d pagedown  half down  Half a page down
        move.half_up  ctrl+u pageup  half up  Half a page up
        """,
    ),
    *_rows(
        "story",
        """
        story.confirm  c  *confirm  Confirm: it is so
        story.dismiss  d  *dismiss  Dismiss, with a reason
        story.watch  w  *watch  Watch: it comes back on new evidence
        story.accept  a  *accept  Accept the change into the baseline
        story.note  n  *note  Write a note
        story.undo  u  *undo  Undo your last decision
        story.redo  U  redo  Do again what you have just undone
        story.correct  C  *correct  Correct facility, count, date or phase of a claim
        story.grade  v  grade  Grade source and content, like B2, with a reason
        story.split  S  split  Split reports off into a story of their own
        story.merge  J  join  Mark a story, then join it with another
        story.link  o  browser  Open the link in the browser; the host is shown first
        story.copy_link  y  copy link  Copy the link
        story.copy_citation  Y  cite  Copy a citation: outlet, headline, date, link
        story.pipe  |  pipe  Give the story as JSON to a command of yours
        """,
    ),
    *_rows(
        "stories",
        """
        view.open  enter  *open  Open the whole story
        view.lane  x  *lane  Switch between the lanes changes and context
        view.filter  /  *filter  Filter the list as you type
        view.clear  escape  clear  Clear the filter
        view.new  .  show new  Show the stories that have arrived
        view.previous  [  previous  Previous unreviewed story
        view.next  ]  next  Next unreviewed story
        view.sort  s  sort  Sort by time, severity or place
        view.set_aside  D  set aside  The dismissed and closed stories too, or not
        """,
    ),
    *_rows(
        "ledger",
        """
        ledger.earlier  left h  *earlier  The ledger a day earlier
        ledger.later  right l  *later  A day later
        ledger.month_back  H  month back  A month earlier
        ledger.month_on  L  month on  A month later
        ledger.today  t  *today  As of now
        ledger.date  @  *date  As of a date that you type
        ledger.story  enter  *story  Open the story that a fact was accepted from
        """,
    ),
    *_rows(
        "map",
        """
        map.left  left h  left  Map to the west
        map.right  right l  right  Map to the east
        map.in  + =  *in  Nearer
        map.out  -  *out  Farther
        map.home  0  *whole  The whole region
        map.here  space  *centre  Centre on the facility of the list
        map.open  enter  *story  Open the newest story of the facility
        """,
    ),
    *_rows(
        "timeline",
        """
        timeline.back  left h  *back  Earlier days
        timeline.on  right l  *on  Later days
        timeline.in  + =  *in  Fewer days, wider
        timeline.out  -  *out  More days
        timeline.home  0  *all  All there is
        timeline.open  enter  *story  Open the newest story of the lane
        """,
    ),
    *_rows(
        "feeds",
        """
        feeds.sick  x  *sick only  Only the feeds that are not in order, or all
        feeds.retry  R  *retry  Poll a muted or failing feed again at once
        """,
    ),
    *_rows(
        "rules",
        """
        rules.test  t enter  *test  Type a sentence: which rules match it, and what the others lack
        """,
    ),
    *_rows(
        "page",
        """
        page.back  escape enter backspace  *back  Back to where you were
        """,
    ),
    *_rows(
        "ask",
        """
        reason.false_positive  1  false positive  Dismiss: the rule met other news
        reason.duplicate  2  duplicate  Dismiss: the same event stands in another story
        reason.historical  3  historical  Dismiss: it tells of the past
        reason.hypothetical  4  hypothetical  Dismiss: it tells of what might be
        reason.irrelevant  5  irrelevant  Dismiss: true, but nothing we watch
        reason.opinion  6  opinion  Dismiss: a comment, not a report
        correct.facility  1  facility  Correct the facility
        correct.count  2  count  Correct the count
        correct.date  3  date  Correct the date
        correct.phase  4  phase  Correct the phase
        ask.yes  enter y  yes  Yes: open it
        ask.no  escape  back  Back, nothing is done
        """,
    ),
    *_rows(
        "palette",
        """
        palette.up  up  up  One command up
        palette.down  down  down  One command down
        palette.close  escape  back  Back, nothing is done
        """,
    ),
    *_rows(
        "everywhere",
        """
        app.help  ?  help  All keys
        app.palette  : ctrl+p  commands  Every command by name
        app.messages  M  messages  What was said before: messages and mistakes
        app.theme  T  theme  The next theme
        app.quit  q ctrl+q ctrl+c  quit  Quit
        """,
    ),
)
BY_ID: Mapping[str, Key] = {key.id: key for key in KEYS}
# What can be pressed at the same time: two ids of one row must not share a key.
TOGETHER: tuple[tuple[str, ...], ...] = (
    ("everywhere", "views", "move", "story", "stories"),
    *(("everywhere", "views", "move", view) for view in ("ledger", "map", "timeline", "feeds", "rules")),
    ("everywhere", "move", "story", "page"),
    *(("ask", prefix) for prefix in ("reason.", "correct.")),
    ("palette",),
)


def written(keys: str) -> tuple[str, ...]:
    """The keys of a setting: separated by blanks or commas; a comma itself is written as the word."""
    return tuple(keys.replace(",", " ").split())


def known_key(key: str) -> bool:
    """Whether a terminal can send it: one character, a named key, or one of these with ctrl, alt or shift before."""
    *modifiers, last = key.split("+") if len(key) > 1 and not key.endswith("+") else [key]
    if any(one not in ("ctrl", "alt", "shift") for one in modifiers):
        return False
    plain = len(last) == 1 and last.isprintable() and not last.isspace() and not unicodedata.combining(last)
    return plain or last in NAMED


def keymap_of(chosen: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """All ids with their keys, the chosen ones in place of the defaults."""
    own = {ident: written(keys) for ident, keys in chosen if ident in BY_ID}
    return {key.id: own.get(key.id) or key.keys for key in KEYS}


def mistakes(chosen: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is wrong with `ui.keys`: pairs of the id as written and the mistake with its remedy."""
    found: list[tuple[str, str]] = []
    good: list[tuple[str, str]] = []
    for ident, keys in chosen:
        if ident not in BY_ID:
            near = difflib.get_close_matches(ident, BY_ID, 1)
            hint = f', did you mean "{near[0]}"?' if near else "; the help (?) and docs/dashboard.md list the ids"
            found.append((ident, f'there is no key id "{ident[:60]}"{hint}'))
        elif wrong := [key for key in written(keys) if not known_key(key)]:
            said = f'"{wrong[0][:30]}" is no key; write one character, or a name such as enter, f5, ctrl+x'
            found.append((ident, said))
        elif not written(keys):
            found.append((ident, "no key is given; write one, or delete the line to have the default"))
        else:
            good.append((ident, keys))
    clashes = clash(keymap_of(good))
    for ident, _ in good:
        for key, one, other in clashes:
            if ident in (one, other):
                rest = other if ident == one else one
                found.append((ident, f'"{key}" is taken by {rest}, which holds at the same time; choose another'))
                clashes = [known for known in clashes if known != (key, one, other)]
    return found


def clash(keymap: Keymap) -> list[tuple[str, str, str]]:
    """Keys that two things want at the same time: (key, id, id)."""
    found: dict[tuple[str, str, str], None] = {}
    for groups in TOGETHER:
        taken: dict[str, str] = {}
        for one in KEYS:
            if one.group not in groups or (groups[0] == "ask" and not one.id.startswith((groups[1], "ask.no"))):
                continue
            for key in keymap[one.id]:
                other = taken.setdefault(key, one.id)
                if other != one.id:
                    found[key, other, one.id] = None
    return list(found)


def spoken_key(key: str) -> str:
    """A key as a person would write it: "esc"."""
    return _SPOKEN.get(key, key)
