-- One row per thing that sales, support or a campaign did with someone; and consent.
with
deals as (
    select * from {{ ref('conformed__deals') }}
),

ordered_changes as (
    select
        *,
        lag(stage) over (
            partition by source_name, deal_id
            order by changed_at asc nulls first, delivery_number asc, line asc
        ) as previous_stage
    from {{ ref('conformed__deal_changes') }}
),

-- A flow may move a deal twice within one second.
deal_changes as (
    select
        *,
        row_number() over (
            partition by source_name, deal_id, changed_at
            order by delivery_number asc, line asc
        ) as move_number
    from ordered_changes
    where stage <> previous_stage
),

tickets as (
    select * from {{ ref('conformed__tickets') }}
),

touches as (
    select * from {{ ref('conformed__touches') }}
),

consents as (
    select
        *,
        lag(status) over (
            partition by
                source_name,
                record_id,
                identifier_kind,
                identifier_value,
                channel,
                purpose
            order by stated_at asc nulls first, consent_id asc
        ) as previous_status
    from {{ ref('conformed__consents') }}
)

select
    source_name,
    'deal:' || deal_id as event_id,
    record_id,
    'deal created' as event_type,
    'sales' as channel,
    deal_id as subject,
    currency,
    deal_amount as amount,
    created_at as occurred_at
from deals
union all
select
    deal_changes.source_name,
    'deal stage:' || deal_changes.deal_id || '@'
    || coalesce(cast(deal_changes.changed_at as string), 'unknown')
    || case
        when deal_changes.move_number > 1
            then '#' || cast(deal_changes.move_number as string)
        else ''
    end as event_id,
    deals.record_id,
    'deal stage changed' as event_type,
    'sales' as channel,
    deal_changes.deal_id as subject,
    deal_changes.currency,
    deal_changes.deal_amount as amount,
    deal_changes.changed_at as occurred_at
from deal_changes
inner join deals
    on
        deal_changes.source_name = deals.source_name
        and deal_changes.deal_id = deals.deal_id
union all
select
    source_name,
    'deal closed:' || deal_id as event_id,
    record_id,
    'closed ' || state as event_type,
    'sales' as channel,
    deal_id as subject,
    currency,
    deal_amount as amount,
    closed_at as occurred_at
from deals
where state in ('won', 'lost') and closed_at is not null
union all
select
    source_name,
    'ticket:' || ticket_id as event_id,
    record_id,
    'ticket opened' as event_type,
    'support' as channel,
    ticket_id as subject,
    null as currency,
    null as amount,
    created_at as occurred_at
from tickets
union all
select
    source_name,
    'ticket closed:' || ticket_id as event_id,
    record_id,
    'ticket closed' as event_type,
    'support' as channel,
    ticket_id as subject,
    null as currency,
    null as amount,
    closed_at as occurred_at
from tickets
where closed_at is not null
union all
select
    source_name,
    'touch:' || touch_id as event_id,
    record_id,
    replace(touch_type, '_', ' ')
    || case when is_machine then ' by a machine' else '' end as event_type,
    channel,
    -- Never the subject line: it is free text and may hold a name.
    coalesce(deal_id, ticket_id, campaign, touch_id) as subject,
    null as currency,
    null as amount,
    occurred_at
from touches
union all
select
    source_name,
    'consent:' || consent_id as event_id,
    record_id,
    'consent ' || status as event_type,
    'consent' as channel,
    channel || ': ' || purpose as subject,
    null as currency,
    null as amount,
    stated_at as occurred_at
from consents
-- A flag is stated again with every export; what counts is when it changed.
where status in ('granted', 'withdrawn') and status <> coalesce(previous_status, '')
