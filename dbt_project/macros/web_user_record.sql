{# The record of an account that signed in on the web: the setting says whose. #}
{% macro web_user_record(id) -%} case when trim({{ id }}) <> '' then '{{ var("web_user_ids") }}:' || trim({{ id }}) end {%- endmacro %}
