"""The directory of kept results: whole or not there, and never from another's hand."""

from __future__ import annotations

import marshal
import os
from pathlib import Path

import pytest

from monitor import cache, kept
from monitor.cache import Directory

NAME = kept.name_of("rules", "x")
VALUE = {"a": (1, frozenset({"b"}), 1 << 200), "ع": [None, b"\x00", 1.5]}


@pytest.fixture
def place(tmp_path: Path) -> Directory:
    made = Directory(tmp_path / "cache" / "compiled")
    made.put(NAME, VALUE)
    return made


def file(place: Directory) -> Path:
    return place.path / NAME


def test_a_value_comes_back_in_another_process_s_hands(place: Directory) -> None:
    assert Directory(place.path).get(NAME) == VALUE
    assert [path.name for path in place.path.iterdir()] == [NAME], "nothing else is left"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system knows no owners")
def test_only_its_user_may_look(place: Directory) -> None:
    assert place.path.stat().st_mode & 0o777 == 0o700
    assert file(place).stat().st_mode & 0o777 == 0o600


def test_every_damage_is_as_if_nothing_were_there(place: Directory) -> None:
    whole = file(place).read_bytes()
    for at in range(0, len(whole), 3):
        file(place).write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert place.get(NAME) is None
        file(place).write_bytes(whole[:at])
        assert place.get(NAME) is None
    file(place).write_bytes(whole + b"\0")
    assert place.get(NAME) is None
    file(place).write_bytes(marshal.dumps(VALUE))
    assert place.get(NAME) is None


def test_another_interpreters_file_is_not_read(place: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_HEAD", b"monitor 0.0 another-1\n")
    assert place.get(NAME) is None


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system knows no owners")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read(place: Directory, mode: int) -> None:
    file(place).chmod(mode)
    assert place.get(NAME) is None


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system knows no owners")
def test_a_directory_that_others_may_write_is_not_used(place: Directory) -> None:
    place.path.chmod(0o777)
    assert place.get(NAME) is None
    place.put(kept.name_of("rules", "y"), 1)
    assert len(list(place.path.iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="the system knows no owners")
def test_another_users_file_is_not_read(place: Directory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: file(place).stat().st_uid + 1)
    assert place.get(NAME) is None


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="the system knows no links of this kind")
def test_no_link_is_followed(place: Directory, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    file(place).rename(elsewhere)
    file(place).symlink_to(elsewhere)
    assert place.get(NAME) is None
    linked = Directory(tmp_path / "link")
    linked.path.symlink_to(place.path)
    assert linked.get(NAME) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system knows no pipes of this kind")
def test_a_pipe_in_its_place_keeps_nobody_waiting(place: Directory) -> None:
    file(place).unlink()
    os.mkfifo(file(place))
    assert place.get(NAME) is None


def test_a_place_that_cannot_be_made_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    place = Directory(tmp_path / "file" / "compiled")
    place.put(NAME, VALUE)
    assert place.get(NAME) is None


def test_what_was_of_no_use_for_long_goes_and_nothing_else_does(place: Directory) -> None:
    mine, half, used = place.path / "notes", place.path / f".{NAME}.{'0' * 16}", place.path / kept.name_of("facts", "y")
    for path in (mine, half, used):
        path.write_bytes(b"")
    for path, days in ((file(place), 31), (mine, 31), (half, 2), (used, 20)):
        at = path.stat().st_mtime - days * 86_400
        os.utime(path, (at, at))
    place.put(kept.name_of("rules", "z"), 1)
    left = {path.name for path in place.path.iterdir()}
    assert left == {mine.name, used.name, kept.name_of("rules", "z")}


def test_use_keeps_a_file_young(place: Directory) -> None:
    at = file(place).stat().st_mtime - 20 * 86_400
    os.utime(file(place), (at, at))
    assert place.get(NAME) == VALUE
    assert file(place).stat().st_mtime > at + 86_400


@pytest.mark.parametrize("word", ["off", "OFF", "none", "0"])
def test_it_can_be_switched_off(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_place", [Directory(Path("x"))])
    assert cache.attach({"MONITOR_CACHE": word}) == ""
    assert cache.attached() == ""


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_place", [kept.Nowhere()])
    assert cache.attach({"MONITOR_CACHE": str(tmp_path)}) == str(tmp_path / "compiled") == cache.attached()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert "monitor" in cache.attach({})
