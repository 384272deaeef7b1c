"""Google Ads: the campaign report by day, as downloaded or as its API names it.

Headings stand in English, German, French, Spanish, Italian, Dutch, Portuguese.
"""

from ingestion.tables import Amount, Column, Source, Table

# fmt: off
_CAMPAIGNS = (
    Column("day", "date", True, (
        "Day", "Tag", "Jour", "Día", "Giorno", "Dag", "Dia", "date", "segments_date",
    )),
    Column("campaign_id", required=True, headings=(
        "Campaign ID", "Kampagnen-ID", "ID de la campagne", "ID de campagne",
        "ID de la campaña", "ID de campaña", "ID campagna", "ID della campagna",
        "Campagne-ID", "ID da campanha", "ID de campanha", "id",
    )),
    Column("campaign_name", headings=(
        "Campaign", "Campaign name", "Kampagne", "Campagne", "Campaña", "Campagna",
        "Campanha",
    )),
    Column("campaign_type", headings=(
        "Campaign type", "Kampagnentyp", "Type de campagne", "Tipo de campaña",
        "Tipo di campagna", "Campagnetype", "Tipo de campanha",
        "campaign_advertising_channel_type",
    )),
    Column("ad_group_id", headings=(
        "Ad group ID", "Anzeigengruppen-ID", "ID du groupe d'annonces",
        "ID del grupo de anuncios", "ID gruppo di annunci", "Advertentiegroep-ID",
        "ID do grupo de anúncios",
    )),
    Column("ad_group_name", headings=(
        "Ad group", "Anzeigengruppe", "Groupe d'annonces", "Grupo de anuncios",
        "Gruppo di annunci", "Advertentiegroep", "Grupo de anúncios",
    )),
    Column("currency", headings=(
        "Currency code", "Currency", "Währungscode", "Code de devise",
        "Code de la devise", "Code devise", "Código de moneda", "Código de la moneda",
        "Codice valuta", "Valutacode", "Código da moeda", "customer_currency_code",
    )),
    Column("impressions", "integer", headings=(
        "Impr.", "Impressions", "Impressionen", "Impresiones", "Impressioni", "Vert.",
        "Vertoningen", "Impressões", "metrics_impressions",
    )),
    Column("clicks", "integer", headings=(
        "Clicks", "Klicks", "Clics", "Clic", "Klikken", "Cliques", "metrics_clicks",
    )),
    Column("cost", "decimal", headings=(
        "Cost", "Kosten", "Coût", "Coste", "Costo", "Custo",
    )),
    # Millionths of the currency: only the API gives them.
    Column("cost_micros", "integer", headings=("metrics_cost_micros",)),
    # What a manager account adds, in its own currency.
    Column("converted_cost", "decimal", headings=(
        "Cost (Converted currency)", "Kosten (umgerechnete Währung)",
        "Coût (devise convertie)",
    )),
    Column("converted_currency", headings=(
        "Converted currency code", "Code devise convertie",
    )),
    Column("conversions", "decimal", headings=(
        "Conversions", "Conversiones", "Conversioni", "Conversies", "Conversões",
        "metrics_conversions",
    ), is_money=False),
    Column("conversion_value", "decimal", headings=(
        "Conv. value", "Conversion value", "Conv.-Wert", "Valeur de conv.",
        "Valeur conv.", "Valor de conv.", "Valor conv.", "Valore conv.",
        "Valore di conv.", "Conv.waarde", "Conversiewaarde", "Valor da conv.",
        "conversions_value", "metrics_conversions_value",
    )),
)
# fmt: on

SOURCE = Source(
    name="google_ads",
    description="What each campaign cost and brought, by day.",
    tables=(
        Table(
            "campaigns",
            "campaigns/*",
            _CAMPAIGNS,
            totals=(
                *("Total:", "Total :", "Total\u00a0:", "Total\u202f:"),
                *("Gesamt:", "Totale:", "Totaal:"),
            ),
            any_of=("cost", "cost_micros", "converted_cost"),
        ),
    ),
    amounts=(
        Amount("campaigns", "cost"),
        Amount("campaigns", "cost_micros"),
        Amount("campaigns", "converted_cost", "converted_currency"),
    ),
)
