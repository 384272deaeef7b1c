"""Reports of four advertising networks, each laid out as its own download is."""

import csv
import shutil
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.files.load import ensure_ledger, load_source
from ingestion.settings import Settings
from ingestion.sources import google_ads, linkedin_ads, meta_ads, microsoft_ads
from tests.conftest import Home

SOURCES = [m.SOURCE for m in (google_ads, meta_ads, linkedin_ads, microsoft_ads)]
DBT = Path(sys.executable).with_name("dbt")
FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)

# Headings, and the first cell of the totals.
GOOGLE = {
    "11": (
        "Tag,Kampagnen-ID,Kampagne,Kampagnentyp,Währungscode,Impr.,Klicks,Kosten,"
        "Conversions,Conv.-Wert",
        "Gesamt: Konto",
    ),
    "12": (
        "Jour,ID de la campagne,Campagne,Type de campagne,Code de devise,Impr.,Clics,"
        "Coût,Conversions,Valeur de conv.",
        "Total\u00a0: compte",
    ),
    "13": (
        "Día,ID de la campaña,Campaña,Tipo de campaña,Código de moneda,Impr.,Clics,"
        "Coste,Conversiones,Valor de conv.",
        "Total: cuenta",
    ),
    "14": (
        "Giorno,ID campagna,Campagna,Tipo di campagna,Codice valuta,Impr.,Clic,Costo,"
        "Conversioni,Valore conv.",
        "Totale: account",
    ),
    "15": (
        "Dag,Campagne-ID,Campagne,Campagnetype,Valutacode,Vert.,Klikken,Kosten,"
        "Conversies,Conv.waarde",
        "Totaal: account",
    ),
    "16": (
        "Dia,ID da campanha,Campanha,Tipo de campanha,Código da moeda,Impr.,Cliques,"
        "Custo,Conversões,Valor da conv.",
        "Total: conta",
    ),
}
META = {
    "21": "Berichtsstart,Berichtsende,Kampagnen-ID,Kampagnenname,Ergebnisse,Reichweite,"
    "Impressionen,Link-Klicks,Ausgegebener Betrag (EUR)",
    "22": "Début des rapports,Fin des rapports,ID de la campagne,Nom de la campagne,"
    "Résultats,Couverture,Impressions,Clics sur un lien,Montant dépensé (EUR)",
    "23": "Inicio del informe,Fin del informe,Identificador de la campaña,"
    "Nombre de la campaña,Resultados,Alcance,Impresiones,Clics en el enlace,"
    "Importe gastado (EUR)",
    "24": "Inizio dei report,Fine dei report,ID campagna,Nome della campagna,Risultati,"
    "Copertura,Impression,Clic sul link,Importo speso (EUR)",
    "25": "Start rapportage,Einde rapportage,Campagne-ID,Campagnenaam,Resultaten,"
    "Bereik,Weergaven,Klikken op links,Besteed bedrag (EUR)",
    "26": "Início dos relatórios,Encerramento dos relatórios,"
    "Identificação da campanha,Nome da campanha,Resultados,Alcance,Impressões,"
    "Cliques no link,Valor usado (EUR)",
}

GOOGLE_BY_DEVICE = """\
Campaign report
"June 1, 2026 - June 1, 2026"
Day,Campaign ID,Campaign,Campaign type,Device,Currency code,Impr.,Clicks,Cost,\
Conversions,Conv. value
2026-06-01,1,Brand,Search,Computers,EUR,"1,000",10,"1,010.50",1.33,20.00
2026-06-01,1,Brand,Search,Mobile phones,EUR,500,5,5.25,0.67, --
2026-06-01,2,Total: a name,Search,Computers,EUR,40,4,4.00, --, --
Total: Search, --, --, --, --,EUR,"1,540",19,"1,019.75",2.00,20.00
Total: Account, --, --, --, --,EUR,"1,540",19,"1,019.75",2.00,20.00
"""
GOOGLE_RESTATED = """\
Campaign report
"June 1, 2026 - June 2, 2026"
Day,Campaign ID,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost,Conversions
2026-06-01,1,Brand,Search,EUR,"1,501",15,"1,016.00",3.00
2026-06-02,1,Brand,Search,EUR,100,2,7.00, --
Total: Account, --, --, --,EUR,"1,601",17,"1,023.00",3.00
"""
# The first column is not the day: the totals stand in the first all the same.
GOOGLE_BY_AD_GROUP = """\
Ad group report
June 1, 2026 - June 1, 2026
Campaign status|Campaign|Campaign ID|Ad group|Day|Currency code|Cost|Impr.|Clicks
Enabled|Tents|3|Small|2026-06-01|EUR|1,000.00|300|3
Enabled|Tents|3|Large|2026-06-01|EUR|0.40|200| --
Total: Ad groups| --| --| --| --|EUR|1,000.40|500|3
"""
GOOGLE_OF_A_MANAGER = """\
Campaign report
"June 1, 2026 - June 1, 2026"
Account name,Day,Campaign ID,Campaign,Currency code,Cost (Converted currency),\
Converted currency code,Impr.,Clicks
Shop Poland,2026-06-01,4,Namioty,PLN,25.00,EUR,70,7
Total: Account, --, --, --, --,25.00,EUR,70,7
"""
META_BY_AD_SET = """\
\ufeff"Reporting starts","Reporting ends","Campaign ID","Campaign name","Ad set name",\
"Campaign delivery","Attribution setting",Results,Reach,Impressions,"Link clicks",\
"Amount spent (EUR)"
2026-06-01,2026-06-01,,,,0,,5,900,1200,24,31.5
2026-06-01,2026-06-01,1201,Boots,Women,active,7-day click,3,400,500,10,10.25
2026-06-01,2026-06-01,1201,Boots,Men,active,7-day click,2,300,400,8,9.25
2026-06-01,2026-06-01,1202,Socks,All,inactive,7-day click,,200,300,6,12
2026-06-01,2026-06-01,,Nameless,All,active,7-day click,,1,1,1,1
2026-06-01,2026-06-30,1202,Socks,All,active,7-day click,90,5000,9000,180,360
"""
# Broken down by day, under the period of the whole report.
META_BY_DAY = """\
Campaign name,Day,Campaign ID,Reach,Impressions,Link clicks,Amount spent (USD),\
Reporting starts,Reporting ends
,,,900,1000,20,30.00,2026-06-01,2026-06-02
Hats,2026-06-01,1203,400,500,9,14.00,2026-06-01,2026-06-02
Hats,2026-06-02,1203,450,500,11,16.00,2026-06-01,2026-06-02
"""
LINKEDIN = """\
Campaign Performance Report (in UTC)
Report Start: June 1, 2026, 12:00 AM
Report End: June 2, 2026, 11:59 PM
Date Generated: June 3, 2026, 8:15 AM

Start Date (in UTC)|Account Name|Currency|Campaign Group Name|Campaign Name|\
Campaign ID|Campaign Type|Total Spent|Impressions|Clicks|Average CTR|Conversions
6/1/2026|Shop|EUR|All|Guides|301|Sponsored Update|1,234.50|10,000|200|2%|3
6/2/2026|Shop|EUR|All|Guides|301|Sponsored Update|10.25|500|4|0.8%|0
"""
MICROSOFT = """\
\ufeff"Report Name: Campaign performance"
"Report Time: 6/1/2026,6/2/2026"
"Time Zone: (GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"
"Last Completed Available Day: 6/3/2026 6:20:00 AM (GMT)"
"Last Completed Available Hour: 6/3/2026 6:20:00 AM (GMT)"
"Report Aggregation: Daily"
"Report Filter: "
"Potential Incomplete Data: false"
"Rows: 3"

"Gregorian date","Account name","Campaign name","Campaign ID","Campaign type",\
"Device type","Currency code","Impressions","Clicks","Spend","Conversions","Revenue"
"2026-06-01","Shop","Stoves","401","Search & content","Computer","EUR","1200","12",\
"1,012.50","2","1,100.00"
"2026-06-01","Shop","Stoves","401","Search & content","Smartphone","EUR","800","8",\
"4.50","1","10.00"
"2026-06-02","Shop","Stoves","401","Search & content","Computer","EUR","100","1",\
"0.75","0","0.00"

"©2026 Microsoft Corporation. All rights reserved. "
"""


def tabs(text: str) -> bytes:
    """As programs write it that mean a spreadsheet: UTF-16 with a mark, and tabs."""
    return text.replace("|", "\t").replace("\n", "\r\n").encode("utf-16")


def deliver(home: Home) -> None:
    for number, (headings, total) in GOOGLE.items():
        row = '"1.234",56,"1.234,56","3,50","99,90"\n'
        if number == "12":
            row = row.replace("1.", "1\u202f")
        home.deliver(
            f"google_ads/campaigns/report {number}.csv",
            f'Report\n"1 - 1"\n{headings}\n2026-06-01,{number},Own,Search,EUR,{row}'
            f"{total}, --, --, --,EUR,{row}",
        )
    for number, headings in META.items():
        row = "3,400,500,10,1234.56\n"
        home.deliver(
            f"meta_ads/campaigns/report {number}.csv",
            f"{headings}\n2026-06-01,2026-06-01,,,{row}"
            f"2026-06-01,2026-06-01,{number},Own,{row}",
        )
    for name, content in {
        "google_ads/campaigns/Campaign report 2026-06-01.csv": GOOGLE_BY_DEVICE,
        "google_ads/campaigns/Campaign report 2026-06-02.csv": GOOGLE_RESTATED,
        "google_ads/campaigns/Ad group report.csv": tabs(GOOGLE_BY_AD_GROUP),
        "google_ads/campaigns/All accounts.csv": GOOGLE_OF_A_MANAGER,
        "meta_ads/campaigns/Ad sets.csv": META_BY_AD_SET,
        "meta_ads/campaigns/Days.csv": META_BY_DAY,
        "linkedin_ads/campaigns/campaign_performance_report.csv": tabs(LINKEDIN),
        "microsoft_ads/campaigns/Campaign.csv": MICROSOFT.replace("\n", "\r\n"),
    }.items():
        home.deliver(name, content)


def build(home: Home) -> None:
    """Load the networks' files and build what is made of them."""
    settings = Settings(home=home.path)
    home.path.mkdir(parents=True, exist_ok=True)
    ensure_ledger(settings)
    for source in SOURCES:
        load_source(settings, source, date(2026, 7, 1))
    home.dbt("build", "--select", "+ad_performance", "--indirect-selection", "cautious")


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("networks") / "home")
    deliver(home)
    build(home)
    return home


def days(home: Home, source: str) -> list[tuple]:
    """Its rows of the published table, numbers as text."""
    return home.warehouse(
        "select campaign_id, active_on, campaign_name, currency, cost_amount::varchar,"
        " impression_count, click_count, claimed_conversion_count::varchar"
        f" from marts.ad_performance where source_name = '{source}' order by all"
    )


def test_google_sums_a_file_and_takes_the_newest(networks: Home) -> None:
    found = [row for row in days(networks, "google_ads") if row[0] not in GOOGLE]
    assert found == [
        ("1", FIRST, "Brand", "EUR", "1016.00", 1501, 15, "3.00"),
        ("1", SECOND, "Brand", "EUR", "7.00", 100, 2, None),
        ("2", FIRST, "Total: a name", "EUR", "4.00", 40, 4, None),
        ("3", FIRST, "Tents", "EUR", "1000.40", 500, 3, None),
        ("4", FIRST, "Namioty", "EUR", "25.00", 70, 7, None),
    ]


def test_google_reads_the_languages_of_its_downloads(networks: Home) -> None:
    found = [row for row in days(networks, "google_ads") if row[0] in GOOGLE]
    assert found == [
        (number, FIRST, "Own", "EUR", "1234.56", 1234, 56, "3.50") for number in GOOGLE
    ]
    assert networks.warehouse(
        "select campaign_type, claimed_conversion_amount::varchar, count(*)"
        " from marts.ad_performance"
        " where source_name = 'google_ads' and campaign_name = 'Own' group by all"
    ) == [("Search", "99.90", len(GOOGLE))]


def test_google_s_totals_are_kept_in_raw(networks: Home) -> None:
    assert networks.warehouse(
        "select count(*) from raw_google_ads.campaigns"
        " where try_cast(day as date) is null"
    ) == [(len(GOOGLE) + 5,)]


def test_meta_sums_ad_sets_and_leaves_the_account_s_row_out(networks: Home) -> None:
    found = [row for row in days(networks, "meta_ads") if row[0] not in META]
    assert found == [
        ("1201", FIRST, "Boots", "EUR", "19.50", 900, 18, "5.00"),
        ("1202", FIRST, "Socks", "EUR", "12.00", 300, 6, None),
        ("1203", FIRST, "Hats", "USD", "14.00", 500, 9, None),
        ("1203", SECOND, "Hats", "USD", "16.00", 500, 11, None),
    ]
    # People reached by two ad sets may be the same people.
    assert networks.warehouse(
        "select campaign_id, reach_count from staging.stg_meta_ads__campaign_days"
        " where campaign_id in ('1201', '1202') order by 1"
    ) == [("1201", None), ("1202", 200)]


def test_meta_reads_the_languages_of_its_downloads(networks: Home) -> None:
    found = [row for row in days(networks, "meta_ads") if row[0] in META]
    assert found == [
        (number, FIRST, "Own", "EUR", "1234.56", 500, 10, "3.00") for number in META
    ]


def test_what_is_no_campaign_s_day_goes_to_quarantine(networks: Home) -> None:
    """A campaign without its id, and a row that is a whole month's."""
    found = networks.warehouse(
        "select source_name, line, error from raw_ledger.rejects order by all"
    )
    assert [row[:2] for row in found] == [("meta_ads", 6), ("meta_ads", 7)]
    assert "campaign_id" in found[0][2]
    assert "reporting_ends" in found[1][2]


def test_every_file_is_accounted_for(networks: Home) -> None:
    files = networks.warehouse(
        "select path, status, rows_read - rows_loaded - rows_quarantined"
        " from raw_ledger.files"
    )
    assert len(files) == len(GOOGLE) + len(META) + 8
    assert {row[1:] for row in files} == {("loaded", 0)}


def test_linkedin_s_spreadsheet_is_read(networks: Home) -> None:
    assert days(networks, "linkedin_ads") == [
        ("301", FIRST, "Guides", "EUR", "1234.50", 10000, 200, "3.00"),
        ("301", SECOND, "Guides", "EUR", "10.25", 500, 4, "0.00"),
    ]


def test_microsoft_s_report_is_read_without_its_footer(networks: Home) -> None:
    assert days(networks, "microsoft_ads") == [
        ("401", FIRST, "Stoves", "EUR", "1017.00", 2000, 20, "3.00"),
        ("401", SECOND, "Stoves", "EUR", "0.75", 100, 1, "0.00"),
    ]
    assert networks.warehouse(
        "select active_on, claimed_conversion_amount::varchar"
        " from marts.ad_performance where source_name = 'microsoft_ads' order by 1"
    ) == [(FIRST, "1110.00"), (SECOND, "0.00")]


def test_a_row_without_any_cost_goes_to_quarantine(home: Home) -> None:
    head = "Day,Campaign ID,Campaign,Cost\n"
    rows = "2026-06-01,1,Own, --\n2026-06-01,2,Own,1.00\n"
    home.deliver("google_ads/campaigns/a.csv", head + rows)
    home.deliver("google_ads/campaigns/b.csv", "Day,Campaign ID\n2026-06-01,1\n")
    loaded = load_source(Settings(home=home.path), google_ads.SOURCE, date(2026, 7, 1))
    assert (sum(loaded.rows_loaded.values()), loaded.rows_quarantined) == (1, 1)
    said = "".join(loaded.messages)
    assert "b.csv: refused: " in said
    assert "it has none of Cost" in said


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_heading_stands_for_two_columns(source) -> None:
    [table] = source.tables
    headings = Counter(
        heading.lower()
        for column in table.columns
        for heading in {column.name, *(text.lower() for text in column.headings)}
    )
    assert [heading for heading, count in headings.items() if count > 1] == []
    assert len(table.column_names) == len(set(table.column_names))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def totals_of(rows: list[dict[str, str]], spent: str, shown: str) -> tuple:
    cost = sum(Decimal(row[spent] or 0) for row in rows)
    return cost, sum(int(row[shown] or 0) for row in rows)


def test_tables_of_the_apis_are_read_to_the_cent(home: Home, real_data: Path) -> None:
    google = real_data / "google_ads" / "campaign_stats_data.csv"
    linkedin = real_data / "linkedin_ads" / "linkedin_ad_analytics_by_campaign_data.csv"
    ads = real_data / "meta_ads" / "facebook_ads_basic_ad_data.csv"
    history = real_data / "meta_ads" / "facebook_ads_ad_history_data.csv"
    landing = home.path / "landing"
    for name, file in {"google_ads": google, "linkedin_ads": linkedin}.items():
        (landing / name / "campaigns").mkdir(parents=True)
        shutil.copy(file, landing / name / "campaigns")
    # The API gives figures by ad: the campaign of each is added, as one would ask it.
    meta = home.deliver("meta_ads/campaigns/ads.csv", "")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select ads.*, campaign_id from read_csv('{ads}') as ads"
            f" inner join (select distinct id, campaign_id from read_csv('{history}'))"
            f" on ad_id = id) to '{meta}'"
        )
    build(home)

    micros, google_shown = totals_of(rows_of(google), "cost_micros", "impressions")
    found = {
        source: rest
        for source, *rest in home.warehouse(
            "select source_name, sum(cost_amount), sum(impression_count), count(*)"
            " from marts.ad_performance group by all"
        )
    }
    assert found == {
        "google_ads": [micros / 1_000_000, google_shown, len(rows_of(google))],
        "linkedin_ads": [
            *totals_of(rows_of(linkedin), "cost_in_local_currency", "impressions"),
            len(rows_of(linkedin)),
        ],
        "meta_ads": [
            *totals_of(rows_of(meta), "spend", "impressions"),
            len({(row["date"], row["campaign_id"]) for row in rows_of(meta)}),
        ],
    }
    assert home.warehouse("select count(*) from raw_ledger.rejects") == [(0,)]
