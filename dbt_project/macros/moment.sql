{# The UTC timestamp that a text tells, where a day without a time begins in the reporting time zone; and the one at which such a day ends. #}
{% macro moment(text) -%} case when length({{ text }}) <= 10 then {{ start_of_day("try_cast(" ~ text ~ " as date)") }} else try_cast({{ text }} as timestamp) end {%- endmacro %}
{% macro end_of_day(day) -%} {{ start_of_day("cast(" ~ day ~ " as timestamp) + interval '1' day") }} {%- endmacro %}
