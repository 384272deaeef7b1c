"""The website's events as the collector delivers them, in the Segment format."""

import numpy as np
import pyarrow as pa

from ingestion.sample import scripts
from ingestion.sample.access_log import in_order
from ingestion.sample.catalogue import PRODUCTS, ROADS, SITE
from ingestion.sample.chance import pick, uuids
from ingestion.sample.delivery import DAY_MS, Landing, Waiting
from ingestion.sample.journeys import NOBODY
from ingestion.sample.names import COUNTRIES
from ingestion.sample.orders import CURRENCIES, Accounts, Orders
from ingestion.sample.scripts import EVENT, EVENTS, KIND
from ingestion.sample.truth import Truth
from ingestion.sample.visit_texts import VisitTexts

LATE_SHARE, REPEATED_SHARE = 0.003, 0.005
_BROKEN_IDS = pa.array(["undefined", "null"])
_LOCALES = pa.array([*(country.locale for country in COUNTRIES), "en"])
_EVENTS = pa.array(EVENTS)
_TYPES = pa.array(["page", "track", "identify"])
_CAMPAIGNS = pa.array([road.context or None for road in ROADS])
_EMPTY, _CONTACT, _NEWSLETTER, _FIRST_PRODUCT = 0, 1, 2, 3
_FIRST_ORDER = _FIRST_PRODUCT + len(PRODUCTS)
_PROPERTIES = pa.array(
    [
        *("{}", '{"form":"contact"}', '{"form":"newsletter"}'),
        *(
            f'{{"product_id":"{product.sku}","name":"{product.name}",'
            f'"category":"{product.category}","price":{product.price / 100:.2f},'
            '"quantity":1}'
            for product in PRODUCTS
        ),
    ]
)
_ORDER_PROPERTIES = """
select format('{{"orderId":"{}","total":{},"currency":"{}"}}', number,
    (total::decimal(16, 0) * 0.01::decimal(3, 2))::decimal(18, 2), currency) as line
from delivered
"""
_LINES = """
select
    sent,
    concat(
        '{"type":"', type, '","messageId":"', message_id, '","anonymousId":"', visitor,
        '"', ',"userId":"' || coalesce(account::varchar, broken_id) || '"',
        ',"timestamp":"', strftime(make_timestamp_ms(happened), '%Y-%m-%dT%H:%M:%S.%g'),
        'Z","sentAt":"', strftime(make_timestamp_ms(sent), '%Y-%m-%dT%H:%M:%S.%g'),
        'Z"', ',"event":"' || event || '"', ',"properties":' || properties,
        if(type = 'page',
            concat(',"properties":{"path":"', path, '","title":"', title, '"}'), null),
        ',"traits":{"email":"' || email || '"' || known_traits || '}',
        ',"context":{"page":{"path":"', path, '","url":"SITE', path, query,
        '","referrer":"', referrer, '","title":"', title, '"}',
        ',"campaign":' || campaign,
        ',"userAgent":"', user_agent, '","ip":"', ip, '","locale":"', locale, '"}}',
        chr(10)
    ) as line
from delivered
""".replace("SITE", SITE)


class WebEvents:
    """Events, delivered with the day they were sent, some of them late or twice."""

    def __init__(self, landing: Landing, truth: Truth, accounts: Accounts) -> None:
        """Start before the first event."""
        people = truth.people
        self._landing = landing
        self._people = people
        self._accounts = accounts
        self._waiting = Waiting(landing.calendar.last)
        self._has_broken_tag = np.zeros(len(people) + 1, bool)
        self._has_broken_tag[people.cast["junk_values"]] = True
        self.seen = np.zeros(len(truth.devices), bool)
        self.distinct = 0
        self.late = 0

    def add(
        self, rng: np.random.Generator, visits: VisitTexts, orders: Orders, day: int
    ) -> None:
        """Write the events of a day's visits and put each to the day of its file."""
        calendar, steps = self._landing.calendar, visits.steps
        events = np.flatnonzero(KIND[steps.step] != scripts.REQUEST)
        happened = steps.time[events]
        own_day = calendar.day_of(happened)
        file_day = own_day + np.where(
            rng.random(len(events)) < LATE_SHARE, rng.integers(1, 6, len(events)), 0
        )
        file_day = np.minimum(file_day, calendar.last)
        is_late = file_day > own_day
        sent = happened + rng.integers(20, 2_000, len(events))
        # A second past midnight would already be the next day's file.
        sent = np.minimum(sent, calendar.start(0) + (own_day + 1) * DAY_MS - 1)
        sent += (file_day - own_day) * DAY_MS
        self.distinct += len(events)
        self.late += int(is_late.sum())
        self.seen[visits.visits.device[steps.visit[events]]] = True

        repeated = np.flatnonzero(~is_late & (rng.random(len(events)) < REPEATED_SHARE))
        again_day = np.minimum(
            own_day[repeated] + rng.integers(0, 2, len(repeated)), calendar.last
        )
        again_sent = sent[repeated] + (again_day - own_day[repeated]) * DAY_MS
        row = np.r_[np.arange(len(events)), repeated]
        at = events[row]
        columns = self._columns(visits, orders, at, day)
        columns["message_id"] = pick(uuids(rng, len(events)), row)
        columns["happened"] = happened[row]
        columns["sent"] = np.r_[sent, again_sent]
        lines = self._landing.select(_LINES, pa.table(columns))
        self._waiting.put(lines, np.r_[file_day, again_day])

    def deliver(self, day: int) -> None:
        """Write the file of one day, in the order in which the events were sent."""
        name = f"{self._landing.calendar.date(day)}.jsonl"
        lines = in_order(self._waiting.due(day))
        self._landing.lines("web_events/events", name, day, lines)

    def _columns(
        self, visits: VisitTexts, orders: Orders, at: np.ndarray, day: int
    ) -> dict[str, pa.Array]:
        people = self._people
        step, visit = visits.steps.step[at], visits.steps.visit[at]
        kind, event = KIND[step], EVENT[step]
        person = visits.visits.person[visit]
        is_bot = person == NOBODY
        identified = (kind == scripts.IDENTIFY) & ~is_bot
        country = np.where(is_bot, len(COUNTRIES), people.country[person])
        account = self._accounts.number[person]
        signed = scripts.IS_SIGNED[step] | visits.visits.is_remembered[visit]
        broken = ~signed & self._has_broken_tag[person] & ~is_bot
        tagged = visits.steps.is_landing[at]
        return {
            "type": pick(_TYPES, kind),
            "visitor": visits.visitor(at),
            "account": pa.array(account, mask=~(signed & (account > 0) & ~is_bot)),
            "broken_id": pick(_BROKEN_IDS, visit % 2, broken),
            "event": pick(_EVENTS, event, event >= 0),
            "properties": self._properties(visits, orders, at),
            "email": people.email_on(day, person, identified),
            "known_traits": pick(people.column("known_traits"), person, identified),
            "path": visits.path(at),
            "query": visits.query(at),
            "referrer": visits.referrer(at),
            "title": visits.title(at),
            "campaign": pick(_CAMPAIGNS, visits.visits.road[visit], tagged),
            "user_agent": visits.user_agent(at),
            "ip": visits.ip(at),
            "locale": pick(_LOCALES, country),
        }

    def _properties(
        self, visits: VisitTexts, orders: Orders, at: np.ndarray
    ) -> pa.Array:
        """The properties of each track call, null for other calls."""
        step = visits.steps.step[at]
        event = EVENT[step]
        named = pa.table(
            {
                "number": orders.number,
                "total": orders.total,
                "currency": pick(pa.array(CURRENCIES), orders.currency),
            }
        )
        of_orders = self._landing.select(_ORDER_PROPERTIES, named).column("line")
        order_of_visit = np.zeros(len(visits.visits), np.int64)
        is_web = orders.visit >= 0
        order_of_visit[orders.visit[is_web]] = np.flatnonzero(is_web)
        kinds = [
            (event == scripts.VIEWED) | (event == scripts.ADDED),
            (event == scripts.STARTED) | (event == scripts.COMPLETED),
            event == scripts.SUBMITTED,
        ]
        texts = [
            _FIRST_PRODUCT + visits.steps.product[at],
            _FIRST_ORDER + order_of_visit[visits.steps.visit[at]],
            np.where(scripts.IS_NEWSLETTER[step], _NEWSLETTER, _CONTACT),
        ]
        every = pa.concat_arrays([_PROPERTIES, *of_orders.chunks])
        return pick(every, np.select(kinds, texts, _EMPTY), event >= 0)
