-- One row per payment of which it is known what order it pays.
{%- set order_number = regex_replace("lower(?)", "[^a-z0-9]", "") %}
with
payments as (
    select * from {{ ref('conformed__payments') }}
),

orders as (
    select * from {{ ref('conformed__orders') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

-- An order is called by its id, or by the number that its customer sees.
order_numbers as (
    select
        source_name,
        order_id,
        total_amount,
        ordered_at,
        {{ order_number | replace('?', 'order_id') }} as order_number
    from orders
    union
    select
        source_name,
        order_id,
        total_amount,
        ordered_at,
        {{ order_number | replace('?', 'order_name') }} as order_number
    from orders
),

-- A payment that is an order itself pays itself.
named as (
    select
        payments.source_name,
        payments.payment_id,
        order_numbers.source_name as order_source_name,
        order_numbers.order_id,
        row_number() over (
            partition by payments.source_name, payments.payment_id
            order by
                abs(order_numbers.total_amount - payments.payment_amount)
                asc nulls last,
                order_numbers.ordered_at desc nulls last,
                order_numbers.source_name asc,
                order_numbers.order_id asc
        ) as choice
    from payments
    inner join order_numbers
        on
            {{ order_number | replace('?', 'payments.order_id') }}
            = order_numbers.order_number
            and payments.source_name <> order_numbers.source_name
    where order_numbers.order_number <> ''
),

itself as (
    select
        payments.source_name,
        payments.payment_id,
        orders.source_name as order_source_name,
        orders.order_id
    from payments
    inner join orders
        on
            payments.source_name = orders.source_name
            and payments.payment_id = orders.order_id
),

by_reference as (
    select
        source_name,
        payment_id,
        order_source_name,
        order_id,
        'reference' as rule
    from named
    where choice = 1
    union all
    select
        source_name,
        payment_id,
        order_source_name,
        order_id,
        'itself' as rule
    from itself
),

-- Else it is the order of the same person, amount and currency within a day, one to
-- one: the first payment of a row of such events with its first order, and so on.
events as (
    select
        'payment' as kind,
        payments.source_name,
        payments.payment_id as event_id,
        coalesce(customer_ids.customer_id, payments.email) as person,
        payments.currency,
        payments.payment_amount as amount,
        payments.paid_at as happened_at
    from payments
    left join by_reference
        on
            payments.source_name = by_reference.source_name
            and payments.payment_id = by_reference.payment_id
    left join customer_ids on payments.record_id = customer_ids.record_id
    where
        by_reference.payment_id is null
        and payments.state in ('paid', 'refunded', 'partly refunded')
        and not coalesce(payments.is_test, false)
    union all
    select
        'order' as kind,
        orders.source_name,
        orders.order_id as event_id,
        coalesce(customer_ids.customer_id, orders.email) as person,
        orders.currency,
        orders.total_amount as amount,
        orders.ordered_at as happened_at
    from orders
    left join by_reference
        on
            orders.source_name = by_reference.order_source_name
            and orders.order_id = by_reference.order_id
    left join customer_ids on orders.record_id = customer_ids.record_id
    where by_reference.order_id is null and orders.total_amount > 0
),

pauses as (
    select
        *,
        case
            when
                happened_at <= lag(happened_at) over (
                    partition by person, currency, amount
                    order by happened_at asc, kind asc, event_id asc
                ) + interval '1' day
                then 0
            else 1
        end as starts_row
    from events
    where person is not null and amount is not null and happened_at is not null
),

rows_of_events as (
    select
        *,
        sum(starts_row) over (
            partition by person, currency, amount
            order by happened_at asc, kind asc, event_id asc
            rows between unbounded preceding and current row
        ) as row_id
    from pauses
),

places as (
    select
        *,
        row_number() over (
            partition by person, currency, amount, row_id, kind
            order by happened_at asc, source_name asc, event_id asc
        ) as place_in_row
    from rows_of_events
)

select
    source_name,
    payment_id,
    order_source_name,
    order_id,
    rule
from by_reference
union all
select
    paid.source_name,
    paid.event_id as payment_id,
    ordered.source_name as order_source_name,
    ordered.event_id as order_id,
    'same person and amount' as rule
from places as paid
inner join places as ordered
    on
        paid.person = ordered.person
        and paid.currency = ordered.currency
        and paid.amount = ordered.amount
        and paid.row_id = ordered.row_id
        and paid.place_in_row = ordered.place_in_row
where
    paid.kind = 'payment'
    and ordered.kind = 'order'
    and paid.happened_at <= ordered.happened_at + interval '1' day
    and paid.happened_at >= ordered.happened_at - interval '1' day
