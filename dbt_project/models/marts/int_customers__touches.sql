-- One row per customer that was in touch: calls, messages, social media, product use.
with
touches as (
    select
        source_name,
        touch_id,
        record_id,
        other_record_ids,
        touch_type,
        channel,
        coalesce(is_machine, false) as is_machine,
        occurred_at,
        {{ business_day('occurred_at') }} as occurred_on
    from {{ ref('conformed__touches') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- All who took part: a meeting with three is a meeting of each.
named as (
    select
        source_name,
        touch_id,
        record_id
    from touches
    union all
    select
        touches.source_name,
        touches.touch_id,
        trim(others.item) as record_id
    from touches
    {{ split_rows('touches.other_record_ids', ';', 'others') }}
),

taken_part as (
    select distinct
        customer_ids.customer_id,
        named.source_name,
        named.touch_id
    from named
    inner join customer_ids on named.record_id = customer_ids.record_id
)

select
    taken_part.customer_id,
    count(*) as touch_count,
    {%- for name, condition in {
        'note': "touch_type in ('note', 'call')",
        'call': "touch_type = 'call'",
        'meeting': "touch_type = 'meeting'",
        'email_sent': "touch_type = 'email_sent'",
        'email_opened': "touch_type = 'email_opened' and not is_machine",
        'email_machine_opened': "touch_type = 'email_opened' and is_machine",
        'email_clicked': "touch_type = 'email_clicked' and not is_machine",
        'email_bounced': "touch_type = 'email_bounced'",
        'sms_sent': "touch_type = 'sms_sent'",
        'sms_clicked': "touch_type = 'sms_clicked'",
        'sms_failed': "touch_type = 'sms_failed'",
        'social': "channel = 'social'",
        'product_use': "channel = 'product'",
    }.items() %}
    count_if({{ condition }}) as {{ name }}_count,
    max(case when {{ condition }} then occurred_at end) as last_{{ name }}_at,
    {%- endfor %}
    count_if(channel = 'product' and occurred_on >= {{ as_of() }} - 30)
        as product_use_count_30_days,
    count(distinct case
        when channel = 'product' and occurred_on >= {{ as_of() }} - 30 then occurred_on
    end) as product_use_day_count_30_days,
    max(occurred_at) as last_touch_at
from taken_part
inner join touches
    on
        taken_part.source_name = touches.source_name
        and taken_part.touch_id = touches.touch_id
group by taken_part.customer_id
