"""What `monitor init` writes: a feeds.yml with every key explained, the seeds, and the schema for editors."""

from __future__ import annotations

import json
import re
from pathlib import Path

from monitor.errors import InputError
from monitor.schema.published import NAME as SCHEMA, json_schema

HEADER = f"""\
# yaml-language-server: $schema={SCHEMA}
# What `monitor` watches, and for what. Written by `monitor init`; it is yours: change anything.
# After a change run `monitor config check`: every mistake is shown with its line, nothing is half used. A monitor that
# is running takes the change over by itself.
#
# To add a feed of your own, run `monitor feeds add SITE`, or copy this under `feeds:` without the leading "# " (only id
# and url are needed; where `feeds: []` stands, delete the brackets):
#
#   - id: my-feed                       # your name for it: small letters, digits, hyphens; never used twice
#     url: https://example.org/rss.xml  # ${{NAME}} is replaced by the environment variable NAME
#     name: My Feed                     # what the screen shows
#     lang: en                          # en ar fa ckb kmr ku tr he ru fr or another code; ku: the script decides
#     tz: Asia/Baghdad                  # for dates that name no offset
#     country: IQ                       # two capitals
#     region: iraq                      # a word to filter by
#     family: my-publisher              # feeds of one publisher share it and count as one source
#     kind: independent                 # independent state pro-government party official wire
#     reliability: F                    # A (best) to E; F: not judged
#     interval: 15m                     # 90s 15m 2h 1d; left out: as often as the feed has news
#     enabled: true                     # false: keep it, do not poll it
#     allow_private: false              # true: the address may be inside your own network
#     headers: {{Authorization: "Bearer ${{MY_TOKEN}}"}}
#
# To watch for words of your own, copy this under `rules:` (where that says `rules: []`, delete the brackets):
#
#   - id: my-words
#     severity: medium                  # low medium high critical
#     keywords: [carrier strike group, "حاملة طائرات"]
#
# To add words to a list that the rules use, or with a leading minus take one away, write under `lists:`
#
#   handover: ["relieve in place", "-turnover"]
#
# To be told outside the screen (bell, command, webhook, apprise):
#
# notify:
#   - {{when: severity>=high, channel: bell}}
#   - {{when: severity>=high, channel: command, run: [notify-send, "{{title}}"]}}

"""
BODY = """\
user: null             # who reviews; null: the account you are logged in with
store: null            # null: store.db in the data directory; else a path (from this file), or postgresql://...

shipped_feeds: true    # the feeds that come with the program, beside yours; false: only yours
feeds: []

shipped_rules: true    # the rules that come with the program, beside yours; false: only yours
lists: {}
rules: []
"""


_OR = "postgresql://..., or null: store.db in the data directory"


def write_starter(source: Path, folder: Path, *, whole: bool = False, store: str | None = None) -> list[Path]:
    """Writes a feeds.yml, the seed articles and the schema for editors, and returns what was written.

    Args:
        source: the folder of the shipped feeds.yml and seeds/.
        folder: where to.
        whole: with a copy of every shipped feed and rule, to be changed; else the shipped ones are only named.
        store: the `store:` of it; None: the one in the data directory.

    Raises:
        InputError: one of the files is there already (nothing is then written), or cannot be written.
    """
    body = _without_head((source / "feeds.yml").read_text(encoding="utf-8")) if whole else BODY
    if store is not None:
        body = re.sub(
            r"(?m)^store: null +#.*$", f"store: {store}        # beside this file; or another path, {_OR}", body
        )
    schema = json.dumps(json_schema(), indent=2) + "\n"
    files = {folder / "feeds.yml": (HEADER + body).encode(), folder / SCHEMA: schema.encode()}
    for seed in sorted((source / "seeds").glob("*")):
        if seed.is_file():
            files[folder / "seeds" / seed.name] = seed.read_bytes()
    for path in files:
        if path.exists():
            raise InputError(f"{path} is there already and is not overwritten; move it away, or choose another folder.")
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; choose another folder.") from error
    return list(files)


def _without_head(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), 0) :])
