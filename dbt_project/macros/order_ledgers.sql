{# The sources whose orders count before those of all others, as a list for `in`. #}
{% macro order_ledgers() -%}
    {%- set ledgers = var('order_ledgers') or [] -%}
    {%- if not ledgers -%}
        {%- set ledgers = [] -%}
        {%- for source, concepts in var('gives').items() if 'orders' in concepts and 'payments' not in concepts -%}
            {% do ledgers.append(source) %}
        {%- endfor -%}
    {%- endif -%}
    ('{{ (ledgers or ['']) | join("', '") }}')
{%- endmacro %}
