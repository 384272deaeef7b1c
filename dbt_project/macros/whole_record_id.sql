{# A browser that was cut into sign-in intervals, as a whole. #}
{% macro whole_record_id(record_id) -%}
    case when {{ record_id }} like 'web.visitor:%~%' then split_part({{ record_id }}, '~', 1) else {{ record_id }} end
{%- endmacro %}
