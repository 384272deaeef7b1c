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
        coalesce(message_id, campaign) as mailing,
        occurred_at,
        {{ business_day('occurred_at') }} as occurred_on
    from {{ ref('conformed__touches') }}
),

-- Many providers tell what arrived and what bounced, and not that it was sent before.
outcomes as (
    select
        source_name,
        touch_id,
        mailing,
        is_sending,
        max(case when is_sending then 1 else 0 end) over (
            partition by source_name, record_id, channel, mailing
        ) as is_sending_told,
        row_number() over (
            partition by source_name, record_id, channel, mailing, is_sending
            order by occurred_at, touch_id
        ) as outcome_rank
    from (
        select
            *,
            touch_type in ('email_sent', 'sms_sent') as is_sending
        from touches
        where
            touch_type in (
                'email_sent', 'email_delivered', 'email_bounced', 'sms_sent',
                'sms_delivered'
            )
    ) as outbound
),

-- Each message once: by the touch that tells of its sending first.
sent as (
    select
        source_name,
        touch_id
    from outcomes
    where
        is_sending
        or is_sending_told = 0 and (mailing is null or outcome_rank = 1)
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
        'note': "touches.touch_type in ('note', 'call')",
        'call': "touches.touch_type = 'call'",
        'meeting': "touches.touch_type = 'meeting'",
        'email_sent': "sent.touch_id is not null and touches.channel = 'email'",
        'email_opened':
            "touches.touch_type = 'email_opened' and not touches.is_machine",
        'email_machine_opened':
            "touches.touch_type = 'email_opened' and touches.is_machine",
        'email_clicked':
            "touches.touch_type = 'email_clicked' and not touches.is_machine",
        'email_bounced': "touches.touch_type = 'email_bounced'",
        'sms_sent': "sent.touch_id is not null and touches.channel = 'sms'",
        'sms_clicked': "touches.touch_type = 'sms_clicked'",
        'sms_failed': "touches.touch_type = 'sms_failed'",
        'social': "touches.channel = 'social'",
        'product_use': "touches.channel = 'product'",
    }.items() %}
    count_if({{ condition }}) as {{ name }}_count,
    max(case when {{ condition }} then touches.occurred_at end) as last_{{ name }}_at,
    {%- endfor %}
    count_if(touches.channel = 'product' and touches.occurred_on >= {{ as_of() }} - 30)
        as product_use_count_30_days,
    count(distinct case
        when touches.channel = 'product' and touches.occurred_on >= {{ as_of() }} - 30
            then touches.occurred_on
    end) as product_use_day_count_30_days,
    max(touches.occurred_at) as last_touch_at
from taken_part
inner join touches
    on
        taken_part.source_name = touches.source_name
        and taken_part.touch_id = touches.touch_id
left join sent
    on
        touches.source_name = sent.source_name
        and touches.touch_id = sent.touch_id
group by taken_part.customer_id
