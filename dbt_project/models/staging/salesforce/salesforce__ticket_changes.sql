-- One row per case of Salesforce and export that shows it.
with
cases as (
    select * from {{ ref('stg_salesforce__cases') }}
    where not is_deleted
)

select
    case_id as ticket_id,
    coalesce(modified_at, created_at) as changed_at,
    case_status as status,
    case when is_closed then 'closed' when not is_closed then 'open' end as state,
    delivery_number,
    _file_id as file_id,
    _line as line
from cases
