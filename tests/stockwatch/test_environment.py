"""A bad setting stops the start with one line that names the setting and the mend."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRINT = "from stockwatch import settings; print(repr(settings.{}))"


def read(name, tmp_path, **variables):
    environment = {**os.environ, "STOCKWATCH_DATA": str(tmp_path), **variables}
    return subprocess.run(
        [sys.executable, "-c", PRINT.format(name)],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("PORT", "http", "write a whole number from 1 to 65535"),
        ("PORT", "0", "write a whole number from 1 to 65535"),
        ("PORT", "65536", "write a whole number from 1 to 65535"),
        ("DEBUG", "perhaps", "write on or off"),
        ("POLL_SECONDS", "0.05", "write a number from 0.1 to 3600"),
        ("POLL_SECONDS", "nan", "write a number from 0.1 to 3600"),
        ("QUOTE_MAX_AGE", "-1", "write a whole number from 0"),
        ("TENCENT_URL", "qt.gtimg.cn", "write one such as https://qt.gtimg.cn"),
        ("LANGUAGE_CODE", "fr", "write one of en, zh-hans"),
        ("TIME_ZONE", "Shanghai", "write a name such as Asia/Shanghai"),
        ("TIME_ZONE", "localtime", "write a name such as Asia/Shanghai"),
        ("CSRF_TRUSTED_ORIGINS", "stocks.example", "write https://stocks.example"),
        ("DATABASE_URL", "mysql://localhost/stocks", "write postgres://"),
        ("DATABASE_URL", "stocks", "write postgres://"),
        ("DATABASE_URL", "postgres://", "names no database"),
        ("REDIS_URL", "localhost:6379", "write redis://"),
        ("REDIS_URL", "redis://[", "write redis://"),
        ("REDIS_URL", "redis://localhost:abc", "write redis://"),
        ("TENCENT_URL", "http://[x", "write one such as https://qt.gtimg.cn"),
        ("CSRF_TRUSTED_ORIGINS", "https://[", "write one such as https://stocks.example"),
        ("STOCKWATCH_DATA", "/dev/null/data", "name another folder"),
        ("SOURCE_BUDGETS", "tencent", "write a list such as tencent=1200,sina=300"),
        ("SOURCE_BUDGETS", "tencent=-1", "write a list such as tencent=1200,sina=300"),
        ("SOURCE_BUDGETS", "tencent=１", "write a list such as tencent=1200,sina=300"),
        ("REPLAY_SPEED", "1001", "write a number from 0.1 to 1000"),
        ("VAPID_KEY", "secret", "leave it unset"),
        ("EMAIL_URL", "mail.example", "write one such as smtps://user:password@mail.example:465"),
    ],
)
def test_a_bad_setting_is_refused_in_one_line(tmp_path, name, value, mend):
    answer = read("BASE_DIR", tmp_path, **{name: value})

    assert answer.returncode == 1
    assert answer.stdout == ""
    [line] = answer.stderr.splitlines()
    assert line.startswith(f"stockwatch: setting {name}: ")
    assert mend in line


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        ("PORT", "8100", "8100"),
        ("PORT", "", "8000"),
        ("POLL_SECONDS", "0.1", "0.1"),
        ("QUOTE_SOURCES", " tencent, ,demo ", "['tencent', 'demo']"),
        ("TENCENT_URL", "http://127.0.0.1:9/", "'http://127.0.0.1:9'"),
        ("DEBUG", "on", "True"),
        ("SOURCE_BUDGETS", " tencent = 1200,sina=3", "{'tencent': 1200, 'sina': 3}"),
        ("TIME_ZONE", "", "'Asia/Shanghai'"),
    ],
)
def test_a_good_setting_is_read(tmp_path, name, value, read_as):
    answer = read(name, tmp_path, **{name: value})

    assert (answer.stdout.strip(), answer.stderr) == (read_as, "")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"QUOTE_SOURCES": "nasdaq"}, "QUOTE_SOURCES: 'nasdaq' is not known, write alpaca, "),
        (
            {"QUOTE_SOURCES": "demo,sina"},
            "QUOTE_SOURCES: demo has prices that are not the market's",
        ),
        ({"QUOTE_SOURCES_US": "sina"}, "QUOTE_SOURCES: demo has prices that are not the market's"),
        ({"QUOTE_SOURCES_HK": "nasdaq"}, "QUOTE_SOURCES_HK: 'nasdaq' is not known, write alpaca, "),
        (
            {"QUOTE_SOURCES": "sina", "QUOTE_SOURCES_HK": "demo,sina"},
            "QUOTE_SOURCES_HK: demo has prices",
        ),
        (
            {"QUOTE_SOURCES_CN": "alpaca", "ALPACA_KEY": "k", "ALPACA_SECRET": "s"},
            "QUOTE_SOURCES_CN: alpaca does not serve this market, leave it out",
        ),
        ({"QUOTE_SOURCES_US": "alpaca"}, "ALPACA_KEY: alpaca cannot be asked without it"),
        ({"QUOTE_SOURCES": "replay"}, "REPLAY_FILES: replay cannot be asked without it"),
        (
            {"QUOTE_SOURCES": "replay", "REPLAY_FILES": "nowhere.csv"},
            "REPLAY_FILES: nowhere.csv: cannot be read as CSV: ",
        ),
        (
            {"QUOTE_SOURCES": "replay", "REPLAY_FILES": "README.md"},
            "REPLAY_FILES: README.md: line 1: the columns must be those of snapshots",
        ),
        ({"QUOTE_SOURCES": "alpaca"}, "ALPACA_KEY: alpaca cannot be asked without it"),
        ({"SOURCE_BUDGETS": "nasdaq=5"}, "SOURCE_BUDGETS: 'nasdaq' is not known, write alpaca, "),
    ],
)
def test_sources_that_cannot_be_used_stop_the_start_in_one_line(tmp_path, variables, line):
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "STOCKWATCH_DATA": str(tmp_path), **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert answer.returncode == 1
    [said] = answer.stderr.splitlines()
    assert said.startswith(f"stockwatch: setting {line}")


@pytest.mark.parametrize(
    ("name", "file", "length"), [("SECRET_KEY", "secret-key", 67), ("VAPID_KEY", "vapid-key", 43)]
)
def test_a_key_is_made_once_and_kept_private(tmp_path, name, file, length):
    first, second = (read(name, tmp_path, **{name: ""}).stdout.strip() for _ in range(2))

    assert first == second
    assert len(first) == length + len("''")
    assert (tmp_path / file).stat().st_mode & 0o777 == 0o600


def test_the_data_folder_is_made_for_its_owner_alone(tmp_path):
    folder = tmp_path / "new" / "data"

    assert read("STOCKWATCH_DATA", tmp_path, STOCKWATCH_DATA=str(folder)).returncode == 0
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_readme_lists_every_setting():
    code = (ROOT / "stockwatch" / "settings.py").read_text("utf-8")
    read = re.findall(r"(?:environment|mail_server)\.\w+\(\s*\"([A-Z0-9_]+)\"", code)
    rows = re.findall(
        r"^\| (`[A-Z][^|]*) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert set(read) == set(re.findall("[A-Z][A-Z0-9_]+", " ".join(rows)))
