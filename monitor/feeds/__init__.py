"""From a URL to plain entries: fetch, read, clean, and decide when to ask again.

`fetch` alone talks to the network (with `network`, `inflate`, `wishes`, `causes`), `parse` alone knows feedparser (with
`document`, `dates`, `jsonfeed`); `clean` and `schedule` are pure. Nothing is imported here, a start stays cheap.
"""
