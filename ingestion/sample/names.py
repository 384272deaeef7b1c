"""Pools of names, towns, phone codes per country."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """One country; `towns` are (town, first part of its postcodes, dial code)."""

    code: str
    english: str
    abbreviation: str
    dial: str
    locale: str
    share: float
    tax_percent: int
    first_names: list[str]
    last_names: list[str]
    towns: list[tuple[str, str, str]]
    streets: list[str]
    mobile_codes: list[str]
    mailboxes: list[str]


def _listed(text: str) -> list[str]:
    return text.split(",")


def _pairs(heads: str, tails: str) -> list[str]:
    return [head + tail for head in heads.split() for tail in tails.split()]


def _towns(text: str) -> list[tuple[str, str, str]]:
    rows = (entry.split("/") for entry in text.split(", "))
    return [(town, postcode, dial) for town, postcode, dial in rows]


_GERMAN_FIRST = (
    "Anna Johannes Katharina Friedrich Wilhelm Elisabeth Alexander Maximilian Susanne "
    "Jürgen Sabine Thomas Monika Stefan Petra Michael Claudia Andreas Heike Wolfgang "
    "Jana Lukas Leonie Felix Sophie Moritz Franziska Günther Karin Matthias Ute Jonas "
    "Birgit Sebastian Annika Rainer Nele Florian Gisela Tobias"
)
_ENGLISH_FIRST = (
    "William Katherine Robert Elizabeth Richard James Margaret Thomas Jennifer Michael "
    "Susan Edward Patricia Joseph Emily Daniel Olivia Samuel Grace Benjamin Hannah "
    "Andrew Charlotte Matthew Amelia Anthony Rebecca Christopher Victoria George "
    "Nicholas Abigail Jonathan Deborah Peter Laura Stephen Alice Gregory Ruth"
)
_FRENCH_FIRST = (
    "Frédéric Élisabeth Dominique Camille Julien Chloé Antoine Hélène Mathieu Léa "
    "Nicolas Amélie Guillaume Sandrine Pascal Océane Thierry Céline Laurent Margaux "
    "Benoît Nathalie Olivier Manon Étienne Valérie Rémi Inès Gérard Lucie"
)
_GERMAN_LAST = _pairs(
    "Acker Baum Berg Brand Busch Eich Feld Forst Hart Heid Hof Holz Kamp Kirch Lind "
    "Moos Neu Ober Rosen Sand Stein Tann Wald Wind Winkel Grün Müh Schön Bär Krön",
    "mann er bach hofer meier auer inger berger rieder dorf",
)
_ENGLISH_LAST = _pairs(
    "Ash Black Brad Clay Cran Dun East Fair Green Hale Hart High Kings Lang Marl Nor "
    "Oak Pem Red Rush Shel South Stan Thorn Wal West Whit Wood York Mil",
    "ford ton well ley wood man field worth bury croft",
)
_FRENCH_LAST = _pairs(
    "Beau Bel Bois Champ Clair Cour Fon Gran La Mar Mont Pré Roche Roux Val Vau Ville",
    "champ court mont fort rand tier neuve lin vert nac",
)
_GERMAN_STREETS = _listed(
    "Hauptstraße,Gartenweg,Lindenallee,Bahnhofstraße,Am Mühlbach,Schillerstraße,"
    "Rosenweg,Kirchgasse,Bergstraße,Goethestraße"
)
_ENGLISH_STREETS = _listed(
    "Oak Street,Maple Avenue,Church Road,Mill Lane,Park Avenue,Station Road,"
    "Cedar Drive,High Street,Elm Court,Victoria Road"
)
_FRENCH_STREETS = _listed(
    "rue de la Paix,avenue Victor Hugo,rue des Lilas,boulevard Voltaire,"
    "place du Marché,rue Pasteur,chemin des Vignes,allée des Tilleuls"
)

COUNTRIES = [
    Country(
        *("DE", "Germany", "DE", "49", "de-DE", 0.46, 19),
        *(_GERMAN_FIRST.split(), _GERMAN_LAST),
        _towns(
            "Berlin/10/30, Hamburg/20/40, München/80/89, Köln/50/221, Leipzig/04/341"
        ),
        *(_GERMAN_STREETS, ["1512", "170", "1762", "160"]),
        ["gmx.de", "web.de", "gmail.com", "t-online.de", "outlook.com"],
    ),
    Country(
        *("US", "United States", "USA", "1", "en-US", 0.20, 8),
        *(_ENGLISH_FIRST.split(), _ENGLISH_LAST),
        _towns(
            "New York/100/212, Chicago/606/312, Austin/787/512, Seattle/981/206, "
            "Boston/021/617"
        ),
        *(_ENGLISH_STREETS, ["646", "773", "737", "425"]),
        ["gmail.com", "outlook.com", "yahoo.com", "icloud.com"],
    ),
    Country(
        *("FR", "France", "FR", "33", "fr-FR", 0.14, 20),
        *(_FRENCH_FIRST.split(), _FRENCH_LAST),
        _towns("Paris/75/14, Lyon/69/47, Lille/59/32, Nantes/44/24, Nice/06/49"),
        *(_FRENCH_STREETS, ["61", "62", "76", "68"]),
        ["orange.fr", "gmail.com", "free.fr", "outlook.com"],
    ),
    Country(
        *("GB", "United Kingdom", "UK", "44", "en-GB", 0.12, 20),
        *(_ENGLISH_FIRST.split(), _ENGLISH_LAST),
        _towns("London/SW/780, Leeds/LS/741, Bristol/BS/742, York/YO/743, Bath/BA/780"),
        *(_ENGLISH_STREETS, ["741", "742", "743", "780"]),
        ["gmail.com", "outlook.com", "btinternet.com", "yahoo.co.uk"],
    ),
    Country(
        *("AT", "Austria", "AT", "43", "de-AT", 0.08, 20),
        *(_GERMAN_FIRST.split(), _GERMAN_LAST),
        _towns("Wien/1/1, Graz/8/316, Linz/4/732, Salzburg/5/662, Innsbruck/6/512"),
        *(_GERMAN_STREETS, ["664", "676"]),
        ["gmx.at", "gmail.com", "aon.at", "outlook.com"],
    ),
]

NICKNAMES = {
    "Johannes": "Hans",
    "Katharina": "Kathi",
    "Friedrich": "Fritz",
    "Wilhelm": "Willi",
    "Elisabeth": "Lisa",
    "Alexander": "Alex",
    "Maximilian": "Max",
    "Susanne": "Susi",
    "Sebastian": "Basti",
    "William": "Bill",
    "Katherine": "Kathy",
    "Robert": "Bob",
    "Elizabeth": "Liz",
    "Richard": "Rick",
    "James": "Jim",
    "Margaret": "Peggy",
    "Frédéric": "Fred",
    "Guillaume": "Guigui",
    "Nicolas": "Nico",
}

COMPANY_HEADS = _listed(
    "Alpen,Nordsee,Atlas,Blue,Polar,Summit,River,Cedar,Harbor,Meridian,Horizon,Granite,"
    "Falcon,Aurora,Delta,Lumen,Vertex,Orchard,Pioneer,Sierra"
)
COMPANY_TAILS = _listed(
    "Logistik,Werke,Systems,Partners,Touristik,Media,Consulting,Technik,Industries,"
    "Trading,Solutions,Sport,Events,Bau,Energie"
)
INDUSTRIES = _listed(
    "Computer Software,Leisure Travel & Tourism,Logistics and Supply Chain,"
    "Construction,Media Production,Sporting Goods"
)
STAFF = [
    "Miriam Okafor",
    "Tom Becker",
    "Claire Dumas",
    "Jonas Weidner",
    "Priya Nair",
    "Ella Stone",
]
