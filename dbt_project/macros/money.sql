{# An amount of money as it is shown. By way of six places: half a cent is then rounded
   up, on every engine. #}
{% macro money(amount) -%} try_cast(try_cast({{ amount }} as decimal(38, 6)) as decimal(18, 2)) {%- endmacro %}
{# The rate of a currency into the reporting one, `rates` being the row of currency_days
   for its day; null where none is known. The reporting currency needs no rate. #}
{% macro reporting_rate(currency, rates='rates') -%}
    case when {{ currency }} = '{{ var("reporting_currency") }}' then 1 else {{ rates }}.reporting_rate end
{%- endmacro %}
{# A status as seeds/order_statuses.csv and subscription_statuses.csv write it. #}
{% macro status_key(status) -%}
    {{ regex_replace(regex_replace("lower(trim(" ~ status ~ "))", "[ ._/-]+", "_"), "^wc_", "") }}
{%- endmacro %}
