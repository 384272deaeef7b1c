-- One row per customer and attribute: the value that survives, why, and the runner-up.
with
survivors as (
    select * from {{ ref('int_customers__survivors') }}
),

-- An address is one block: all its parts come from one record.
in_parts as (
    select
        customer_id,
        attribute,
        value,
        source_name,
        record_id,
        rule,
        observed_at,
        agreeing_source_count,
        runner_up_value,
        runner_up_source_name
    from survivors
    where attribute <> 'address'
    {%- for part in ['street', 'city', 'postal_code', 'state', 'country_code'] %}
    union all
    select
        customer_id,
        '{{ part }}' as attribute,
        {{ part }} as value,
        source_name,
        record_id,
        rule,
        observed_at,
        agreeing_source_count,
        runner_up_{{ part }} as runner_up_value,
        runner_up_source_name
    from survivors
    where attribute = 'address' and {{ part }} is not null
    {%- endfor %}
)

select
    customer_id,
    attribute,
    value,
    source_name,
    record_id,
    rule,
    observed_at,
    agreeing_source_count,
    runner_up_value,
    runner_up_source_name
from in_parts
