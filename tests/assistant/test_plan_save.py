"""Saving plans: nothing is written over, nothing is there by half, and a change of somebody else's is not lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.plans import save as plan_save
from assistant.plans.save import check_new, save_new, save_over


def test_a_new_file_is_written_whole_and_leaves_nothing_beside_it(tmp_path) -> None:
    save_new(tmp_path / "plan.toml", b"one\n")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("plan.toml", b"one\n")]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_nothing_is_written_over(tmp_path, kind) -> None:
    path = tmp_path / "plan.toml"
    if kind == "file":
        path.write_bytes(b"mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="nothing is written over it"):
        save_new(path, b"other")
    assert [each.name for each in tmp_path.iterdir()] == ["plan.toml"]
    assert not path.is_file() or path.read_bytes() == b"mine"


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path, monkeypatch) -> None:
    path = tmp_path / "plan.toml"
    write_beside = plan_save._write_beside

    def somebody_else_is_first(where: Path, content: bytes) -> Path:
        path.write_bytes(b"theirs")
        return write_beside(where, content)

    monkeypatch.setattr(plan_save, "_write_beside", somebody_else_is_first)
    with pytest.raises(UsageError, match="nothing is written over it"):
        save_new(path, b"mine")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("plan.toml", b"theirs")]


def test_where_there_are_no_links_it_is_renamed(tmp_path, monkeypatch) -> None:
    def no_links(*_args: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    save_new(tmp_path / "plan.toml", b"one")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("plan.toml", b"one")]


def test_a_folder_that_is_not_there_is_said_before_anything_is_done(tmp_path) -> None:
    with pytest.raises(UsageError, match="its folder does not exist"):
        check_new(tmp_path / "none" / "plan.toml")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UsageError, match="its folder does not exist"):
        check_new(tmp_path / "file" / "plan.toml")


def test_replacing_keeps_mode_and_link_and_a_change_of_somebody_else_s(tmp_path) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "link.toml"
    real.write_bytes(b"was")
    real.chmod(0o640)
    link.symlink_to(real)
    save_over(link, b"is", b"was")
    assert (link.is_symlink(), real.read_bytes(), real.stat().st_mode & 0o777) == (True, b"is", 0o640)
    with pytest.raises(UsageError, match="was changed meanwhile"):
        save_over(link, b"lost", b"was")
    assert real.read_bytes() == b"is"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.toml", "real.toml"]


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(b"was")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        save_over(path, b"is", b"was")
    with pytest.raises(UsageError, match="No space left on device"):
        save_new(tmp_path / "new.toml", b"is")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("plan.toml", b"was")]
