"""A brief as Markdown and as one HTML page without script: what strangers wrote stays text in both.

The one importer of jinja2. The page may load nothing at all; its style is permitted by its hash alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from monitor.export.brief import Brief, Held, Source, Told

_MARKS = re.compile(r"([\\`*_\[\]<>|~&])")
_AT_THE_START = re.compile(r"^([-+#=:]|\d{1,9}(?=[.)]))")


def html(brief: Brief) -> str:
    """One page, to be opened in a browser, mailed or printed."""
    from jinja2 import DictLoader, Environment, StrictUndefined, select_autoescape

    folder = files(__package__)
    template = folder.joinpath("brief.html").read_text(encoding="utf-8")
    style = folder.joinpath("brief.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=DictLoader({"brief.html": template}),
        autoescape=select_autoescape(("html",), default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return environment.get_template("brief.html").render(brief=brief, policy=policy, style=style, rtl=_RTL)


_RTL = frozenset({"ar", "fa", "ckb", "he"})


def markdown(brief: Brief) -> str:
    """The same as CommonMark, in which foreign text can make no link, heading or markup."""
    lines = [
        f"# {_md(brief.title)}",
        "",
        f"Made {_md(brief.made)} by {_md(brief.user)}. Baseline {_md(brief.baseline)}.",
    ]
    lines += [f"{brief.stories}: {_md(brief.chosen)}.", "", f"**Feeds.** {_md(brief.feeds)}"]
    lines += [f"- {_md(sick)}" for sick in brief.sick]
    if brief.overdue:
        lines += ["", "## Overdue", "", *(f"- {_md(item)}" for item in brief.overdue)]
    for section in brief.sections:
        lines += ["", f"## {_md(section.name)}"]
        for story in section.stories:
            lines += ["", *_story(story)]
    if not brief.sections:
        lines += ["", "No story fits."]
    head = f"`{brief.chain}`" if brief.chain else "none yet"
    lines += ["", "---", "", f"{brief.decisions} decisions in the journal; hash of the last: {head}", ""]
    return "\n".join(lines)


def _story(story: Told) -> list[str]:
    told = f"{story.severity.upper()} · {story.verdict} · {story.gloss or story.title}"
    counts = f"{story.counts}; {story.review}" + (f"; graded {story.grade}" if story.grade else "")
    lines = [f"### {_md(told)}", "", f"{_md(story.title)}", "", f"Story `{story.id}` · {_md(counts)}", ""]
    lines += [f"- {_md(reason)}" for reason in story.reasons]
    if story.quote:
        lines += ["", f"> {_md(story.quote)}", ">", f"> matched by {_md(story.rules)}"]
    if story.against:
        lines += ["", "Against the baseline:", "", *(_held(held) for held in story.against)]
    lines += ["", "| source | grade | published | report | SHA-256 of the item |", "|---|---|---|---|---|"]
    lines += [_source(source) for source in story.sources]
    lines += ["", *(f"- note: {_md(note)}" for note in story.notes)] if story.notes else []
    return lines


def _held(held: Held) -> str:
    return (
        f"- {_md(held.subject)}, {_md(held.attribute)}: {_md(held.value)} "
        f"({_md(held.source)}, as of {held.as_of}): “{_md(held.passage)}”"
    )


def _source(source: Source) -> str:
    title = f"[{_md(source.title)}](<{_address(source.url)}>)" if source.url else _md(source.title)
    revised = f", revised {source.revisions} times" if source.revisions else ""
    return (
        f"| {_md(source.name)} ({_md(source.family)}, {_md(source.kind)}) | {source.grade} | "
        f"{_md(source.published)}{revised} | {title} | `{source.sha256}` |"
    )


def _md(text: str) -> str:
    """Text in which nothing is markup: marks are escaped, line breaks are blanks."""
    escaped = _MARKS.sub(r"\\\1", " ".join(text.split()))
    return _AT_THE_START.sub(lambda found: f"&#{ord(found[0][0])};{found[0][1:]}", escaped)


def _address(url: str) -> str:
    return url.replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace("\\", "%5C").replace(" ", "%20")
