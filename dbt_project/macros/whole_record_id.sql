{# A browser that was cut into sign-in intervals, as a whole. #}
{% macro whole_record_id(id) -%} case when {{ id }} like 'web.visitor:%~%' then split_part({{ id }}, '~', 1) else {{ id }} end {%- endmacro %}
