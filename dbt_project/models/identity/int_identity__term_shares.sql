-- One row per record compared: how common its names, birth date, places are tonight.
-- In a small file a share says little: there the general share, u of the seed, counts
-- as many records as var general_population. What is common here beyond chance, by two
-- standard deviations, is common whatever the general share; but for what so few share
-- that one human's own records show.
{%- set terms = [
    'given_name', 'surname', 'birth_date', 'street', 'postal_code', 'city', 'employer',
    'organisation'
] %}
{%- set smoothed = ['birth_date', 'city', 'organisation'] %}
with
features as (
    select * from {{ ref('int_identity__features') }}
),

weights as (
    select * from {{ ref('match_weights') }}
),

general as (
    select
        {% for term in terms %}
        max(case when term = '{{ term }}' then u_probability end) as {{ term }},
        {% endfor %}
        count(*) as level_count
    from weights
),

totals as (
    select
        {% for term in terms %}
        count({{ term }}) as {{ term }},
        {% endfor %}
        count(*) as record_count
    from features
),

{% for term in terms %}
{{ term }}_shares as (
    select
        features.{{ term }} as value,
        greatest(
            (count(*) + max(general.{{ term }}) * {{ var('general_population') }})
            / nullif(max(totals.{{ term }}) + {{ var('general_population') }}, 0),
            {% if term in smoothed -%} 0 {%- else -%}
            (count(*) - 2 * sqrt(count(*))) / nullif(max(totals.{{ term }}), 0)
            {%- endif %}
        ) as share
    from features
    cross join general
    cross join totals
    where features.{{ term }} is not null
    group by features.{{ term }}
),

{% endfor %}
joined as (
    select
        {% for term in terms %}
        {{ term }}_shares.share as {{ term }}_share,
        {% endfor %}
        features.record_key
    from features
    {% for term in terms %}
    left join {{ term }}_shares on features.{{ term }} = {{ term }}_shares.value
    {% endfor %}
)

select * from joined
