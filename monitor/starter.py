"""What `monitor init` writes above the shipped feeds and rules: every key of feeds.yml once, for its new owner."""

from __future__ import annotations

HEADER = """\
# What `monitor` watches, and for what. Written by `monitor init`; it is yours: change anything.
# After a change run `monitor config check`: every mistake is shown with its line, nothing is half used.
#
# To add a feed of your own, copy this under `feeds:` without the leading "# " (only id and url are needed):
#
#   - id: my-feed                       # your name for it: small letters, digits, hyphens; never used twice
#     url: https://example.org/rss.xml  # ${NAME} is replaced by the environment variable NAME
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
#     headers: {Authorization: "Bearer ${MY_TOKEN}"}
#
# To watch for words of your own, copy this under `rules:` (where that says `rules: []`, delete the brackets):
#
#   - id: my-words
#     severity: medium                  # low medium high critical
#     keywords: [carrier strike group, "حاملة طائرات"]
#
# The rules below are the shipped ones. In a file with only your own, `shipped_rules: true` has them beside yours.
#
# To add words to a list that the rules use, or with a leading minus take one away, write under `lists:`
#
#   handover: ["relieve in place", "-turnover"]
#
# To be told outside the screen (read and checked; not sent yet):
#
# notify:
#   - {when: severity>=high, channel: bell}
#   - {when: severity>=high, channel: command, run: [notify-send, "{title}"]}

"""
