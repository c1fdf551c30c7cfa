"""The files of a platform's profile: found, read, laid over one another, and checked with file and line.

`flows/platforms/NAME.toml` comes with Milepost, `<config_dir>/platforms/NAME.toml` is the user's own and is laid over
it value by value: a table is merged, any other value replaces.
"""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import ProfileError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
Where = tuple[str | int, ...]
"""Where a value stands in a profile: `("rules", "fees", 0, "name")`."""


class Part(BaseModel):
    """A table of a profile: its fields are all there are, and they never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class ProfileFiles:
    """A profile's files, the built-in one first, and their values laid over one another."""

    name: str
    paths: tuple[Path, ...]
    layers: tuple[Mapping[str, Any], ...]
    data: Mapping[str, Any]

    def place_of(self, at: Where) -> tuple[Path, int]:
        """The file that decides a value, and the line of it (1 where the value stands in no line of its own)."""
        for path, layer in reversed(tuple(zip(self.paths, self.layers, strict=True))):
            if _holds(layer, at):
                return path, _line_of(path.read_text(encoding="utf-8"), at)
        return self.paths[0], 1

    @property
    def digest(self) -> str:
        """A digest of every value of the profile: another one after any change of any of its files."""
        text = json.dumps(self.data, sort_keys=True, default=str, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def known_platforms(config_dir: Path | None) -> tuple[str, ...]:
    """The names of all platforms there is a profile for, in order."""
    folders = _folders(config_dir)
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml") if is_name(path.stem)}))


def find_profile(name: str, config_dir: Path | None) -> list[Path]:
    """The files of a profile, the built-in one first. `ProfileError` names near platforms where there is none."""
    if is_name(name):
        found = [path for folder in _folders(config_dir) if (path := folder / f"{name}.toml").is_file()]
        if found:
            return found
    known = known_platforms(config_dir)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known platforms: {', '.join(known) or 'none'}"
    raise ProfileError(f"there is no platform named {name!r}", where=name, hint=hint)


def built_in(name: str) -> Path | None:
    """The file of a profile that comes with Milepost; None for a platform of the user's own."""
    paths = [folder / f"{name}.toml" for folder in _folders(None)] if is_name(name) else []
    return next((path for path in paths if path.is_file()), None)


def load_files(name: str, config_dir: Path | None) -> ProfileFiles:
    """Read and lay over one another the files of a profile. `ProfileError` for a missing file or broken TOML."""
    return lay_over(name, find_profile(name, config_dir))


def lay_over(name: str, paths: Sequence[Path]) -> ProfileFiles:
    """The profile that these files make, the last of them laid on top. `ProfileError` for broken TOML."""
    layers = [_read(path) for path in paths]
    data: Mapping[str, Any] = {}
    for layer in layers:
        data = _overlay(data, layer)
    return ProfileFiles(name, tuple(paths), tuple(layers), data)


Model = TypeVar("Model", bound=BaseModel)


def fit(model: type[Model], data: object, files: ProfileFiles, at: Where = ()) -> Model:
    """Check a part of a profile against its model. All problems come in one `ProfileError`."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = []
        for item in error.errors(include_url=False):
            where = at + _real_path(item["loc"], data)
            path, line = files.place_of(where)
            field = ".".join(map(str, where)) or "(file)"
            problems.append(f"{path}:{line}: {field}: {item['msg']}{_near(item, model)}")
        raise ProfileError(
            f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the profile {files.name}:\n  "
            + "\n  ".join(problems),
            where=", ".join(map(str, files.paths)),
            hint="mend the file, then `milepost profile check` shows what is left",
        ) from None


def _real_path(loc: Sequence[str | int], data: object) -> Where:
    """The part of a pydantic location that stands in the file (it adds names of unions and keys of its own)."""
    steps: list[str | int] = []
    for step in loc:
        if isinstance(data, Mapping):
            steps.append(step)
            data = data.get(step)
        elif isinstance(data, list | tuple) and isinstance(step, int) and step < len(data):
            steps.append(step)
            data = data[step]
    return tuple(steps)


def _near(item: Mapping[str, Any], model: type[BaseModel]) -> str:
    if item["type"] != "extra_forbidden":
        return ""
    near = difflib.get_close_matches(str(item["loc"][-1]), _field_names(model), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


@lru_cache
def _field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """The names of all fields of a model and of the models inside it."""
    return tuple(dict.fromkeys(_walk_names(model)))


def _walk_names(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        parts = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _walk_names(part)


def is_name(name: str) -> bool:
    """Whether a platform can be called so."""
    return _NAME.fullmatch(name) is not None


def _folders(config_dir: Path | None) -> list[Path]:
    """Where profiles may be: the package's folder, found without importing it, then the user's."""
    spec = importlib.util.find_spec("flows")
    places = [Path(place) / "platforms" for place in (spec.submodule_search_locations or ())] if spec else []
    return places + ([config_dir / "platforms"] if config_dir else [])


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path} cannot be read: {error}", where=str(path), hint="check the file") from error
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path} is not TOML: {error}", where=str(path), hint="mend that line first") from error


def _overlay(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _overlay(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _holds(data: object, at: Where) -> bool:
    for step in at:
        inside = step in data if isinstance(data, Mapping) else isinstance(data, list) and step in range(len(data))
        if not inside:
            return False
        data = data[step]  # type: ignore[index]  # `inside` says it can be
    return True


def _line_of(text: str, at: Where) -> int:
    """The line of a key: the last one seen whose table and key are the nearest to the wanted path."""
    wanted = tuple(step for step in at if isinstance(step, str))
    table: tuple[str, ...] = ()
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = here = _keys(header[1])
        elif key := re.match(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""", line):
            here = table + _keys(key[1])
        else:
            continue
        if here == wanted[: len(here)] and len(here) > depth:
            best, depth = number, len(here)
    return best


def _keys(text: str) -> tuple[str, ...]:
    return tuple(bare or quoted for quoted, bare in re.findall(r"""["']([^"']*)["']|([\w-]+)""", text))
