{# Ids of one kind, with semicolons, commas or blanks between them, as record ids with
   semicolons between them. #}
{% macro record_list(kind, ids) -%}
    '{{ kind }}:' || {{ regex_replace("nullif(" ~ regex_replace(ids, "^[;, ]+|[;, ]+$", "") ~ ", '')", "[;, ]+", ";" ~ kind ~ ":") }}
{%- endmacro %}
{# What follows the first part of a list with semicolons; null where nothing does. #}
{% macro after_first(list) -%}
    nullif(substr({{ list }}, length(split_part({{ list }}, ';', 1)) + 2), '')
{%- endmacro %}
