{# The record of an account that signed in on the web: the setting says whose. #}
{% macro web_user_record(user_id) -%}
    case when trim({{ user_id }}) <> '' then '{{ var("web_user_ids") }}:' || trim({{ user_id }}) end
{%- endmacro %}
