{# The sources whose orders count before those of all others, as a list for `in`. #}
{% macro order_ledgers() -%}
    {%- set ledgers = (var('order_ledgers') or []) | list -%}
    {%- for source, concepts in var('gives').items() if not var('order_ledgers') -%}
        {% if 'orders' in concepts and 'payments' not in concepts %}{% do ledgers.append(source) %}{% endif %}
    {%- endfor -%}
    ('{{ (ledgers or ['']) | join("', '") }}')
{%- endmacro %}
