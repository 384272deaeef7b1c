-- One row per event of the web tag; a message that came twice is kept once.
with
files as (
    select * from {{ ref('stg_ledger__current_files') }}
),

events as (
    select * from {{ source('raw_web_events', 'events') }}
),

delivered as (
    select
        events.*,
        files.path || ':' || lpad(cast(events._line as string), 12, '0') as position
    from events
    inner join files
        on events._file_id = files.file_id and events._load_id = files.load_id
),

sent_twice as (
    -- A group by of all, a join of the few: a window over unique keys needs far more.
    select
        message_id,
        min(position) as first_position
    from delivered
    group by message_id
    having count(*) > 1
)

select
    delivered.message_id,
    delivered.call_type,
    coalesce(
        delivered.anonymous_id,
        -- Record ids are published: an e-mail for a user id gives its hash.
        'user:' || case
            when delivered.user_id like '%@%'
                then {{ sha256_hex("lower(trim(delivered.user_id))") }}
            else delivered.user_id
        end
    ) as visitor_id,
    delivered.user_id,
    delivered.previous_id,
    delivered.group_id,
    delivered.device_id,
    delivered.event_name,
    delivered.page_url,
    delivered.page_path,
    delivered.page_title,
    delivered.referrer,
    delivered.utm_source,
    delivered.utm_medium,
    delivered.utm_campaign,
    delivered.utm_term,
    delivered.utm_content,
    delivered.user_agent,
    delivered.locale,
    delivered.email,
    delivered.phone,
    delivered.first_name,
    delivered.last_name,
    delivered.order_id,
    delivered.form,
    cast(delivered.occurred_at as timestamp) as occurred_at,
    cast(delivered.received_at as timestamp) as received_at,
    delivered._file_id,
    delivered._line,
    delivered._load_id
from delivered
left join sent_twice on delivered.message_id = sent_twice.message_id
where
    coalesce(sent_twice.first_position, delivered.position) = delivered.position
    and coalesce(delivered.anonymous_id, delivered.user_id) is not null
