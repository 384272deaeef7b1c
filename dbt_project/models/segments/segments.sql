-- One row per declared segment.
{% for segment in var('segments') -%}
{% if not loop.first %}
union all
{% endif -%}
select
    '{{ segment.segment_id }}' as segment_id,
    '{{ segment.label }}' as label,
    '{{ segment.purpose }}' as purpose,
    '{{ segment.condition | replace("'", "''") }}' as condition_sql
{%- endfor %}
