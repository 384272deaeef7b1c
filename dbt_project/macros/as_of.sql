{# The day of the run as a date. #}
{% macro as_of() -%} cast('{{ var("as_of") }}' as date) {%- endmacro %}
