"""The shape of a datapackage.json: what every other rule takes for granted of it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from rebuilt.errors import DataError

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
# Below the descriptor's own folder: no root, no way up.
_STEP = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
Inside = Annotated[str, Field(pattern=rf"^{_STEP}(/{_STEP})*$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Column(_Part):
    name: Annotated[str, Field(min_length=1)]
    type: Literal["string", "number", "integer", "date"] = "string"


class _Schema(_Part):
    fields_: Annotated[list[_Column], Field(alias="fields", min_length=1)]


class _File(_Part):
    name: Name
    path: Inside


class _Table(_File):
    schema_: Annotated[_Schema, Field(alias="schema")]


class _Package(_Part):
    resources: list[_Table]
    files: list[_File] = []
    freeze_date: Day | None = None
    note_date: Day | None = None


_ADAPTER = TypeAdapter(_Package)


def described(content: Any, where: str) -> dict[str, Any]:
    """Return the content of a descriptor as it is, once its shape is known to be right.

    Raises
    ------
    DataError
        If it is of another shape; the sentence names the first property that is.
    """
    try:
        _ADAPTER.validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        found = first["input"] if isinstance(first["input"], str | int | float) else ""
        shown = f" is {found!r}" if found != "" else ""
        raise DataError(f"{where}: {place}{shown}: {first['msg']}") from None
    return dict(content)
