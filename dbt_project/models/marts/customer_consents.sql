-- One row per customer, channel and purpose on which something was said.
with
reached as (
    select * from {{ ref('int_consents__reached') }}
    where
        customer_id is not null
        and not is_repeated
        -- What a record allowed goes with it when it is deleted; what it forbade stays.
        and (
            status = 'withdrawn'
            or not is_record_gone
            or identifier_kind is not null
        )
),

consents as (
    select * from {{ ref('conformed__consents') }}
),

channels as (
    select distinct
        customer_id,
        channel
    from reached
    where channel <> 'all'
    union
    select distinct
        reached.customer_id,
        named.item as channel
    from reached
    {{ split_rows("'email;sms;phone;post;push'", ';', 'named') }}
    where reached.channel = 'all'
),

purposes as (
    select distinct
        customer_id,
        purpose
    from reached
    where purpose <> 'all'
    union
    select distinct
        customer_id,
        'marketing' as purpose
    from reached
    where purpose = 'all'
),

-- What is said for all channels or purposes is said for each.
answers as (
    select
        reached.customer_id,
        channels.channel,
        purposes.purpose,
        reached.source_name,
        reached.consent_id,
        reached.identifier_key,
        reached.status,
        reached.stated_at,
        max(
            case
                when reached.status = 'granted' and reached.is_explicit
                    then reached.stated_at
            end
        ) over (
            partition by
                reached.customer_id,
                channels.channel,
                purposes.purpose,
                reached.identifier_key
        ) as granted_at,
        row_number() over (
            partition by
                reached.customer_id,
                channels.channel,
                purposes.purpose,
                reached.identifier_key
            order by
                reached.stated_at desc nulls last,
                case reached.status
                    when 'withdrawn' then 1
                    when 'granted' then 3
                    else 2
                end asc nulls last,
                reached.source_name asc,
                reached.consent_id asc
        ) as newest_rank
    from reached
    inner join channels
        on
            reached.customer_id = channels.customer_id
            and reached.channel in (channels.channel, 'all')
    inner join purposes
        on
            reached.customer_id = purposes.customer_id
            and reached.purpose in (purposes.purpose, 'all')
),

-- A withdrawal stands unless one of its identifiers was opted in again later. Of the
-- other answers the newest for each identifier counts.
judged as (
    select
        customer_id,
        channel,
        purpose,
        source_name,
        consent_id,
        status,
        stated_at,
        status = 'withdrawn' and not bool_or(coalesce(granted_at > stated_at, false))
            as is_standing,
        min(newest_rank) = 1 as is_newest
    from answers
    group by
        customer_id, channel, purpose, source_name, consent_id, status, stated_at
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, channel, purpose
            order by
                case
                    when is_standing then 1
                    when status = 'granted' and is_newest then 2
                    when status = 'withdrawn' or not is_newest then 4
                    else 3
                end asc nulls last,
                stated_at desc nulls last,
                source_name asc,
                consent_id asc
        ) as decision_rank
    from judged
)

select
    ranked.customer_id,
    ranked.channel,
    ranked.purpose,
    ranked.status = 'granted' as is_granted,
    ranked.status,
    ranked.source_name,
    ranked.consent_id,
    consents.origin,
    consents.text_version,
    ranked.stated_at as since_at
from ranked
inner join consents
    on
        ranked.source_name = consents.source_name
        and ranked.consent_id = consents.consent_id
where ranked.decision_rank = 1
