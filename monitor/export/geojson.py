"""Stories on a map: a GeoJSON FeatureCollection (RFC 7946), each story at its base, with how sure the position is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from monitor.export.stories import place_of, story_record
from monitor.feeds.clean import safe
from monitor.language.lexicon import world
from monitor.model import Board, Story

# How many decimals a position of each certainty is worth: 100 m, 1 km, 10 km.
_DECIMALS = {"high": 3, "medium": 2, "low": 1}
_METRES = {"high": 2_000, "medium": 10_000, "low": 50_000}


def collection(board: Board, stories: Iterable[Story]) -> dict[str, Any]:
    """One feature a story, newest first. A story that names no base has no geometry: `place` says where it is about."""
    features = [_feature(story) for story in stories]
    points = [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]]
    found: dict[str, Any] = {"type": "FeatureCollection"}
    if points:
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        found["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    found["generated"] = board.now.isoformat()
    found["features"] = features
    return found


def _feature(story: Story) -> dict[str, Any]:
    record = story_record(story, reports=False)
    claim = story.lead.lead_claim
    facility = place_of(claim.facility if claim else None)
    where = (claim.place or claim.country) if claim else None
    geometry = None
    record["precision"], record["uncertainty_m"] = "none", None
    record["place_name"] = safe(world().label(where)) if where else None
    record["facility_name"] = facility.name if facility else None
    if facility is not None and facility.lat is not None and facility.lon is not None:
        decimals = _DECIMALS.get(facility.coords, 1)
        geometry = {"type": "Point", "coordinates": [round(facility.lon, decimals), round(facility.lat, decimals)]}
        record["precision"], record["uncertainty_m"] = facility.coords, _METRES.get(facility.coords, 50_000)
    return {"type": "Feature", "id": story.id, "geometry": geometry, "properties": record}
