"""What the subsidiary in Lisbon keeps in Pipedrive, exported in Portuguese."""

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.companies import company_names
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment, one_of
from ingestion.sample.money import RATES
from ingestion.sample.names import STAFF
from ingestion.sample.people import People

PERSON = "pipedrive.person:"
_FIRST_PERSON, _FIRST_DEAL, _FIRST_ACTIVITY = 501, 9001, 31_001
_HOUR_MS = 3_600_000
# The ways a deal can go: what it is after each step.
_WAYS = ["won", "lost", "reopened", "open"]

_ORGANIZATIONS = f"""
select company + 1 as "Organização - ID", name as "Organização - Nome",
    {one_of(STAFF, "company")} as "Organização - Proprietário",
    {moment("created")} as "Organization - Organization created",
    {moment("created")} as "Organização - Atualizado em"
from organizations order by company
"""
# Who was deleted there is missing from the later export.
_PERSONS = f"""
select
    record as "Pessoa - ID",
    first_name || ' ' || last_name as "Pessoa - Nome",
    if(company >= 0, company + 1, null) as "Organização - ID",
    if(company >= 0, company_name, null) as "Pessoa - Organização",
    email as "Pessoa - E-mail - Trabalho",
    phone as "Pessoa - Telefone - Celular",
    {one_of(["Compras", "Direção"], "record")} as "Pessoa - Cargo",
    {one_of(["Cliente", "", "Morno"], "record")} as "Pessoa - Etiqueta",
    {moment("created")} as "Pessoa - Pessoa criada",
    {moment("created")} as "Pessoa - Atualizado em"
from persons where not (is_deleted and {{now}} >= deleted_at) order by record
"""
_AGED = """
select
    *,
    case when way = 'open' or {now} < first_end then 'open' when way = 'won' then 'won'
        when way = 'reopened' and {now} >= again then 'open'
        else 'lost' end as state,
    case when way = 'open' or {now} < first_end then created
        when way = 'reopened' and {now} >= again then again
        else first_end end as changed
from deals where created <= {now}
"""
_DEALS = f"""
select
    record as "Negócio - ID",
    'Loja de ' || last_name as "Negócio - Título",
    amount as "Negócio - Valor",
    currency as "Negócio - Moeda",
    'Vendas' as "Negócio - Funil",
    case state when 'won' then 'Fechado' else {one_of(["Contato", "Proposta"])} end
        as "Negócio - Etapa",
    case state when 'won' then 'Ganho' when 'lost' then 'Perdido' else 'Aberto' end
        as "Negócio - Status",
    null as "Negócio - Probabilidade",
    {one_of(STAFF, "record")} as "Negócio - Proprietário",
    contact as "Pessoa - ID",
    if(state = 'lost', 'Preço', null) as "Negócio - Motivo da perda",
    {moment("created")} as "Negócio - Negócio criado em",
    {moment("changed")} as "Negócio - Última alteração de etapa",
    if(state = 'won', {moment("changed")}, null) as "Negócio - Ganho em",
    if(state = 'lost', {moment("changed")}, null) as "Negócio - Data de perda",
    {moment("changed")} as "Negócio - Atualizado em"
from ({_AGED}) order by record
"""
_ACTIVITIES = f"""
select
    record as "Atividade - ID",
    if(is_call, 'Ligação', 'Reunião') as "Atividade - Assunto",
    if(is_call, 'Call', 'Meeting') as "Atividade - Tipo",
    {moment("happens", "%Y-%m-%d")} as "Atividade - Data de vencimento",
    {moment("happens", "%H:%M")} as "Atividade - Hora de início",
    if(happens <= {{now}}, 'Concluída', 'A fazer') as "Atividade - Status",
    deal as "Negócio - ID",
    contact as "Pessoa - ID",
    {moment("created")} as "Atividade - Data de criação",
    {one_of(STAFF, "record")} as "Atividade - Usuário responsável"
from (
    select
        {_FIRST_ACTIVITY} + 2 * (record - {_FIRST_DEAL}) + turn as record,
        record as deal, contact, person, created,
        created + turn * {5 * DAY_MS} + {2 * _HOUR_MS} as happens,
        turn = 0 as is_call
    from deals, (select unnest([0, 1]) as turn)
    where created <= {{now}}
) as activities
order by record
"""
_LEADS = f"""
select
    '55ebb4c0-536e-11ea-87d0-d1171b' || lpad(record::varchar, 6, '0') as "Lead - ID",
    'Parede de escalada' as "Lead - Title",
    amount * 2 as "Lead - Value",
    'EUR' as "Lead - Currency of Value",
    contact as "Lead - Contact person ID",
    'Not archived' as "Lead - Archive status",
    {moment("created")} as "Lead - Lead created",
    {moment("created")} as "Lead - Update time"
from deals where created <= {{now}} and choice % 5 = 0 order by record
"""
_RATE = " ".join(f"when '{code}' then {rate}" for code, rate in RATES.items())
_STATES = f"""
select 'deal' as kind, 'pipedrive' as source_name, record as id,
    '{PERSON}' || contact as record_id, person, state, currency, amount,
    amount * case currency {_RATE} end as reporting_amount
from ({_AGED}) order by record
"""
_TOUCHES = f"""
select 'pipedrive' as source_name, '{PERSON}' || "Pessoa - ID" as record_id, person,
    lower("Atividade - Tipo") as touch_type, false as is_machine,
    count(*) as touch_count
from ({_ACTIVITIES})
inner join (select distinct contact, person from deals) on "Pessoa - ID" = contact
where "Atividade - Status" = 'Concluída'
group by all order by all
"""


class SubsidiarySales:
    """The persons, organizations, deals and activities of the subsidiary."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: np.ndarray,
        seed: int,
    ) -> None:
        """Invent what the subsidiary did during the world's days."""
        rng = stream(seed, Purpose.PIPEDRIVE)
        self._landing, self._key = landing, key
        calendar = landing.calendar
        self.days = calendar.full_exports
        start, span = calendar.start(0), calendar.days * DAY_MS
        count = len(who)
        company = people.company[who]
        every = np.array([*company_names(int(people.company.max()) + 1), ""])
        self._persons = pa.table(
            {
                "record": _FIRST_PERSON + np.arange(count),
                "person": who,
                "company": company,
                "company_name": every[company],
                "created": start - rng.integers(1, 300 * 24, count) * _HOUR_MS,
                "is_deleted": np.arange(count) % 12 == 11,
                "deleted_at": np.full(count, start + span * 3 // 4),
                **{
                    name: pick(people.column(name), who)
                    for name in ("first_name", "last_name", "email", "phone")
                },
            }
        )
        companies = np.unique(company[company >= 0])
        self._organizations = pa.table(
            {
                "company": companies,
                "name": every[companies],
                "created": np.full(len(companies), start - 400 * DAY_MS),
            }
        )
        of = np.flatnonzero((np.arange(count) % 12 != 11) & (rng.random(count) < 0.8))
        deals = len(of)
        created = start + (rng.random(deals) * span * 0.3).astype(np.int64)
        first_end = created + (rng.random(deals) * span * 0.15).astype(np.int64)
        self._deals = pa.table(
            {
                "record": _FIRST_DEAL + np.arange(deals),
                "contact": _FIRST_PERSON + of,
                "person": who[of],
                "last_name": pick(people.column("last_name"), who[of]),
                "way": np.array(_WAYS)[np.arange(deals) % len(_WAYS)],
                "created": created,
                "first_end": first_end,
                "again": np.full(deals, start + span * 2 // 3),
                "amount": rng.integers(4, 200, deals) * 50,
                "currency": np.where(np.arange(deals) % 7 == 3, "GBP", "EUR"),
                "choice": rng.integers(0, 1 << 20, deals),
            }
        )

    def deliver(self, day: int, since: int) -> None:
        """Export everything there is, the people and organizations as workbooks."""
        exports = [
            Export(f"pipedrive/{table}", f"{table}-{{date}}.{ending}", select)
            for table, ending, select in (
                ("organizations", "xlsx", _ORGANIZATIONS),
                ("persons", "xlsx", _PERSONS),
                ("deals", "csv", _DEALS),
                ("activities", "csv", _ACTIVITIES),
                ("leads", "csv", _LEADS),
            )
        ]
        self._landing.export(
            *(exports, day, since),
            organizations=self._organizations,
            persons=self._persons,
            deals=self._deals,
        )

    def answer(self) -> None:
        """Say whose records these are, how deals stand, who was spoken to."""
        landing, key = self._landing, self._key
        people = self._persons.column("person").to_numpy()
        key.add_records(PERSON, self._persons.column("record"), people)
        landing.sql.register("deals", self._deals)
        for name, select in (("states", _STATES), ("touches", _TOUCHES)):
            rows = landing.select(landing.until(select, landing.calendar.last))
            key.add_facts(name, rows)
