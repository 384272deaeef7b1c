"""Which language the headings of a file are in, by words that only it has."""

import re
from collections.abc import Iterable

# As exports of CRMs, shops, banks and ad platforms head their columns.
_WORDS = {
    "English": (
        "account address amount budget campaign city clicks company contact"
        " cost country created currency customer date day deal email first"
        " invoice last modified name note number order owner payment phone price"
        " quantity record spend spent stage start starts street subject total"
        " type updated user value"
    ),
    "German": (
        "abgeschlossen adresse aktualisierung anzahl anzeigengruppe"
        " anzeigengruppen artikel ausgegebener auswertungsbeginn auswertungsende"
        " berichtsstart bestellung bestelldatum bestellnummer beschreibung"
        " betrag datensatz datum einheit erstellt erstellungsdatum firma"
        " geändert gesamt gesamtbetrag impressionen kampagne kampagnen"
        " kampagnenname klicks kontakt kosten kunde kundennummer land letzte"
        " menge monat nachname ort phase preis rechnung straße stückpreis summe"
        " tag telefonnummer umsatz unternehmen vorname währung währungscode wert"
        " zahlung zeit"
    ),
    "French": (
        "adresse affaire ajout campagne clics client commande couverture coût"
        " coûts créée date dépensé devise début entreprise étape fin jour"
        " libellé mise montant nom prénom prix propriétaire quantité rapports"
        " rue téléphone titre ville vente"
    ),
    "Spanish": (
        "apellidos calle campaña cantidad ciudad clics cliente correo coste"
        " costo creado cuenta descripción día divisa empresa etapa fecha gastado"
        " importe informe inicio moneda monto negocio nombre pedido precio"
        " propietario teléfono título trato valor venta"
    ),
    "Italian": (
        "azienda campagna città clic cliente cognome costo data descrizione"
        " fatturato giorno importo inizio nome ordine prezzo quantità speso"
        " telefono valore valuta via"
    ),
    "Dutch": (
        "aantal achternaam adres bedrag bedrijf besteed campagne campagnenaam"
        " dag datum klant klikken kosten naam omzet omschrijving plaats prijs"
        " straat telefoon totaal valuta valutacode vertoningen voornaam waarde"
        " weergaven"
    ),
    "Portuguese": (
        "alcance atualizado campanha cidade cliques cliente criado criação"
        " custo dados data descrição dia empresa endereço fechamento funil gasto"
        " impressões moeda negócio nome organização pedido pessoa preço"
        " quantidade rua sobrenome telefone título usado valor venda"
    ),
}
_KNOWN = {name: frozenset(words.split()) for name, words in _WORDS.items()}
# Whose numbers have a decimal comma wherever they are written; Spanish has both.
COMMA = frozenset(("German", "French", "Italian", "Dutch", "Portuguese"))


def language_of(headings: Iterable[str]) -> str | None:
    """The language of which the most words stand in the headings; None for a draw."""
    words = set(re.findall(r"[^\W\d_]+", " ".join(headings).lower()))
    found = sorted(
        ((len(words & known), name) for name, known in _KNOWN.items()), reverse=True
    )
    (most, name), (next_most, _) = found[:2]
    return name if most > next_most else None
