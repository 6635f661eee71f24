"""What a wrong setting is told: its key and what is allowed there, in the language in use.

Loaded only when a file is wrong; pydantic's own words are English and name no values.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from crm_tui.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo

_UNION: Final = (Union, types.UnionType)


def explain(path: Path, model: type[BaseModel], error: ValidationError) -> str:
    """One line for every fault of the file, the first three of them."""
    found = dict.fromkeys(
        _fault(model, fault["loc"], fault["type"])
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )
    return _("{file}: {faults}").format(file=path, faults="; ".join(list(found)[:3]))


def _fault(model: type[BaseModel], location: Sequence[int | str], kind: str) -> str:
    place = _follow(model, location)
    known = isinstance(place.annotation, type) and issubclass(place.annotation, BaseModel)
    if kind == "extra_forbidden" and known:
        return _("{key}: there is no such setting; there are {names}").format(
            key=place.key, names=", ".join(place.annotation.model_fields)
        )
    return _("{key}: allowed is {allowed}").format(key=place.key, allowed=place.allowed())


class _Place:
    """A setting of the model: its key as the file spells it, and its type."""

    def __init__(self, annotation: Any, key: str = "", limits: Sequence[Any] = ()) -> None:
        self.key = key
        self.limits = [*limits, *getattr(annotation, "__metadata__", ())]
        self.annotation = get_args(annotation)[0] if _is_annotated(annotation) else annotation

    def allowed(self) -> str:
        """What may stand there, in words."""
        return _allowed(self.annotation, self.limits)

    def inside(self, part: int | str) -> _Place | None:
        """The setting `part` of this one; None when the model knows no such place."""
        if isinstance(part, int):
            items = get_args(self.annotation) if get_origin(self.annotation) is list else ()
            return _Place(items[0], f"{self.key}[{part + 1}]") if items else None
        key = f"{self.key}.{part}" if self.key else part
        if get_origin(self.annotation) is dict:
            return _Place(get_args(self.annotation)[1], key)
        fields: Mapping[str, FieldInfo] = getattr(self.annotation, "model_fields", {})
        if part in fields:
            return _Place(fields[part].annotation, key, fields[part].metadata)
        # A key that is not there: what its table knows is told.
        return _Place(self.annotation, key) if fields else None


def _follow(model: type[BaseModel], location: Sequence[int | str]) -> _Place:
    """Where `location` leads; the names of a union's members at its end are left out."""
    place = _Place(model)
    for part in location:
        further = place.inside(part)
        if further is None:
            break
        place = further
    return place


def _allowed(annotation: Any, limits: Sequence[Any]) -> str:
    origin, members = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(json.dumps(member) for member in members)
    if origin in _UNION:
        members = tuple(member for member in members if member is not type(None))
        return _("a number") if float in members else _allowed(members[0], limits)
    if origin is list:
        return _("a list of tables") if _is_table(members[0]) else _('a list, like ["v", "f5"]')
    if origin is dict or _is_table(annotation):
        return _("a table")
    return _simple(annotation, limits)


def _simple(annotation: Any, limits: Sequence[Any]) -> str:
    if annotation is bool:
        return _("true or false")
    if annotation is int:
        low, high = _bound(limits, "ge"), _bound(limits, "le")
        if low is not None and high is not None:
            return _("a whole number from {low} to {high}").format(low=low, high=high)
        return _("a whole number")
    return _("text in quotation marks")


def _bound(limits: Sequence[Any], name: str) -> Any:
    return next((getattr(one, name) for one in limits if hasattr(one, name)), None)


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_annotated(annotation: Any) -> bool:
    return get_origin(annotation) is Annotated
