-- Where a shop has delivered orders, no payment is an order too.
{{ config(meta={'dagster': {'ref': {'name': 'conformed__orders'}}}) }}
with
orders as (
    select * from {{ ref('conformed__orders') }}
),

payers as (
    select distinct source_name from {{ ref('conformed__payments') }}
),

ledgers as (
    select distinct source_name from orders
    where source_name in {{ order_ledgers() }}
)

select orders.source_name
from orders
inner join payers on orders.source_name = payers.source_name
inner join ledgers on orders.source_name <> ledgers.source_name
where orders.source_name not in {{ order_ledgers() }}
