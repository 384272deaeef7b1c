-- One row per attempt to charge a customer, as last delivered.
{%- set order_in_metadata
    = '(?i)"order[_ ]?(?:id|number|no|name|key)?" *: *"?([^",]+)' %}
{%- set order_in_words
    = '(?i)(?:^|[^a-z])(?:order|bestellung|bestelling|commande|pedido|ordine)'
    ~ '(?: *(?:id|number|no[.]?|nr[.]?))?[ :#]*([a-z]*[-_]?[0-9][a-z0-9_-]+)' %}
with
delivered as (
    {{ current_rows(source('raw_stripe', 'charges'), 'charge_id') }}
),

units as (
    select * from {{ ref('stg_stripe__units') }}
),

charges as (
    select
        delivered.*,
        -- What 1 is worth in the amounts of the row.
        case
            when delivered.created_utc is not null then 1
            else coalesce(units.minor_unit, 0.01)
        end as unit
    from delivered
    left join units on upper(trim(delivered.currency)) = units.currency
)

select
    charges.charge_id,
    charges.payment_intent_id,
    charges.invoice_id,
    nullif(trim(charges.customer_id), '') as customer_id,
    lower(trim(charges.customer_email)) as email,
    lower(trim(charges.status)) as status,
    charges.failure_code,
    charges.description,
    -- The order it pays, as the shop that charged noted it.
    coalesce(
        nullif(trim(charges.order_reference), ''),
        nullif(
            trim(regexp_extract(charges.metadata, '{{ order_in_metadata }}', 1)), ''
        ),
        nullif(regexp_extract(charges.description, '{{ order_in_words }}', 1), '')
    ) as order_reference,
    -- The same for one card number, whoever pays with it.
    charges.card_fingerprint,
    charges.statement_descriptor,
    replace(lower(trim(charges.status)), '_', ' ') in (
        'succeeded', 'paid', 'refunded', 'partial refund', 'partially refunded',
        'disputed', 'needs response', 'under review', 'dispute won', 'dispute lost'
    ) as is_paid,
    lower(charges.captured) in ('true', 't', 'yes', '1') as is_captured,
    coalesce(lower(charges.livemode) in ('live', 'true', 't', '1'), true) as is_live,
    upper(trim(charges.currency)) as currency,
    cast(
        try_cast(charges.amount as decimal(30, 4)) * charges.unit
        as decimal(18, 4)
    ) as charge_amount,
    coalesce(cast(
        try_cast(charges.amount_refunded as decimal(30, 4)) * charges.unit
        as decimal(18, 4)
    ), 0) as refunded_amount,
    {{ moment('coalesce(charges.created_utc, charges.created)') }} as created_at,
    {{ moment('charges.refunded_at') }} as refunded_at,
    -- The cardholder's bank took it back, and kept it.
    coalesce(lower(trim(charges.dispute_status)) = 'lost', false)
    or replace(lower(trim(charges.status)), '_', ' ') = 'dispute lost'
        as is_dispute_lost,
    cast(
        try_cast(charges.disputed_amount as decimal(30, 4)) * charges.unit
        as decimal(18, 4)
    ) as disputed_amount,
    {{ moment('charges.disputed_at') }} as disputed_at,
    charges._file_id,
    charges._line,
    charges._load_id
from charges
