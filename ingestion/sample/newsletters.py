"""Newsletters and text messages: what was sent, what became of it."""

import hashlib

import numpy as np
import pyarrow as pa

from ingestion.sample.answer_key import AnswerKey
from ingestion.sample.chance import Purpose, pick, stream
from ingestion.sample.delivery import DAY_MS, Export, Landing, moment
from ingestion.sample.people import People

RECIPIENT, DIALLED = "email.recipient:", "sms.recipient:"
_SENDER = "+4930990000"
_SITE = "https://fernweh-outfitters.shop/blog/layering-explained"
# What can become of a mail: what happens after how many seconds, and by whose hand.
# A scanner clicks within seconds of the delivery; a privacy proxy opens by itself.
_MAILS = {
    "read": "delivered/4 open/5000",
    "read_again": "delivered/4 open/5000 open/90000",
    "clicked": "delivered/4 open/3000 click/3100",
    "proxied": "delivered/4 machine_open/60",
    "scanned": "delivered/4 machine_click/8",
    "unread": "delivered/4",
    "left": "delivered/4 open/2000 unsubscribe/2100",
    "complained": "delivered/4 spamreport/9000",
    "bounced": "bounce/3",
}
_STEPS = [
    [("processed", 0)]
    + [(event, int(at)) for event, at in (step.split("/") for step in way.split())]
    for way in _MAILS.values()
]
_CHANCES = [0.24, 0.04, 0.08, 0.16, 0.04, 0.39, 0.02, 0.005, 0.025]
_ENDS = ["left", "complained", "bounced"]
_TOUCHES = {
    "processed": "email_sent", "delivered": "email_delivered", "open": "email_opened",
    "click": "email_clicked", "bounce": "email_bounced",
    "unsubscribe": "email_unsubscribed", "spamreport": "email_complained",
}  # fmt: skip
_TEXTS = ["delivered", "delivered", "delivered", "delivered", "failed", "replied"]

_AGENTS = {
    "machine": "Mozilla/5.0",
    "human": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)",
}
_EVENTS = f"""
select
    email,
    happened // 1000 as "timestamp",
    '<' || message || '@mail.fernweh-outfitters.shop>' as "smtp-id",
    event,
    ['newsletter', campaign] as category,
    message || '.' || event || '.' || seconds as sg_event_id,
    message || '.filter0001' as sg_message_id,
    if(event = 'open', is_machine, null) as sg_machine_open,
    case when event in ('open', 'click') then
        if(is_machine, '{_AGENTS["machine"]}', '{_AGENTS["human"]}') end as useragent,
    if(event = 'click', '{_SITE}', null) as url,
    if(event = 'bounce', 'bounce', null) as "type",
    if(event = 'bounce', '550 no such mailbox', null) as reason
from events where happened > {{since}} and happened <= {{now}}
order by happened, message, event
"""
_LOG = f"""
select
    if(is_reply, number, '{_SENDER}') as "From",
    if(is_reply, '{_SENDER}', number) as "To",
    body as "Body", status as "Status",
    {moment("happened", "%Y-%m-%dT%H:%M:%SZ")} as "Sent date",
    if(status = 'undelivered', 30003, null) as "Error code",
    message as "Message SID",
    if(is_reply, 'inbound', 'outbound-api') as "Direction"
from messages where happened > {{since}} and happened <= {{now}}
order by happened, message, status
"""


def _hashes(values: pa.Array) -> pa.Array:
    return pa.array(hashlib.sha256(v.encode()).hexdigest() for v in values.to_pylist())


class Newsletters:
    """A letter each month to those who still want it; a text to some of them."""

    def __init__(
        self,
        people: People,
        landing: Landing,
        key: AnswerKey,
        who: dict[str, np.ndarray],
        seed: int,
    ) -> None:
        """Nobody was written to before the first day."""
        self._people, self._landing, self._key = people, landing, key
        self._seed = seed
        self.days = landing.calendar.closings
        self._readers, self._texted = who["newsletter"], who["texted"]
        self._wants = np.ones(len(self._readers), bool)
        self._wants_texts = np.ones(len(self._texted), bool)
        key.add_records(RECIPIENT, self._ids("email", self._readers), self._readers)
        key.add_records(DIALLED, self._ids("phone", self._texted), self._texted)

    def _ids(self, name: str, person: np.ndarray) -> pa.Array:
        return _hashes(pick(self._people.column(name), person))

    def deliver(self, day: int, since: int) -> None:
        """Send the month's letter and text; export all that came of them."""
        calendar = self._landing.calendar
        # Written early enough for the last answer to fall in the month.
        sent = calendar.start(since + 1) + (day - since) * DAY_MS // 3
        events = self._letter(sent, f"letter-{calendar.date(day):%Y-%m}")
        messages = self._text(sent + DAY_MS, day)
        exports = [
            Export("email_events/events", "sendgrid-{date}.jsonl.gz", _EVENTS),
            Export("sms_events/events", "sms-log-{date}.csv", _LOG),
        ]
        self._landing.export(exports, day, since, events=events, messages=messages)

    def _letter(self, sent: int, campaign: str) -> pa.Table:
        day = int(self._landing.calendar.day_of(np.array(sent)))
        rng = stream(self._seed, Purpose.NEWSLETTERS, day)
        written = np.flatnonzero(self._wants)
        fate = rng.choice(len(_MAILS), len(written), p=_CHANCES)
        # Whatever the chances, each thing happens to somebody in the first letter.
        if self._wants.all():
            fate[: len(_MAILS)] = np.arange(len(_MAILS))[: len(fate)]
        size = np.array([len(way) for way in _STEPS])
        of = np.repeat(np.arange(len(written)), size[fate])
        turn = np.arange(len(of)) - (np.cumsum(size[fate]) - size[fate])[of]
        taken = [_STEPS[f][t] for f, t in zip(fate[of], turn, strict=True)]
        event = np.array([name for name, _ in taken])
        seconds = np.array([second for _, second in taken])
        is_machine = np.char.startswith(event, "machine_")
        event = np.char.replace(event, "machine_", "")
        left = np.isin(np.array(list(_MAILS))[fate], _ENDS)
        self._wants[written[left]] = False
        person = self._readers[written[of]]
        ids = self._ids("email", self._readers[written]).take(pa.array(of))
        touches = np.array([_TOUCHES[name] for name in event])
        self._count("email_events", RECIPIENT, ids, person, touches, is_machine)
        leaving = np.isin(event, ["unsubscribe", "spamreport"])
        at = sent + written[of] % 86_400 * 900 + seconds * 1000
        ids = ids.filter(pa.array(leaving))
        self._withdraw(
            "email_events", RECIPIENT, ids, person[leaving], "email", at[leaving]
        )
        return pa.table(
            {
                "email": pick(self._people.column("email"), person),
                "event": event,
                "is_machine": is_machine,
                "seconds": seconds,
                "happened": at,
                "campaign": [campaign] * len(of),
                "message": [f"{campaign}-{n}" for n in written[of]],
            }
        )

    def _text(self, sent: int, day: int) -> pa.Table:
        rng = stream(self._seed, Purpose.TEXTS, day)
        written = np.flatnonzero(self._wants_texts)
        fate = rng.integers(0, len(_TEXTS), len(written))
        stops = rng.random(len(written)) < 0.08
        # The first of all is reached, and has had enough.
        if self._wants_texts.all():
            fate[0], stops[0] = 0, True
        person = self._texted[written]
        numbers = pick(self._people.column("phone"), person).to_pylist()
        rows, touches = [], []
        for n, number in enumerate(numbers):
            sid = f"SM{day:04d}{written[n]:08d}"
            at = sent + n * 1_000
            status = "undelivered" if _TEXTS[fate[n]] == "failed" else "delivered"
            rows += [
                (number, False, "Tents are 20 % off. Reply STOP to end.", s, at, sid)
                for s in ("sent", status)
            ]
            touches += [(n, "sms_sent"), (n, f"sms_{_TEXTS[fate[n]]}")]
            touches[-1] = (
                n,
                "sms_failed" if status == "undelivered" else "sms_delivered",
            )
            if stops[n] and status == "delivered":
                rows.append((number, True, "STOP", "received", at + 60_000, f"{sid}r"))
                touches.append((n, "sms_opted_out"))
            elif _TEXTS[fate[n]] == "replied":
                rows.append(
                    (number, True, "Danke!", "received", at + 60_000, f"{sid}r")
                )
                touches.append((n, "sms_replied"))
        at_row = np.array([n for n, _ in touches], np.int64)
        ids = self._ids("phone", person)
        names = np.array([name for _, name in touches])
        is_machine = np.zeros(len(names), bool)
        self._count(
            *("sms_events", DIALLED, ids.take(pa.array(at_row)), person[at_row]),
            *(names, is_machine),
        )
        out = at_row[names == "sms_opted_out"]
        self._wants_texts[written[out]] = False
        moments = sent + out * 1_000 + 60_000
        self._withdraw(
            "sms_events", DIALLED, ids.take(pa.array(out)), person[out], "sms", moments
        )
        columns = ("number", "is_reply", "body", "status", "happened", "message")
        return pa.table(
            dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
        )

    def _count(
        self,
        source: str,
        kind: str,
        ids: pa.Array,
        person: np.ndarray,
        touch: np.ndarray,
        is_machine: np.ndarray,
    ) -> None:
        rows = pa.table(
            {"id": ids, "person": person, "touch": touch, "is_machine": is_machine}
        )
        select = f"""
            select '{source}' as source_name, '{kind}' || id as record_id, person,
                touch as touch_type, is_machine, count(*) as touch_count
            from delivered group by all order by all
        """
        self._key.add_facts("touches", self._landing.select(select, rows))

    def _withdraw(
        self,
        source: str,
        kind: str,
        ids: pa.Array,
        person: np.ndarray,
        channel: str,
        at: np.ndarray,
    ) -> None:
        rows = pa.table({"id": ids, "person": person, "happened": at})
        select = f"""
            select '{source}' as source_name, '{kind}' || id as record_id, person,
                '{channel}' as channel, 'withdrawn' as status,
                {moment("happened")} as stated_at
            from delivered order by all
        """
        self._key.add_facts("consents", self._landing.select(select, rows))

    def answer(self) -> None:
        """Everything was said as it was sent."""
