{# The sources whose orders count before those of all others, as a list for `in`. #}
{% macro order_ledgers() -%}
    {%- set ledgers = [] -%}
    {%- for source, concepts in var('gives').items() if 'orders' in concepts and 'payments' not in concepts %}{% do ledgers.append(source) %}{% endfor -%}
    ('{{ (var('order_ledgers') or ledgers or ['']) | join("', '") }}')
{%- endmacro %}
{# The sources that give payments, as a list for `in`. #}
{% macro payment_sources() -%}
    {%- set sources = [''] -%}
    {%- for source, concepts in var('gives').items() if 'payments' in concepts %}{% do sources.append(source) %}{% endfor -%}
    ('{{ sources | join("', '") }}')
{%- endmacro %}
