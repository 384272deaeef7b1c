{# Stripe's money: whole amounts in its dashboard's exports, elsewhere minor units. #}
{% macro stripe_amount(amount) -%}
    case
        when created_utc is not null then try_cast({{ amount }} as decimal(18, 2))
        when created is not null then cast(
            try_cast({{ amount }} as decimal(18, 2)) * case
                when upper(currency) in (
                    'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG',
                    'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'
                ) then cast(1 as decimal(4, 3))
                when upper(currency) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND')
                    then cast(0.001 as decimal(4, 3))
                else cast(0.01 as decimal(4, 3))
            end as decimal(18, 2)
        )
    end
{%- endmacro %}
