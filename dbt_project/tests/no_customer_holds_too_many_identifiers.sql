-- A customer has at most max_identifiers_per_customer identifiers that count.
{{ config(meta={'dagster': {'ref': {'name': 'customer_identifiers'}}}) }}
select
    customer_identifiers.customer_id,
    count(*) as identifier_count
from {{ ref('customer_identifiers') }} as customer_identifiers
inner join {{ ref('int_identity__identifier_rules') }} as rules
    on customer_identifiers.identifier_kind = rules.identifier_kind
where rules.is_counted and {{ var('guards').cluster_size }}
group by customer_identifiers.customer_id
having count(*) > {{ var('max_identifiers_per_customer') }}
