{# What a stage or status is compared by: small letters and digits without what parts them. #}
{% macro state_key(name) -%} {{ regex_replace("lower(" ~ name ~ ")", "[ _./:;,()|&+–—-]+", "") }} {%- endmacro %}
{# `rows` with named_state: what a stage's name means by the seed state_labels, alone or with the pipeline's. #}
{% macro named_state(rows, concept, name, pipeline) -%}
    with labels as (
        select {{ state_key("label") }} as label_key, max(state) as state
        from {{ ref('state_labels') }} where concept = '{{ concept }}' group by {{ state_key("label") }}
    ),
    keyed as (
        select *, {{ state_key(name) }} as whole_key,
            {{ state_key(regex_replace(name, "[(][^()]*[)] *$", "")) }} as bare_key,
            {{ state_key(regex_replace(name, "^.*(: | - | / | > )", "")) }} as last_key,
            replace({{ state_key(name) }}, {{ state_key(pipeline) }}, '') as lone_key
        from {{ rows }}
    )
    select keyed.*, coalesce(
        whole.state, bare.state, lone.state, final.state
        {%- if concept == 'deal' %},
        case when whole_key like '%closedwon%' then 'won' when whole_key like '%closedlost%' then 'lost' end
        {%- endif %}
    ) as named_state
    from keyed
    left join labels as whole on keyed.whole_key = whole.label_key
    left join labels as bare on keyed.bare_key = bare.label_key
    left join labels as lone on keyed.lone_key = lone.label_key
    left join labels as final on keyed.last_key = final.label_key
{%- endmacro %}
