"""Letters beyond ASCII that languages write, and the code pages they are written in."""

import re

# Python's codec, and the languages that are usual in it. German in Windows-1250 has the
# same bytes as in Windows-1252, so that it need not stand there twice.
_WESTERN = (
    "de", "fr", "es", "pt", "it", "nl", "da", "sv", "fi", "is", "ca", "et",
)  # fmt: skip
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sq")
PAGES = {
    "windows-1252": ("cp1252", _WESTERN),
    "windows-1250": ("cp1250", _CENTRAL),
    "windows-1251": ("cp1251", ("ru", "uk", "bg", "sr")),
    "windows-1253": ("cp1253", ("el",)),
    "windows-1254": ("cp1254", ("tr",)),
    "iso-8859-2": ("iso8859_2", _CENTRAL),
    "koi8-r": ("koi8_r", ("ru",)),
    "mac-roman": ("mac_roman", _WESTERN),
    "shift-jis": ("cp932", ("ja",)),
}
# Only where somebody says so.
DECIDED = {"ibm-850": "cp850", "ibm-852": "cp852", "windows-1257": "cp1257"}
# What has no alphabet: told apart by a detector, or by somebody who knows.
IDEOGRAPHS = {
    "gb18030": "gb18030", "big5": "big5", "euc-kr": "cp949", "euc-jp": "euc_jp",
}  # fmt: skip

ALPHABETS = {
    "de": "äöüß", "fr": "àâçéèêëîïôœùûü", "es": "áéíñóúü", "pt": "áâãàçéêíóôõú",
    "it": "àèéìòù", "nl": "éèëïóöü", "da": "æøåéäö", "sv": "åäöé", "fi": "åäöšž",
    "is": "áðéíóúýþæö", "ca": "àçéèíïóòúü", "et": "äõöüšž",
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž",
    "hu": "áéíóöőúüű", "ro": "ăâîşţ", "hr": "čćđšž", "sq": "çë",
    "tr": "çğıöşüâîû", "el": "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",
    "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
    "uk": "абвгдежзийклмнопрстуфхцчшщьюяєіїґ",
    "bg": "абвгдежзийклмнопрстуфхцчшщъьюя", "sr": "абвгдђежзијклљмнњопрстћуфхцчџш",
}  # fmt: skip

# What a language never writes, though it has the letters.
IMPOSSIBLE = {
    "pt": re.compile(r"õ(?!e)|ã(?![oes]|\b)"),
    "pl": re.compile(r"[ńćśź][aeiouyąęó]"),
    "cs": re.compile(r"ř[yý]"),
}

# Words of headings that only one of these languages has.
HEADING_WORDS = {
    "de": ("vorname", "nachname", "plz", "strasse", "betrag", "firma", "kunde"),
    "fr": ("nom", "ville", "adresse", "montant", "entreprise", "client"),
    "es": ("nombre", "apellidos", "ciudad", "fecha", "empresa", "importe", "cliente"),
    "pt": ("nome", "sobrenome", "cidade", "valor", "telefone", "apelido"),
    "it": ("cognome", "indirizzo", "azienda", "importo", "citta", "provincia"),
    "nl": ("voornaam", "achternaam", "woonplaats", "bedrijf", "bedrag", "straat"),
    "da": ("fornavn", "efternavn", "etternavn", "postnr", "firmanavn"),
    "sv": ("efternamn", "belopp", "postort", "gatuadress"),
    "fi": ("etunimi", "sukunimi", "kaupunki", "osoite", "yritys"),
    "pl": ("nazwisko", "miasto", "ulica", "kwota", "imie", "kod pocztowy"),
    "cs": ("mesto", "ulice", "castka", "prijmeni"),
    "sk": ("priezvisko", "ulica", "obec"),
    "hu": ("nev", "varos", "utca", "cim", "osszeg", "keresztnev"),
    "ro": ("nume", "prenume", "oras", "judet", "suma"),
    "hr": ("prezime", "grad", "iznos"),
    "tr": ("ad", "soyad", "sehir", "tutar", "adres"),
}
