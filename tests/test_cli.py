from __future__ import annotations

import json

import pytest

from proportion.cli import main
from proportion.commands.checking import FORMATS
from proportion.images import load_picture
from proportion.keypoint_files import read_skeleton
from proportion.paths import ASSETS


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.png", b"not a picture"),
        ("drawing.svg", b"<svg/>"),
        ("skeleton.json", b"{"),
        ("skeleton.json", b'{"image_size": [10, 10], "joints": {"tail": {}}}'),
    ],
)
def test_bad_files_give_one_line_and_status_two(name, content, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(content)
    assert main(["assess", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1 and "Traceback" not in captured.err


def test_a_missing_file_gives_one_line_and_status_two(tmp_path, capsys):
    assert main(["pose", str(tmp_path / "nowhere.png")]) == 2
    assert "nowhere.png" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        "calibrate --data {empty}",
        "evaluate retrieval --data {empty}",
        "train pose --data {empty}",
        "train limbs --data {empty}",
        "train lifter --data {empty} --start {empty}",
        "train matcher --data {empty}",
        "synthesize --data {empty} --out {file} --count 1",
        "batch {empty} --out {file}",
    ],
)
def test_folders_that_hold_nothing_give_one_line_and_status_two(words, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"")
    assert main(words.format(empty=tmp_path / "empty", file=tmp_path / "file").split()) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and str(tmp_path) in captured.err
    assert not list((tmp_path / "empty").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("pose --mean-with {folder}/nowhere", "nowhere"),
        ("limbs --mean-with {folder}", "train pose only"),
        ("matcher --start {folder}", "train pose, limbs, lifter only"),
    ],
)
def test_weights_that_a_network_cannot_start_from_are_refused(words, said, tmp_path, capsys):
    arguments = f"train {words} --data {{folder}} --run {{folder}}/run".format(folder=tmp_path).split()
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_half_of_the_joints_missing_is_said(tmp_path, capsys):
    joints = {
        "head_top": {"x": 10, "y": 10},
        "chin": {"x": 10, "y": 30},
        "left_wrist": {"x": 50, "y": 50},
    }
    path = tmp_path / "skeleton.json"
    path.write_text(json.dumps({"image_size": [100, 100], "joints": joints}))
    assert main(["assess", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_unknown_commands_are_refused():
    with pytest.raises(SystemExit) as stop:
        main(["frobnicate"])
    assert stop.value.code == 2


@pytest.mark.parametrize(
    ("words", "option", "value"),
    [
        ("synthesize --data . --count 1", "--seed", "-3"),
        ("synthesize --data . --count 1", "--people", "1.5"),
        ("synthesize --data .", "--count", "0"),
        ("app", "--port", "99999"),
    ],
)
def test_numbers_that_do_not_do_are_refused_before_anything_is_done(
    words, option, value, tmp_path, capsys
):
    out = ["--out", str(tmp_path / "out")] if words.startswith("synthesize") else []
    with pytest.raises(SystemExit) as refusal:
        main([*words.split(), *out, option, value])
    assert refusal.value.code == 2
    assert f"{option}: '{value}' is not a whole number from " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_missing_data_folder_is_said(tmp_path, capsys):
    out = tmp_path / "out"
    status = main(["synthesize", "--data", str(tmp_path / "none"), "--out", str(out), "--count", "1"])
    assert status == 2 and not out.exists()
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", FORMATS)
def test_joints_are_printed_in_a_format_that_can_be_read_back(name, capsys):
    drawing = ASSETS / "samples" / "sample-4.webp"
    assert main(["pose", str(drawing), "--json", "--format", name]) == 0
    skeleton = read_skeleton(capsys.readouterr().out)
    height, width = load_picture(drawing).shape[:2]
    assert skeleton.image_size == (width, height)
    knees = [skeleton.point(f"{side}_knee") for side in ("left", "right")]
    shoulders = [skeleton.point(f"{side}_shoulder") for side in ("left", "right")]
    assert max(y for _, y in shoulders) < min(y for _, y in knees)
