-- One row per raw table, day on which its records happened, and night they arrived in.
{% set events = [
    ('web_logs', 'access', 'stg_web_logs__requests', 'requested_at'),
    ('web_events', 'events', 'stg_web_events__events', 'occurred_at'),
    ('email_events', 'events', 'stg_email_events__events', 'occurred_at'),
    ('sms_events', 'events', 'stg_sms_events__events', 'occurred_at'),
    ('social', 'interactions', 'stg_social__interactions', 'occurred_at')
] %}
{% set records = [
    ('shop', 'orders', ['order_id'], 'ordered_at'),
    ('shop', 'refunds', ['refund_id'], 'refunded_at'),
    ('hubspot', 'deals', ['deal_id'], 'created_at'),
    ('hubspot', 'notes', ['note_id'], 'activity_at'),
    ('hubspot', 'tickets', ['ticket_id'], 'created_at'),
    ('google_ads', 'campaigns', ['day', 'campaign_id'], 'day'),
    (
        'meta_ads', 'campaigns', ['reporting_starts', 'day', 'campaign_id'],
        'coalesce(day, reporting_starts)'
    ),
    ('linkedin_ads', 'campaigns', ['day', 'campaign_id'], 'day'),
    ('microsoft_ads', 'campaigns', ['day', 'campaign_id'], 'day')
] %}
with
files as (
    select * from {{ ref('stg_ledger__files') }}
),

contents as (
    select
        source_name,
        table_name,
        file_id,
        min(loaded_on) as loaded_on
    from files
    where status = 'loaded'
    group by source_name, table_name, file_id
),

-- Grouped before anything is joined: there may be very many.
events as (
    {% for source_name, table_name, model, happened_at in events %}
    {{ 'union all' if not loop.first }}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        _file_id,
        cast({{ happened_at }} as date) as happened_on,
        count(*) as row_count
    from {{ ref(model) }}
    group by _file_id, cast({{ happened_at }} as date)
    {% endfor %}
),

-- A record counts where it came first. Staging keeps it as it came last: raw is asked.
records as (
    {% for source_name, table_name, keys, happened_at in records %}
    {{ 'union all' if not loop.first }}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        min(cast(try_cast({{ happened_at }} as timestamp) as date)) as happened_on,
        min(contents.loaded_on) as loaded_on
    from {{ source('raw_' ~ source_name, table_name) }} as delivered
    inner join contents
        on
            delivered._file_id = contents.file_id
            and contents.source_name = '{{ source_name }}'
            and contents.table_name = '{{ table_name }}'
    group by delivered.{{ keys | join(', delivered.') }}
    {% endfor %}
),

arrivals as (
    select
        events.source_name,
        events.table_name,
        events.happened_on,
        contents.loaded_on,
        events.row_count
    from events
    inner join contents
        on
            events.source_name = contents.source_name
            and events.table_name = contents.table_name
            and events._file_id = contents.file_id
    union all
    select
        source_name,
        table_name,
        happened_on,
        loaded_on,
        count(*) as row_count
    from records
    group by source_name, table_name, happened_on, loaded_on
)

select
    source_name,
    table_name,
    happened_on,
    loaded_on,
    cast(sum(row_count) as bigint) as row_count,
    cast({{ days_between('happened_on', 'loaded_on') }} as int) as days_late
from arrivals
where happened_on is not null
group by source_name, table_name, happened_on, loaded_on
