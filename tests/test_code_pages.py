"""Files that are not UTF-8: the code page is found in their words, or asked for."""

from pathlib import Path

import pytest

from ingestion.files import code_pages
from ingestion.files.plain import Refused
from ingestion.tables import Column, Source, Table
from tests.conftest import Home
from tests.test_loading import assert_accounted, load

NAMES = {
    "de": ("Jürgen Müller", "Björn Groß", "Köln", "Jäger", "Weiß", "Großschönau"),
    "fr": ("Hélène Lefèvre", "François", "Noël", "Cœur", "créée", "Besançon"),
    "es": ("José Núñez", "Málaga", "Begoña", "García", "Martínez"),
    "pt": ("João Conceição", "São Paulo", "Antônio", "Simões"),
    "it": ("Città di Castello", "Nicolò", "perché"),
    "da": ("Bjørn", "Håkon", "Kjær", "Søren", "Ærø"),
    "sv": ("Åsa Öberg", "Göteborg", "Västerås", "Malmö"),
    "is": ("Guðrún Þórsdóttir", "Ísafjörður"),
    "en": ("Men’s jacket", "Don’t", "O’Neil", "Brand™", "2020–2021", "12 €"),
    "pl": ("Łukasz Wójcik", "Łódź", "Gdańsk", "Święcicki Żółć", "Jabłoński"),
    "cs": ("Jiří Novák", "Plzeň", "Tomáš Dvořák", "Třebíč", "Čapek", "Žáková"),
    "hu": ("Győr", "Kőszegi Győző", "Szűcs László", "Kovács Ernő"),
    "ro": ("Brăila", "Ştefan", "Iaşi", "Constanţa"),
    "hr": ("Ivić", "Božić", "Kovačić", "Đurić"),
    "ru": ("Иван Петров", "Ольга Смирнова", "МОСКВА"),
    "uk": ("Андрій Їжак", "Київ"),
    "el": ("Γιώργος Παπαδόπουλος", "Αθήνα"),
    "tr": ("Ayşe Yılmaz", "Şişli", "Öztürk Çağlar", "İstanbul"),
    "ja": ("山田太郎", "佐藤花子", "ソニー表示", "Tシャツ"),
    "zh": ("王小明", "北京", "上海市"),
    "ko": ("김철수", "서울특별시", "부산"),
}
WESTERN = ("de", "fr", "es", "pt", "it", "da", "sv", "is")
WRITTEN = [
    *(("windows-1252", "cp1252", language) for language in (*WESTERN, "en")),
    *(("mac-roman", "mac_roman", n) for n in WESTERN if n != "is"),
    *(("windows-1250", "cp1250", n) for n in ("pl", "cs", "hu", "ro", "hr")),
    *(("windows-1251", "cp1251", n) for n in ("ru", "uk")),
    ("iso-8859-2", "iso8859_2", "pl"), ("koi8-r", "koi8_r", "ru"),
    ("windows-1253", "cp1253", "el"), ("windows-1254", "cp1254", "tr"),
    ("shift-jis", "cp932", "ja"), ("gb18030", "gb18030", "zh"),
    ("euc-kr", "cp949", "ko"),
]  # fmt: skip


def sales(items: tuple[str, ...]) -> str:
    rows = (f"{n},{item},{n},2026-01-31\n" for n, item in enumerate(items, 1))
    return "sale_id,item,pieces,sold_at\n" + "".join(rows)


def items(home: Home, table: str = "raw_till.sales") -> tuple[str, ...]:
    found = home.warehouse(f"select item from {table} order by sale_id::integer")
    return tuple(item for (item,) in found)


@pytest.mark.parametrize(("page", "codec", "language"), WRITTEN)
def test_names_come_out_as_they_were_written(
    home: Home, page: str, codec: str, language: str
) -> None:
    home.deliver("till/sales/a.csv", sales(NAMES[language]).encode(codec))
    assert load(home).messages == []
    assert items(home) == NAMES[language]
    assert home.warehouse("select read_as from raw_ledger.files") == [(page,)]
    assert_accounted(home)


@pytest.mark.parametrize("language", ["de", "pl", "ru", "ja", "el"])
@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_with_and_without_its_mark(
    home: Home, codec: str, language: str
) -> None:
    home.deliver("till/sales/a.csv", sales(NAMES[language]).encode(codec))
    assert load(home).messages == []
    assert items(home) == NAMES[language]
    [(read_as,)] = home.warehouse("select read_as from raw_ledger.files")
    assert read_as.startswith("utf-16")


ORDERS = Source(
    "till", "Headings with an accent.",
    (Table("sales", "sales/*", (
        Column("sale_id", required=True, headings=("Número", "№", "Größe")),
        Column("item", headings=("Descrição", "Имя")),
    )),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "codec", "item"),
    [
        ("Número;Descrição", "cp1252", "Peça"),
        ("Número;Descrição", "mac_roman", "Pão"),
        ("№;Имя", "cp1251", "Иван"), ("Größe;item", "cp1252", "x"),
    ],
)  # fmt: skip
def test_a_required_heading_with_an_accent_is_found(
    home: Home, headings: str, codec: str, item: str
) -> None:
    home.deliver("till/sales/a.csv", f"{headings}\n1;{item}\n".encode(codec))
    assert load(home, ORDERS).messages == []
    assert items(home) == (item,)


TIED = "sale_id,item,pieces,sold_at\n1,Kör,1,2026-01-31\n2,Bõr,1,2026-01-31\n"


def decide(home: Home, path: str, decision: str) -> None:
    file = home.path / "decisions" / "files.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"path,decision\n{path},{decision}\n")


@pytest.mark.parametrize("path", ["till/sales/a.csv", "till/sales", "till"])
def test_what_reads_well_in_two_pages_waits_for_a_decision(
    home: Home, path: str
) -> None:
    home.deliver("till/sales/a.csv", TIED.encode("cp1252"))
    [message] = load(home).messages
    assert "reads as well in windows-1252 as in windows-1250" in message
    assert "windows-1250" in message and "decisions/files.csv" in message
    decide(home, path, "windows-1250")
    assert load(home).messages == []
    assert items(home) == ("Kör", "Bőr")


def test_the_other_files_of_the_table_settle_it(home: Home) -> None:
    home.deliver("till/sales/a.csv", TIED.encode("cp1252"))
    home.deliver("till/sales/b.csv", sales(NAMES["hu"]).encode("cp1250"))
    assert load(home).messages == []
    assert ("Bőr",) in home.warehouse("select item from raw_till.sales")


def test_words_of_no_known_page_are_refused(home: Home) -> None:
    text = sales(("Hélène Lefèvre", "François", "Noël"))
    home.deliver("till/sales/a.csv", text.encode("cp850"))
    [message] = load(home).messages
    assert "refused: it is not UTF-8, and 3 of its values are words in no" in message
    decide(home, "till/sales", "ibm-850")
    assert load(home).messages == []
    assert items(home) == ("Hélène Lefèvre", "François", "Noël")


def test_a_byte_that_the_page_does_not_have_costs_its_row(home: Home) -> None:
    many = sales(("Müller", "Köln", "Jäger") * 50).encode("cp1252")
    home.deliver("till/sales/a.csv", many + b"151,\x81,1,2026-01-31\n")
    [message] = load(home).messages
    assert "1 of 151 rows quarantined" in message
    assert items(home) == ("Müller", "Köln", "Jäger") * 50
    assert_accounted(home)


@pytest.mark.parametrize("language", ["de", "ru", "ja", "zh"])
def test_utf_8_with_a_broken_row_is_utf_8(home: Home, language: str) -> None:
    content = sales(NAMES[language]).encode() + b"99,K\xf6ln,1,2026-01-31\n"
    home.deliver("till/sales/a.csv", content)
    [message] = load(home).messages
    assert "rows quarantined" in message
    assert items(home) == NAMES[language]


def test_the_language_of_the_headings_speaks_for_a_page(tmp_path: Path) -> None:
    rows = "Szõke Örs\nTóth Zsófia\nSzékesfehérvár\n".replace("õ", "ő")
    file = tmp_path / "a.csv"
    for head in ("Vezetéknév,Város,Utca,Név,Cím\n", "Name,City\n"):
        file.write_bytes((head + rows).encode("cp1250"))
        assert code_pages.code_page(file) == "windows-1250", head


def test_two_thousand_values_are_enough(tmp_path: Path) -> None:
    """Beyond them nothing is asked: a file of any size is looked at as long."""
    file = tmp_path / "a.csv"
    lines = (f"{n},Jürgen {n} Müller\n" for n in range(20_000))
    file.write_bytes("".join(lines).encode("cp1252"))
    assert code_pages.code_page(file) == "windows-1252"
    file.write_bytes(b"1,a\xd7\xf7b\xb1\xa4c\xa7d\n" * 3)
    with pytest.raises(Refused, match="in no code page that is known"):
        code_pages.code_page(file)
