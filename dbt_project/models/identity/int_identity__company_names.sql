-- One row per name of a company as typed: the name to compare, without its legal form.
with
companies as (
    select * from {{ ref('conformed__companies') }}
),

details as (
    select * from {{ ref('int_identity__details') }}
),

legal_forms as (
    select * from {{ ref('legal_forms') }}
),

typed as (
    select company_name from companies
    where trim(company_name) <> ''
    union
    select company_name from details
    where trim(company_name) <> ''
),

spaced as (
    select
        company_name,
        ' ' || trim({{ regex_replace(
            "replace(lower(company_name), '.', '')", "[ ,;&+/()-]+", " "
        ) }}) as words
    from typed
),

bare_0 as (
    select
        spaced.company_name,
        case
            when forms.form is not null
                then substr(spaced.words, length(forms.form) + 2)
            else spaced.words
        end as words
    from spaced
    left join legal_forms as forms
        on forms.place = 'start' and split_part(spaced.words, ' ', 2) = forms.form
),

-- A form may be written in up to three words, and forms stand one behind the other:
-- GmbH & Co. KG, S. A. de C. V.
{%- for number in range(4) %}
ends_{{ number }} as (
    select
        company_name,
        words,
        regexp_extract(words, '( [^ ]+)$', 1) as one_word,
        regexp_extract(words, '( [^ ]+ [^ ]+)$', 1) as two_words,
        regexp_extract(words, '( [^ ]+ [^ ]+ [^ ]+)$', 1) as three_words
    from bare_{{ number }}
),

bare_{{ number + 1 }} as (
    select
        ends.company_name,
        substr(
            ends.words,
            1,
            length(ends.words) - case
                when three.form is not null then length(ends.three_words)
                when two.form is not null then length(ends.two_words)
                when one.form is not null then length(ends.one_word)
                else 0
            end
        ) as words
    from ends_{{ number }} as ends
    left join legal_forms as one
        on one.place = 'end' and replace(ends.one_word, ' ', '') = one.form
    left join legal_forms as two
        on two.place = 'end' and replace(ends.two_words, ' ', '') = two.form
    left join legal_forms as three
        on three.place = 'end' and replace(ends.three_words, ' ', '') = three.form
),

{% endfor -%}
joined as (
    select
        company_name,
        {{ regex_replace("words || ' '", " (and|und|et|y|e|og|och) ", " ") }} as words
    from bare_4
)

-- Umlauts are written in two ways, and numbers belong to the name.
select
    company_name,
    nullif(
        replace(replace(replace(
            coalesce({{ name_key("words") }}, ''), 'ae', 'a'
        ), 'oe', 'o'), 'ue', 'u')
        || {{ regex_replace("words", "[^0-9]", "") }},
        ''
    ) as name_key
from joined
