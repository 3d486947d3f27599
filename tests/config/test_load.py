from __future__ import annotations

import os
from pathlib import Path

import pytest

from postiquette.config.load import load_configuration
from postiquette.errors import InputError


def load(tmp_path: Path, text: str):
    file = tmp_path / "postiquette.toml"
    file.write_text(text, encoding="utf-8")
    return load_configuration(file)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    return [str(problem).replace(str(tmp_path) + os.sep, "") for problem in caught.value.problems]


def test_every_mistake_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """\
[service]
timezone = "Europe/Amsterdm"
databse = "x"

[policy]
ratio = "0:0"
window = { posts = 20, dayz = 30 }

[accounts.foo]
site = "sandbox"
slots = ["Mon-Fry 09:00"]

[[posts]]
id = "a"
account = "foo"
text = '''
looks = "like a key"
'''

[[posts]]
id = "b"
account = "foo"
text = "x"
at = 2026-12-01
""",
    )
    assert found == [
        "postiquette.toml:2 → service → timezone: unknown time zone 'Europe/Amsterdm'; "
        'expected an IANA name such as "Europe/Amsterdam" or "UTC"',
        "postiquette.toml:3 → service → databse: unknown key 'databse'; did you mean 'database'?",
        'postiquette.toml:6 → policy → ratio: "0:0" would need no value posts at all; the second number must be 1 or more',
        "postiquette.toml:7 → policy → window → dayz: unknown key 'dayz'; did you mean 'days'?",
        "postiquette.toml:11 → accounts → foo → slots → 0: 'Mon-Fry' is no weekday; "
        "expected Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily",
        "postiquette.toml:24 → posts → 1 → at: expected a date and a time such as 2026-12-01T09:00:00, "
        "got '2026-12-01'",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[policy]\nratio = 4", 'expected "asks:values" such as "1:4", got 4'),
        ('[policy]\nratio = "3:2"', "asks more often than it gives"),
        ("[policy]\nwindow = {}", "expected posts, days or both"),
        ('[policy]\npreset = "80-20"', "unknown preset '80-20'"),
        ("[policy]\ngrace = -1", "greater than or equal to 0, got -1"),
        ('[policy]\non_excess = ["rewrit"]', "did you mean 'rewrite'?"),
        ('[publishing]\nsettle = "soon"', 'expected a duration such as "90s"'),
        ('[browser]\nremote = "ws://10.1.2.3:80/x"', "expected wss:// or https://, or a loopback address"),
        ('[service]\ndatabase = "mysql://x"', "should match pattern"),
        ('posts = "none"', "expected a list in brackets, got 'none'"),
        (
            "[policy]\nwindow = 20",
            "policy → window: expected a table in braces, as in window = { posts = 20, days = 30 }, got 20",
        ),
        (
            '[policy.rules]\ntoo-long = "stop"',
            "too-long → action: expected one of allow, hold, block, off, got 'stop'",
        ),
        ('[[posts]]\nid = "a"\naccount = "x"', "expected either `text` or `thread`"),
        ('[[posts]]\nid = "a"\naccount = "x"\ntext = ""', "the text is empty"),
        ('[[posts]]\nid = "a b"\naccount = "x"\ntext = "t"', "should match pattern"),
        ('[[posts]]\nid = "a"\naccount = "x"\ntext = "t"\nkind = "value"', "a label can only tighten"),
        ('[[posts]]\nid = "a"\naccount = "x"\ntext = "a\\u0000b"', "U+0000 at position 1 cannot be published"),
        ('[[posts]]\nid = "a"\naccount = "x"\ntext = "t"\nallow = { too-long = " " }', "a waiver needs its reason"),
        ("[service", "this is not valid TOML"),
    ],
)
def test_what_is_wrong_and_what_was_expected(tmp_path: Path, text: str, expected: str) -> None:
    [found] = problems(tmp_path, text)
    assert expected in found


def test_ten_megabytes_of_text_are_one_line_of_error(tmp_path: Path) -> None:
    [found] = problems(tmp_path, '[[posts]]\nid = "a"\naccount = "x"\ntext = "' + "x" * 10_000_000 + '"')
    assert "the text has 10,000,000 characters; no site takes more than 100,000" in found
    assert len(found) < 200


def test_a_binary_file_is_no_configuration(tmp_path: Path) -> None:
    file = tmp_path / "postiquette.toml"
    file.write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    with pytest.raises(InputError, match="not a UTF-8 text file"):
        load_configuration(file)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_configuration(tmp_path / "nothing.toml")
    assert "postiquette init" in (caught.value.hint or "")


ACCOUNT = '[accounts.board]\nsite = "sandbox"\npassword = "from the file"\n[policy]\nratio = "1:4"\n'


def test_environment_over_secrets_over_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "accounts__board__password").write_text("from the folder\n")
    monkeypatch.setenv("POSTIQUETTE_SECRETS_DIR", str(secrets))
    configuration = load(tmp_path, ACCOUNT)
    assert configuration.settings.accounts["board"].secret("password") == "from the folder"
    assert configuration.settings.accounts["board"].site == "sandbox"
    monkeypatch.setenv("POSTIQUETTE_ACCOUNTS__BOARD__PASSWORD", "from the environment")
    monkeypatch.setenv("POSTIQUETTE_POLICY__RATIO", "1:9")
    configuration = load(tmp_path, ACCOUNT)
    assert configuration.settings.accounts["board"].secret("password") == "from the environment"
    assert str(configuration.settings.policy.ratio) == "1:9"


def test_a_mistake_in_the_environment_is_placed_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTIQUETTE_POLICY__RATIO", "often")
    [found] = problems(tmp_path, ACCOUNT)
    assert found.startswith("environment variable POSTIQUETTE_POLICY__RATIO")


def test_secrets_are_never_repeated(tmp_path: Path) -> None:
    configuration = load(tmp_path, ACCOUNT)
    assert "from the file" not in repr(configuration.settings)
    [found] = problems(tmp_path, "[accounts.board]\nsite = 'sandbox'\npassword = 12345")
    assert "12345" not in found


def test_the_database_lies_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert load(tmp_path, "").database_file == tmp_path / "postiquette.db"
