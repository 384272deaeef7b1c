-- One row per change of a shop account's answer to marketing.
with
customers as (
    select * from {{ ref('stg_shop__customers') }}
    where is_marketing_accepted is not null
)

select
    customer_id || '@' || cast(valid_from_at as string) as consent_id,
    'shop.customer:' || customer_id as record_id,
    null as identifier_kind,
    null as identifier_value,
    'all' as channel,
    'marketing' as purpose,
    case when is_marketing_accepted then 'granted' else 'withdrawn' end as status,
    'shop account' as origin,
    null as text_version,
    valid_from_at as stated_at,
    _file_id as file_id,
    _line as line
from customers
