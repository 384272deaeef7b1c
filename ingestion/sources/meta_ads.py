"""Meta Ads: the campaign report by day, as Ads Manager downloads it.

Headings stand in English, German, French, Spanish, Italian, Dutch, Portuguese.
"""

from ingestion.tables import Amount, Column, Source, Table

# fmt: off
_CAMPAIGNS = (
    # Only a report broken down by day has it; the period of its rows may be longer.
    Column("day", "date", headings=(
        "Day", "Tag", "Jour", "Día", "Giorno", "Dag", "Dia",
    )),
    Column("reporting_starts", "date", headings=(
        "Reporting starts", "Auswertungsbeginn", "Berichtsstart", "Début des rapports",
        "Inicio del informe", "Inizio dei report", "Start rapportage",
        "Início dos relatórios", "date", "date_start",
    )),
    Column("reporting_ends", "date", headings=(
        "Reporting ends", "Auswertungsende", "Berichtsende", "Fin des rapports",
        "Fin del informe", "Fine dei report", "Einde rapportage",
        "Encerramento dos relatórios", "Término dos relatórios", "date_stop",
    )),
    Column("campaign_id", required=True, headings=(
        "Campaign ID", "Kampagnen-ID", "ID de la campagne", "Nº de la campagne",
        "Identificador de la campaña", "ID de la campaña", "ID campagna",
        "ID della campagna", "Campagne-ID", "Identificação da campanha",
        "ID da campanha",
    )),
    Column("campaign_name", headings=(
        "Campaign name", "Kampagnenname", "Nom de la campagne",
        "Nombre de la campaña", "Nome della campagna", "Campagnenaam",
        "Naam campagne", "Nome da campanha",
    )),
    Column("ad_set_id", headings=(
        "Ad set ID", "Anzeigengruppen-ID", "ID de l'ensemble de publicités",
        "Identificador del conjunto de anuncios", "ID gruppo di inserzioni",
        "Advertentieset-ID", "Identificação do conjunto de anúncios", "adset_id",
    )),
    Column("ad_set_name", headings=(
        "Ad set name", "Anzeigengruppenname", "Name der Anzeigengruppe",
        "Nom de l'ensemble de publicités", "Nombre del conjunto de anuncios",
        "Nome del gruppo di inserzioni", "Naam advertentieset",
        "Nome do conjunto de anúncios", "adset_name",
    )),
    Column("delivery", headings=(
        "Campaign delivery", "Kampagnenauslieferung", "Diffusion de la campagne",
        "Entrega de la campaña", "Pubblicazione della campagna",
        "Campagneweergave", "Veiculação da campanha",
    )),
    Column("attribution_setting", headings=(
        "Attribution setting", "Attributionseinstellung", "Paramètre d'attribution",
        "Configuración de atribución", "Impostazione di attribuzione",
        "Toeschrijvingsinstelling", "Configuração de atribuição",
    )),
    Column("results", "decimal", headings=(
        "Results", "Ergebnisse", "Résultats", "Resultados", "Risultati", "Resultaten",
    ), is_money=False),
    Column("reach", "integer", headings=(
        "Reach", "Reichweite", "Couverture", "Portée", "Alcance", "Copertura", "Bereik",
    )),
    Column("impressions", "integer", headings=(
        "Impressions", "Impressionen", "Impresiones", "Impression", "Weergaven",
        "Vertoningen", "Impressões",
    )),
    Column("link_clicks", "integer", headings=(
        "Link clicks", "Link-Klicks", "Linkklicks", "Clics sur un lien",
        "Clics sur le lien", "Clics en el enlace", "Clic sul link",
        "Klikken op links", "Linkkliks", "Cliques no link", "inline_link_clicks",
    )),
    Column("amount_spent", "decimal", True, (
        "Amount spent ({currency})", "Ausgegebener Betrag ({currency})",
        "Montant dépensé ({currency})", "Importe gastado ({currency})",
        "Importo speso ({currency})", "Besteed bedrag ({currency})",
        "Valor usado ({currency})", "Valor gasto ({currency})",
        "Montante gasto ({currency})", "Amount spent", "spend",
    )),
    Column("currency", headings=(
        "Currency", "Währung", "Devise", "Divisa", "Moneda", "Valuta", "Moeda",
        "account_currency",
    )),
)
# fmt: on

SOURCE = Source(
    name="meta_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            _CAMPAIGNS,
            totals_lack=("campaign_id", "campaign_name"),
            period=("reporting_starts", "reporting_ends"),
            any_of=("day", "reporting_starts"),
        ),
    ),
    amounts=(Amount("campaigns", "amount_spent"),),
)
