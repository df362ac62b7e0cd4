"""feeds.yml as a JSON Schema: what editors complete and check while one writes, and what the reference is made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from monitor.schema.sections import FeedSection, NotifySection, PollingSection, RuleSection, TopSection, UiSection

NAME = "feeds.schema.json"
_ITEMS: dict[str, type[BaseModel]] = {"feeds": FeedSection, "rules": RuleSection, "notify": NotifySection}

_PARTS: dict[str, type[BaseModel]] = {"ui": UiSection, "polling": PollingSection}


def json_schema() -> dict[str, Any]:
    """The schema of the whole file, JSON Schema 2020-12. What is shown by it is a subset of what `config check` finds:
    it knows no rule language, no environment and no other file."""
    wanted: tuple[type[BaseModel], ...] = (TopSection, *_PARTS.values(), *_ITEMS.values())
    _, schema = models_json_schema([(model, "validation") for model in wanted], by_alias=True)
    definitions = schema["$defs"]
    top = definitions.pop("TopSection")
    for name, model in _ITEMS.items():
        # One type with null beside it, not two shapes to choose from: an editor then names the very key that is wrong.
        _replace(top, name, {"type": ["array", "null"], "items": {"$ref": f"#/$defs/{model.__name__}"}})
    for name, model in _PARTS.items():
        _replace(top, name, {"anyOf": [{"$ref": f"#/$defs/{model.__name__}"}, {"type": "null"}]})
    words = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    _replace(top, "lists", {"type": ["object", "null"], "additionalProperties": words})
    rule = definitions["RuleSection"]
    rule["oneOf"] = [{"required": ["when"]}, {"required": ["keywords"]}]
    plain: dict[str, Any] = _untitled(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", **top, "title": "feeds.yml", "$defs": definitions}
    )
    return plain


def _replace(section: dict[str, Any], name: str, shape: dict[str, Any]) -> None:
    described = section["properties"][name]
    section["properties"][name] = {**shape, "description": described["description"], "default": None}


def _untitled(node: Any) -> Any:
    """Without the titles that are made of the keys' names: an editor would show each key twice."""
    if isinstance(node, list):
        return [_untitled(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _untitled(value) for key, value in node.items()}
    properties = kept.get("properties")
    if isinstance(properties, dict):
        for described in properties.values():
            described.pop("title", None)
    return kept
