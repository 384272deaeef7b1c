"""One message when something begins to be wrong, one when it is over, and no other."""

import json
import socket
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, read_settings
from orchestration import alarm_channels, alarms, runs
from orchestration.cli import main
from orchestration.lookups import status
from tests.alarm_servers import Heard, mail_server, webhook

D1 = date(2026, 7, 1)
COLUMNS = (
    "kind, source_name, table_name, column_name, found, expected, since_on, cause, cure"
)


def day(number: int) -> date:
    return D1 + timedelta(days=number)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "home").mkdir()
    return Settings(home=tmp_path / "home")


def overdue(table: str, column: str | None = None) -> tuple:
    source, _, name = table.partition(".")
    return (
        "source_overdue", source, name, column, f"nothing of {name} came",
        "a delivery every day", D1, "The source sent nothing.", "See its export.",
    )  # fmt: skip


def publish(
    settings: Settings, night: date, *rows: tuple, since: date = D1, came: date = D1
) -> None:
    """A version with nothing but its alarms, and a ledger that begins with `since`.

    The last file of the table crm.deals was loaded in the night `came`.
    """
    folder = settings.published / "versions" / f"{night}_0001"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "marts.duckdb")) as connection:
        connection.execute(
            "create schema quality; create table quality.alarms (kind text, source_name"
            " text, table_name text, column_name text, found text, expected text,"
            " since_on date, cause text, cure text)"
        )
        connection.execute(
            "create table quality.nights as select ?::date as as_of", [since]
        )
        connection.execute(
            "create table quality.files as select 'crm' as source_name, 'deals' as"
            " table_name, 'loaded' as status, ?::date as loaded_on",
            [came],
        )
        for row in rows:
            connection.execute(
                f"insert into quality.alarms ({COLUMNS}) values"
                " (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )


def good(settings: Settings, number: int, *rows: tuple) -> None:
    publish(settings, day(number), *rows)
    alarms.after_good_night(settings, day(number))


# --- What is told.


def hooked(settings: Settings, heard: Heard) -> Settings:
    return replace(settings, alarm_webhook=f"http://127.0.0.1:{heard.port}/secret")


def test_an_incident_is_told_when_it_begins_and_when_it_is_over(
    settings: Settings,
) -> None:
    with webhook() as heard:
        told = hooked(settings, heard)
        good(told, 0)
        assert heard.bodies == []
        good(told, 1, overdue("crm.deals"))
        good(told, 2, overdue("crm.deals"))
        good(told, 3, overdue("crm.deals"))
        assert heard.titles == ["crm.deals is overdue, since 2026-07-01"]
        good(told, 4)
        good(told, 5)
        assert heard.titles[1:] == ["resolved: crm.deals is overdue, since 2026-07-01"]
        first, second = heard.bodies
    assert first["text"].splitlines() == [
        "crm.deals is overdue, since 2026-07-01",
        "night of 2026-07-02",
        "",
        "- crm.deals: nothing of deals came; expected: a delivery every day; since"
        " 2026-07-01",
        "",
        "cause: The source sent nothing.",
        "to do: See its export.",
        "all that is open: unavista status",
    ]
    assert first["alarm"]["event"] == "opened"
    assert first["alarm"]["cure"] == "See its export."
    assert second["alarm"]["event"] == "resolved"
    assert second["alarm"]["night"] == "2026-07-05"


def test_the_tables_of_a_source_are_one_message(settings: Settings) -> None:
    with webhook() as heard:
        told = hooked(settings, heard)
        tables = [overdue(f"crm.table_{number}") for number in range(14)]
        good(told, 0, *tables, overdue("shop.orders"))
        assert heard.titles == [
            "crm (14 of its tables or columns) is overdue, since 2026-07-01",
            "shop.orders is overdue, since 2026-07-01",
        ]
        assert "- and 4 more like these" in heard.bodies[0]["text"]
        good(told, 1, *tables[1:], overdue("shop.orders"))
    assert heard.titles[2:] == ["resolved: crm.table_0 is overdue, since 2026-07-01"]


@pytest.mark.parametrize("answer", [500, 302])
def test_a_channel_that_does_not_answer_is_tried_again_the_next_night(
    settings: Settings, capsys: pytest.CaptureFixture[str], answer: int
) -> None:
    with webhook() as heard:
        told = hooked(settings, heard)
        heard.answer = answer
        good(told, 0, overdue("crm.deals"))
        good(told, 1)
        alarms.after_failed_night(told, day(1), "models: it broke")
        assert alarms.waiting_count(told) == 3
        alarms.after_good_night(told, day(1))
        assert "4 messages were not taken yet" in status(told)
        heard.answer = 200
        # Those that wait go with the next night, though that fails or says nothing new.
        alarms.after_failed_night(told, day(2), "models: it broke")
        alarms.after_failed_night(told, day(3), "models: it broke")
        assert [body["alarm"]["event"] for body in heard.bodies] == [
            "opened", "resolved", "opened", "resolved", "opened",
        ]  # fmt: skip
        assert alarms.waiting_count(told) == 0
        gone = heard.port
    told = replace(told, alarm_webhook=f"http://127.0.0.1:{gone}/secret")
    good(told, 4, overdue("a.b"))
    assert alarms.waiting_count(told) == 2


def test_what_a_channel_does_is_said_without_its_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(alarms.progress, "show", lambda _, text: said.append(text))
    with webhook() as heard:
        heard.answer = 404
        good(hooked(settings, heard), 0, overdue("crm.deals"))
    assert said[-1] == (
        "  ! the webhook at 127.0.0.1 answered 404; see UNAVISTA_ALARM_WEBHOOK; it is"
        " tried again the next night"
    )
    assert "secret" not in "".join(said)


def test_silence_is_told_in_seconds(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a port that takes what is sent and says nothing."""
    said: list[str] = []
    monkeypatch.setattr(alarms.progress, "show", lambda _, text: said.append(text))
    monkeypatch.setattr(alarm_channels, "_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        at = f"127.0.0.1:{silent.getsockname()[1]}/"
        for told in (
            replace(settings, alarm_webhook=f"http://{at}"),
            replace(settings, alarm_smtp=f"smtp://{at}?from=cdp@co.de&to=ops@co.de"),
        ):
            good(told, len(said), overdue(f"crm.deals_{len(said)}"))
    words = " within 0.2 seconds; see UNAVISTA_ALARM_"
    assert f"the webhook at 127.0.0.1 did not answer{words}WEBHOOK" in "".join(said)
    assert f"the mail server 127.0.0.1 did not take a message{words}SMTP" in said[-1]


def test_a_mail_says_the_same(settings: Settings) -> None:
    with mail_server() as heard:
        address = (
            f"smtp://cdp%40co.de:pa%2Fss@127.0.0.1:{heard.port}/"
            "?from=cdp@co.de&to=ops@co.de,nobody@co.de"
        )
        told = replace(settings, alarm_smtp=address)
        good(told, 0, overdue("crm.deals"))
        good(told, 1, overdue("crm.deals"))
        good(told, 2)
        auth, opened, _, resolved = heard.bodies
    assert auth.startswith("AUTH PLAIN ")
    assert opened["Subject"] == "unavista: crm.deals is overdue, since 2026-07-01"
    assert (opened["From"], opened["To"]) == ("cdp@co.de", "ops@co.de, nobody@co.de")
    assert "to do: See its export." in opened.get_content()
    assert resolved["Subject"].startswith("unavista: resolved: crm.deals")
    assert alarms.waiting_count(told) == 0


def test_no_password_goes_to_another_machine_without_tls(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarm_channels, "_is_here", lambda _: False)
    with mail_server() as heard:
        address = f"smtp://a:b@127.0.0.1:{heard.port}/?from=cdp@co.de&to=ops@co.de"
        good(replace(settings, alarm_smtp=address), 0, overdue("crm.deals"))
        assert heard.bodies == []
    assert alarms.waiting_count(settings) == 1


def test_nights_that_fail_are_one_incident_until_one_is_published(
    settings: Settings,
) -> None:
    with webhook() as heard:
        told = hooked(settings, heard)
        good(told, 0)
        alarms.after_failed_night(told, day(1), "models: it broke")
        alarms.after_failed_night(told, day(2), "models: it broke again")
        # What failed was told; it was not missed.
        alarms.tell_missed(told, day(3), [day(1), day(2)])
        assert heard.titles == ["nights failed, since 2026-07-02"]
        assert "cause: models: it broke\n" in heard.bodies[0]["text"]
        assert "unavista run --as-of 2026-07-02" in heard.bodies[0]["text"]
        good(told, 3)
    assert heard.titles[1:] == ["resolved: nights failed, since 2026-07-02"]


def test_missed_nights_are_over_when_the_last_is_caught_up(settings: Settings) -> None:
    with webhook() as heard:
        told = hooked(settings, heard)
        good(told, 0)
        for _ in range(2):
            alarms.tell_missed(told, day(3), [day(1), day(2)])
        good(told, 1)
        assert heard.titles == ["nights were missed, since 2026-07-02"]
        assert (
            "to do: unavista run --from 2026-07-02 --to 2026-07-03"
            in heard.bodies[0]["text"]
        )
        good(told, 2)
        assert len(heard.bodies) == 2
        assert alarms.open_incidents(told) == []


def test_a_warehouse_built_anew_says_of_nothing_that_it_is_over(
    settings: Settings,
) -> None:
    good(settings, 5, overdue("crm.deals"))
    for number, came, left in ((6, 6, 1), (7, 6, 1), (8, 8, 0)):
        publish(settings, day(number), since=day(6), came=day(came))
        alarms.after_good_night(settings, day(number))
        assert len(alarms.open_incidents(settings)) == left


def test_a_past_night_run_again_says_nothing_of_sources(settings: Settings) -> None:
    good(settings, 5, overdue("crm.deals"))
    good(settings, 1)
    assert [i.place for i in alarms.open_incidents(settings)] == ["crm.deals"]


def test_no_message_holds_values_or_control_characters(settings: Settings) -> None:
    cause = (
        "models: Conversion Error: Could not convert string 'Ann Lee' to INT32, for"
        " ann.lee@gmx.de, +49 170 1234567, in the night of 2026-07-02 \x1b[2J\nLINE 1:"
        " select 'Bo'"
    )
    with webhook() as heard:
        told = hooked(settings, heard)
        alarms.after_failed_night(told, day(1), cause)
        good(told, 2, overdue("crm.deals", "a\x1b]0;b\x07<!channel>"))
        text = "".join(json.dumps(body) for body in heard.bodies)
        shown = [body["text"] for body in heard.bodies]
    for hidden in ("Ann", "ann.", "gmx", "1234567", "Bo", "\\u001b", "\\u0007"):
        assert hidden not in text, hidden
    assert "in the night of 2026-07-02" in text
    assert "&lt;!channel&gt;" in shown[-1]


def test_of_a_failed_check_its_name_is_told_and_none_of_its_rows(
    settings: Settings,
) -> None:
    alarms.after_failed_night(
        settings,
        day(1),
        "models: not so: a sum is right: name Ann, city Ulm; not so: a sum is right:"
        " name Bo; marts.orders does not pass unique_key_orders_id: id 7; marts.deals"
        " could not be built: Conversion Error: a text Cy is no date",
    )
    [incident] = alarms.open_incidents(settings)
    assert incident.cause == (
        "not so: a sum is right; marts.orders does not pass unique_key_orders_id;"
        " marts.deals could not be built: Conversion Error"
    )


def test_status_lists_what_is_open(settings: Settings) -> None:
    assert "alarms\n  none" in status(settings)
    good(settings, 0, overdue("crm.deals"))
    alarms.after_failed_night(settings, day(1), "models: it broke")
    lines = status(replace(settings, timezone="UTC")).splitlines()
    at = lines.index("alarms")
    assert lines[at + 1 : at + 7] == [
        "  crm.deals: nothing of deals came; expected: a delivery every day; since"
        " 2026-07-01",
        "    The source sent nothing.",
        "    to do: See its export.",
        "  nights: the night of 2026-07-02 failed; what is published stays as it was;"
        " expected: a published version every night; since 2026-07-02",
        "    models: it broke",
        "    to do: Mend the cause, then: unavista run --as-of 2026-07-02",
    ]
    assert "nights were missed, 2026-07-02 to " in lines[at + 7]


def test_a_night_that_does_not_begin_is_told_by_the_command(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook() as heard:
        monkeypatch.setenv("UNAVISTA_HOME", str(settings.home))
        address = f"http://127.0.0.1:{heard.port}/"
        monkeypatch.setenv("UNAVISTA_ALARM_WEBHOOK", address)
        assert main(["run", "--as-of", "2026-07-01", "--no-wait"]) == 1
        assert heard.titles == ["nights failed, since 2026-07-01"]
        assert "there is no landing folder" in heard.bodies[0]["text"]
        assert "logs/" not in heard.bodies[0]["text"]


@pytest.mark.parametrize("begun", [True, False])
def test_a_log_is_named_where_this_night_wrote_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    """Not that of an earlier try, where this one did not come so far."""
    log = settings.logs / "2026-07-01.log"
    settings.logs.mkdir()
    log.write_text("of an earlier try")

    def fail(*_: object) -> None:
        if begun:
            log.write_text("said now")
        raise runs.RunFailed("it broke")

    monkeypatch.setattr(runs, "_run_night", fail)
    with pytest.raises(runs.RunFailed):
        runs.run_night(settings, D1)
    [incident] = alarms.open_incidents(settings)
    kept = " (all that was said is in logs/2026-07-01.log)" * begun
    assert incident.cure == f"Mend the cause{kept}, then: unavista run --as-of {D1}"


# --- What is kept, and what can be set.


def test_the_state_survives_and_a_broken_file_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    good(settings, 0, overdue("crm.deals"))
    file = settings.registry / "alarms.json"
    assert file.stat().st_mode & 0o777 == 0o600
    said: list[str] = []
    monkeypatch.setattr(alarms.progress, "show", lambda _, text: said.append(text))
    file.write_text("{")
    good(settings, 1, overdue("crm.deals"))
    assert "registry/alarms.json cannot be read" in said[0]
    with pytest.raises(ValueError, match="Delete it"):
        alarms.open_incidents(settings)


@pytest.mark.parametrize(
    ("webhook", "smtp"),
    [
        ("hooks.example.com/secret", ""),
        ("http://hooks.example.com/secret", ""),
        ("https://exa mple.com/secret", ""),
        ("https://example.com:port/secret", ""),
        ("", "smtp://a:secret@mail.example.com"),
        ("", "smtp://a:secret@mail.example.com/?from=cdp@co.de"),
        ("", "smtp://a:secret@mail.example.com/?from=cdp@co.de&to=ops"),
        ("", "https://a:secret@mail.example.com/?from=cdp@co.de&to=ops@co.de"),
        ("", "smtp://a:secret@mail.example.com/?from=cdp@co.de&to=a@b.de%0aBcc:c@d.de"),
    ],
)
def test_an_address_that_cannot_be_is_named_without_its_secret(
    webhook: str, smtp: str
) -> None:
    settings = Settings(home=Path("/"), alarm_webhook=webhook, alarm_smtp=smtp)
    [problem] = alarm_channels.problems(settings)
    assert problem.startswith("UNAVISTA_ALARM_")
    assert "secret" not in problem + repr(settings)
    assert alarm_channels.channels(settings) == {}


def test_addresses_that_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNAVISTA_ALARM_WEBHOOK", "https://hooks.example.com/T/B")
    monkeypatch.setenv("UNAVISTA_ALARM_SMTP", "smtps://mail.de/?from=a@b.de&to=c@d.de")
    settings = read_settings()
    assert list(alarm_channels.problems(settings)) == []
    assert set(alarm_channels.channels(settings)) == {"webhook", "smtp"}
