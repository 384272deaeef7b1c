"""Pipedrive: its export in CSV or Excel, in the language of whoever exported it."""

from ingestion.tables import Amount, Column, Kind, Source, Table

_ID = "ID|Pipedrive System ID|=id"
_OWNER = "Owner|Besitzer|Proprietário|Propriétaire|Propietario|=owner_name"
_LABELS = "Labels|Label|Etiquetas|Etiqueta|Étiquette|=label"
_UPDATED = (
    "Update time|Zeit der Aktualisierung|Atualizado em|Data atualizada"
    "|Heure de mise à jour|=update_time"
)
_ORGANIZATION = "Organization|Organisation|Organização|Organización|=org_name"
_ORGANIZATION_ID = (
    "Organization ID|=Organization - ID|=Organisation - ID|=Organização - ID"
    "|=Organización - ID|=org_id"
)
_PERSON = (
    "Contact person|Kontaktperson|Pessoa de contato|Personne à contacter"
    "|Persona de contacto|=person_name"
)
_PERSON_ID = (
    "Contact person ID|=Person - ID|=Pessoa - ID|=Personne - ID|=Persona - ID"
    "|=person_id"
)
_VALUE = "Value|Wert|Valor|Valeur|=value"
_CURRENCY = "Currency of Value|Currency|Moeda|Moneda|=currency"
_CHANNEL = "Source channel|Canal de origem|=channel"
_CLOSE_DATE = (
    "Expected close date|Data de fechamento esperada|Date de clôture prévue"
    "|Fecha de cierre prevista|=expected_close_date"
)


def _table(
    name: str, entities: str, worth: str, *fields: tuple[str, Kind, str]
) -> Table:
    """A table with the headings `<entity> - <label>`; its first column is the id.

    `|` parts languages and versions; a label after `=` stands without an entity. A row
    has one of the columns `worth`, or was deleted.
    """

    def column(number: int, name: str, kind: Kind, labels: str) -> Column:
        headings = [
            label[1:] if label.startswith("=") else f"{entity} - {label}"
            for label in labels.split("|")
            for entity in entities.split("|")
        ]
        return Column(
            name, kind, number == 0, tuple(dict.fromkeys(headings)),
            is_money=name != "probability",
        )  # fmt: skip

    columns = tuple(column(number, *field) for number, field in enumerate(fields))
    return Table(
        name,
        f"{name}/*",
        columns,
        any_of=tuple(worth.split()),
        dated=("created_at", "updated_at"),
        deleted="is_deleted" if any(c.name == "is_deleted" for c in columns) else "",
        delivery="full",
    )


SOURCE = Source(
    name="pipedrive",
    description="Organizations, persons, deals, activities and leads from Pipedrive.",
    tables=(
        _table(
            "organizations",
            "Organization|Organisation|Organização|Organización",
            "organization_name website",
            ("organization_id", "integer", _ID),
            ("organization_name", "text", "Name|Nome|Nom|Nombre|=name"),
            ("owner", "text", _OWNER),
            ("labels", "text", _LABELS),
            ("is_deleted", "text", "=_fivetran_deleted"),
            ("website", "text", "Website|=website"),
            ("industry", "text", "Industry|=industry"),
            ("employees", "text", "Number of employees|=employee_count"),
            ("address", "text", "Address|Adresse|Endereço|Dirección"),
            ("city", "text", "City/town/village/locality of Address"),
            ("state", "text", "State/county of Address"),
            ("postal_code", "text", "ZIP/Postal code of Address"),
            ("country", "text", "Country of Address"),
            ("created_at", "timestamp", "Organization created|Creation date|=add_time"),
            ("updated_at", "timestamp", _UPDATED),
        ),
        _table(
            "persons",
            "Person|Pessoa|Personne|Persona",
            "person_name first_name last_name email email_work email_home email_other"
            " phone phone_work phone_mobile phone_home phone_other",
            ("person_id", "integer", _ID),
            ("person_name", "text", "Name|Nome|Nom|Nombre|=name"),
            ("first_name", "text", "First name|Vorname|Prénom"),
            ("last_name", "text", "Last name|Nachname|Nom de famille|Apellidos"),
            ("email", "text", "Email|E-mail|E-Mail-Adresse|Correo electrónico"),
            (
                "email_work",
                "text",
                "Email - Work|E-Mail-Adresse - Büro|E-mail - Trabalho|E-mail - Travail"
                "|Correo electrónico - Trabajo",
            ),
            (
                "email_home",
                "text",
                "Email - Home|E-Mail-Adresse - Privat|E-mail - Residencial"
                "|E-mail - Domicile",
            ),
            (
                "email_other",
                "text",
                "Email - Other|E-Mail-Adresse - Sonstiger|E-mail - Outros"
                "|E-mail - Autre",
            ),
            ("phone", "text", "Phone|Telefon|Telefone|Téléphone|Teléfono"),
            (
                "phone_work",
                "text",
                "Phone - Work|Telefon - Büro|Telefone - Trabalho|Téléphone - Travail",
            ),
            (
                "phone_mobile",
                "text",
                "Phone - Mobile|Telefon - Mobil|Telefone - Celular|Téléphone - Mobile",
            ),
            (
                "phone_home",
                "text",
                "Phone - Home|Telefon - Privat|Telefone - Residencial"
                "|Téléphone - Domicile",
            ),
            (
                "phone_other",
                "text",
                "Phone - Other|Telefon - Sonstiger|Telefone - Outros|Téléphone - Autre"
                "|Teléfono - Otro",
            ),
            ("job_title", "text", "Job title|Position|Cargo|Intitulé du poste"),
            ("organization_id", "integer", _ORGANIZATION_ID),
            ("organization_name", "text", _ORGANIZATION),
            ("owner", "text", _OWNER),
            ("labels", "text", _LABELS),
            ("is_deleted", "text", "=_fivetran_deleted"),
            ("birth_date", "text", "Birthday|=birthday"),
            ("address", "text", "Postal address"),
            ("city", "text", "City/town/village/locality of Postal address"),
            ("state", "text", "State/county of Postal address"),
            ("postal_code", "text", "ZIP/Postal code of Postal address"),
            ("country", "text", "Country of Postal address"),
            ("marketing_status", "text", "Marketing status|=marketing_status"),
            ("double_opt_in", "text", "Double opt-in"),
            (
                "created_at",
                "timestamp",
                "Person created|Pessoa criada|Creation date|=add_time",
            ),
            ("updated_at", "timestamp", _UPDATED),
        ),
        _table(
            "deals",
            "Deal|Negócio|Affaire|Trato",
            "title value stage status",
            ("deal_id", "integer", _ID),
            ("title", "text", "Title|Titel|Título|Titre|=title"),
            ("value", "decimal", _VALUE),
            ("currency", "text", _CURRENCY),
            ("pipeline", "text", "Pipeline|Funil"),
            ("stage", "text", "Stage|Stage (pipeline)|Phase|Etapa|Étape"),
            ("status", "text", "Status|Statut|Estado|=status"),
            ("probability", "decimal", "Probability|Wahrscheinlichkeit|Probabilidade"),
            ("owner", "text", _OWNER),
            ("labels", "text", _LABELS),
            ("is_deleted", "text", "=_fivetran_deleted"),
            ("organization_id", "integer", _ORGANIZATION_ID),
            ("organization_name", "text", _ORGANIZATION),
            ("person_id", "integer", _PERSON_ID),
            ("person_name", "text", _PERSON),
            ("source_channel", "text", _CHANNEL),
            (
                "lost_reason",
                "text",
                "Lost reason|Verlustgrund|Motivo da perda|Raison de la perte"
                "|=lost_reason",
            ),
            ("expected_close_date", "date", _CLOSE_DATE),
            (
                "created_at",
                "timestamp",
                "Deal created|Deal erstellt|Negócio criado em|Affaire créée"
                "|Trato creado|Data de criação do negócio|Creation date|=add_time",
            ),
            (
                "stage_changed_at",
                "timestamp",
                "Last stage change|Letzte Phasenänderung|Última alteração de etapa"
                "|=stage_change_time",
            ),
            (
                "won_at",
                "timestamp",
                "Won time|Datum des gewonnenen Deals|Ganho em|Date de gain|=won_time",
            ),
            (
                "lost_at",
                "timestamp",
                "Lost time|Datum des verlorenen Deals|Data de perda|Date de perte"
                "|Heure de l'échec|=lost_time",
            ),
            (
                "closed_at",
                "timestamp",
                "Deal closed on|Closed on|Deal abgeschlossen am|Negócio fechado em"
                "|=close_time",
            ),
            ("updated_at", "timestamp", _UPDATED),
        ),
        _table(
            "activities",
            "Activity|Atividade|Activité|Actividad",
            "activity_type subject note due_date",
            ("activity_id", "integer", _ID),
            ("activity_type", "text", "Type|Tipo|=type"),
            ("subject", "text", "Subject|Assunto|Asunto|=subject"),
            ("note", "text", "Note|=note"),
            ("done", "text", "Done|Status|=done"),
            (
                "owner",
                "text",
                "Assigned to user|Usuário responsável|Attribué à l’utilisateur"
                "|=owner_name",
            ),
            ("deal_id", "integer", "Deal ID|=Deal - ID|=Negócio - ID|=deal_id"),
            ("deal_title", "text", "Deal|Negócio|=deal_title"),
            ("lead_id", "text", "Lead ID|=Lead - ID|=lead_id"),
            ("person_id", "integer", _PERSON_ID),
            ("person_name", "text", f"{_PERSON}|Person"),
            ("organization_id", "integer", _ORGANIZATION_ID),
            ("organization_name", "text", _ORGANIZATION),
            (
                "due_date",
                "date",
                "Due date|Data de vencimento|Date d'échéance|Fecha de vencimiento"
                "|=due_date",
            ),
            ("due_time", "text", "Due time|Hora de início|=due_time"),
            ("duration", "text", "Duration|=duration"),
            (
                "created_at",
                "timestamp",
                "Add time|Creation date|Data de criação|Date d’ajout|Date de création"
                "|=add_time",
            ),
            ("done_at", "timestamp", "Marked as done time|=marked_as_done_time"),
            ("updated_at", "timestamp", _UPDATED),
        ),
        _table(
            "leads",
            "Lead",
            "title value",
            ("lead_id", "text", _ID),
            ("title", "text", "Title|=title"),
            ("value", "decimal", _VALUE),
            ("currency", "text", _CURRENCY),
            ("owner", "text", _OWNER),
            ("labels", "text", _LABELS),
            ("organization_id", "integer", _ORGANIZATION_ID),
            ("organization_name", "text", _ORGANIZATION),
            ("person_id", "integer", _PERSON_ID),
            ("person_name", "text", _PERSON),
            ("source_channel", "text", _CHANNEL),
            ("archive_status", "text", "Archive status|=is_archived"),
            ("expected_close_date", "date", _CLOSE_DATE),
            ("created_at", "timestamp", "Lead created|Lead created on|=add_time"),
            ("updated_at", "timestamp", _UPDATED),
        ),
    ),
    amounts=(Amount("deals", "value"),),
)
