"""What each rule did: its alerts on the board, and what people made of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.dashboard.text import Line, Part, shown, wrap
from monitor.dashboard.words import SEVERITY, event, happening, plural, spoken
from monitor.model import Alert, Board, Rule, Story

_TRUE, _FALSE = ("confirmed",), ("false_positive", "irrelevant", "historical", "hypothetical", "opinion")
_LATEST = 12  # stories shown of a rule
_FEW = 5  # judged stories; below that a share says nothing


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule and its stories, newest first. `right` and `wrong` count the judged ones; a duplicate is no judgement."""

    rule: Rule
    stories: tuple[Story, ...]
    alerts: int
    flagged: int
    right: int
    wrong: int

    @property
    def judged(self) -> int:
        """How many stories say something about the rule."""
        return self.right + self.wrong

    @property
    def precision(self) -> str:
        """How many of its stories were right, as people judged them."""
        if not self.judged:
            return "not judged"
        share = f"{self.right} of {self.judged} right"
        return share if self.judged < _FEW else f"{share} ({100 * self.right // self.judged} %)"


def rule_rows(board: Board, rules: Sequence[Rule]) -> tuple[RuleRow, ...]:
    """Every rule, those with most alerts first; rules that the board knows and the configuration no longer has, too."""
    stories: dict[str, list[Story]] = {rule.id: [] for rule in rules}
    alerts: dict[str, int] = {}
    flagged: dict[str, int] = {}
    for story in board.stories:
        of_story: set[str] = set()
        for alert in story.alerts:
            for rule in {match.rule for match in alert.matches}:
                of_story.add(rule)
                alerts[rule] = alerts.get(rule, 0) + 1
                flagged[rule] = flagged.get(rule, 0) + (alert.lane == "changes")
        for rule in of_story:
            stories.setdefault(rule, []).append(story)
    known = {rule.id: rule for rule in rules}
    rows = [
        RuleRow(
            known.get(ident) or Rule(ident, enabled=False),
            tuple(found),
            alerts.get(ident, 0),
            flagged.get(ident, 0),
            sum(story.review.state in _TRUE for story in found),
            sum(story.review.state == "dismissed" and story.review.reason in _FALSE for story in found),
        )
        for ident, found in stories.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.alerts, row.rule.id)))


HEADING = f" {'rule':<24} sev.  alerts changes  found right"


def rule_line(row: RuleRow, *, selected: bool) -> Line:
    """Id, severity, how many alerts, how many were right."""
    word, _ = SEVERITY[row.rule.severity]
    wrong = row.judged >= _FEW and row.right * 2 < row.judged
    return (
        Part("›" if selected else " "),
        Part(f"{shown(row.rule.id)[:24]:<24} ", "strong" if row.rule.enabled else "faded"),
        Part(f"{word:<4} ", row.rule.severity),
        Part(f"{row.alerts:>7,} {row.flagged:>7,}  ", "" if row.alerts else "faded"),
        Part(row.precision if row.alerts else "", "bad" if wrong else "faded"),
    )


def rule_lines(row: RuleRow, cells: int) -> tuple[Line, ...]:
    """What the rule says, how it did, and its newest stories."""
    rule = row.rule
    lines: list[Line] = [*wrap((Part(f"{event(rule.type)}, severity {rule.severity}", "strong"),), cells)]
    if not rule.enabled:
        lines.append((Part("not in feeds.yml any more, or switched off", "warn"),))
    judged = f"{plural(row.alerts, 'alert')}, {row.flagged} in changes; {row.precision}"
    lines += wrap((Part("so far   ", "faded"), Part(judged)), cells, indent=9)
    if row.judged < _FEW:
        said = f"How good the rule is shows once {_FEW} of its stories are confirmed (c) or dismissed (d)."
        lines += wrap((Part(f"         {said}", "faded"),), cells, indent=9)
    if row.stories:
        lines.append((Part("newest stories" if len(row.stories) > 1 else "story", "head"),))
    for story in row.stories[:_LATEST]:
        lines += wrap((Part(shown(story.lead.gloss) or "-"),), cells, indent=2)
        title = wrap((Part(shown(story.lead.entry.title[:2000]), "faded"),), cells - 2)
        lines += [(Part("  "), *line) for line in title]
    for name, said in (("keywords", ", ".join(rule.keywords)), ("when", rule.when), ("unless", rule.unless)):
        if said:
            lines.append((Part(name, "head"),))
            lines += wrap((Part(shown(said, most=20_000)),), cells, bidi="off")
    return tuple(lines)


def explained(text: str, alert: Alert | None, lacking: Sequence[str], cells: int) -> tuple[Line, ...]:
    """The test box: what a sentence matches, how it is read, and what each near rule lacks."""
    lines: list[Line] = [*wrap((Part(shown(text), "strong"),), cells)]
    if alert is None:
        lines.append((Part("no rule matches", "warn"),))
    else:
        flagged = "flagged: it is a change" if alert.lane == "changes" else "context: not flagged as a change"
        lines += wrap((Part(f"{flagged}  ", "confirms"), Part(shown(alert.gloss))), cells)
        for match in alert.matches:
            lines += wrap((Part(f"{shown(match.rule)}: ", "strong"), Part(f"“{shown(match.words)}”", "mark")), cells)
        for claim in alert.claims:
            cues = ", ".join(f"{spoken(cue.name)} “{shown(cue.words)}”" for cue in claim.cues) or "no cue"
            said = f"{happening(claim)}, {claim.polarity}, {claim.modality} ({cues})"
            lines += wrap((Part(said),), cells, indent=2)
    for lack in lacking:
        lines += wrap((Part(shown(lack), "faded"),), cells, indent=2)
    return tuple(lines)
