-- One row per job of the workshop.
with
jobs as (
    {{ current_rows(source('raw_workshop', 'jobs'), 'job') }}
)

select
    job as order_id,
    job as order_name,
    'workshop.customer:' || customer as record_id,
    null as email,
    null as phone,
    case state when 'given back' then 'paid' when 'void' then 'cancelled' end as status,
    false as is_test,
    'store' as channel,
    'GBP' as currency,
    cast(price as decimal(18, 4)) - coalesce(cast(vat as decimal(18, 4)), 0)
        as items_amount,
    0 as discount_amount,
    0 as shipping_amount,
    coalesce(cast(vat as decimal(18, 4)), 0) as tax_amount,
    price as total_amount,
    try_cast(done_at as timestamp) as ordered_at,
    null as paid_at,
    null as cancelled_at,
    null as updated_at,
    _file_id as file_id,
    _line as line
from jobs
