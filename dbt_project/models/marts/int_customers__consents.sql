-- One row per customer that ever said yes or no: what it accepts, by channel.
with
-- What was said of all channels or purposes is there for each.
consents as (
    select * from {{ ref('customer_consents') }}
),

marketing as (
    select
        customer_id,
        {%- for channel in ['email', 'sms', 'phone', 'post'] %}
        bool_or(channel = '{{ channel }}' and is_granted) as is_{{ channel }}_accepted,
        {%- endfor %}
        -- Who said no to one channel is not asked by the sum of them.
        bool_or(is_granted) and not bool_or(status = 'withdrawn') as is_any_accepted
    from consents
    where purpose = 'marketing' and channel in ('email', 'sms', 'phone', 'post')
    group by customer_id
),

last_said as (
    select
        customer_id,
        max(since_at) as last_consent_at
    from consents
    group by customer_id
)

select
    last_said.customer_id,
    marketing.is_any_accepted,
    marketing.is_email_accepted,
    marketing.is_sms_accepted,
    marketing.is_phone_accepted,
    marketing.is_post_accepted,
    last_said.last_consent_at
from last_said
left join marketing on last_said.customer_id = marketing.customer_id
