"""How far a story can be trusted: an Admiralty letter and digit, suggested from who reports it and what is known.

The letter is the best grade among its independent sources. The digit: 1 confirmed by others, 2 probably true, 3
possibly true, 4 doubtful, 5 improbable, 6 cannot be judged. What only hedged reports tell is no better than 3.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.model import Credibility, Grade, Reliability, Story


def suggested(story: Story, grades: Mapping[str, Reliability]) -> Grade:
    """The suggested grade; `grades` are the sources' letters by family, F for who is not there."""
    letters = sorted(grades.get(family, "F") for family in story.families)
    best = letters[0] if letters else "F"
    digit, why = _digit(story, best)
    return Grade(best, digit, why=why)


def _digit(story: Story, best: Reliability) -> tuple[Credibility, str]:
    independent = len(story.families)
    many = f"{independent} independent sources" if independent > 1 else "one source"
    verdicts = {alert.verdict for alert in story.alerts}
    polarities = {claim.polarity for alert in story.alerts if (claim := alert.lead_claim) is not None}
    claim = story.lead.lead_claim
    if claim is None or claim.modality not in ("fact", "reported"):
        return "6", "it asserts nothing that could be true or false"
    hedged = all(one.modality == "reported" for alert in story.alerts if (one := alert.lead_claim) is not None)
    if len(polarities) > 1:
        return "4", f"{many}, and it is also denied"
    if "contradicts" in verdicts:
        return ("4", f"{many}, against what was known") if independent < 3 else ("3", f"{many}, against what was known")
    if hedged:
        return ("3" if independent > 1 or best < "D" else "6"), f"{many}, all of them hedged"
    if independent >= 3 or (independent == 2 and "confirms" in verdicts):
        return "1", f"{many}, and nothing known against it"
    if independent == 2 or verdicts & {"confirms", "refines"}:
        return "2", f"{many}, and nothing known against it"
    return ("3" if best < "D" else "6"), f"{many}, neither confirmed nor contradicted"
