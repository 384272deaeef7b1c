-- One row per pair of records that may be one human, with what speaks for and against.
-- The weight is that of Fellegi and Sunter, in bits: the odds that any two records are
-- one human (one other record each: 1 in N - 1), plus log2(m / u) of each comparison,
-- plus log2(u / share) where what agrees is rarer or more common than u says. But what
-- a household shares says no more than the household can: see shared_weight.
{%- set comparisons = [
    'given_name', 'surname', 'birth_date', 'email', 'phone', 'street', 'postal_code',
    'city', 'national_id', 'employer', 'organisation'
] %}
{%- set terms = [
    'given_name', 'surname', 'birth_date', 'street', 'postal_code', 'city', 'employer',
    'organisation'
] %}
{%- set shared = ['surname', 'phone', 'street', 'postal_code', 'city', 'employer'] %}
{#- Levels that decide something by themselves, by the names that the seed gives them;
    a greater number is a better level. -#}
{%- set named_levels = {
    'first_names_differ': ('given_name', 'first names differ'),
    'surnames_differ': ('surname', 'surnames differ'),
    'similar_surname': ('surname', 'similar surname'),
    'same_surname': ('surname', 'same surname'),
    'birth_dates_differ': ('birth_date', 'birth dates differ'),
    'birth_date_with_two_errors': ('birth_date', 'birth date with two errors'),
    'emails_differ': ('email', 'e-mails differ'),
    'similar_mailbox': ('email', 'similar mailbox'),
    'email_with_a_typing_error': ('email', 'e-mail with a typing error'),
    'same_mailbox_elsewhere': ('email', 'same mailbox elsewhere'),
    'same_email': ('email', 'same e-mail'),
    'phones_differ': ('phone', 'phones differ'),
    'phone_with_a_typing_error': ('phone', 'phone with a typing error'),
    'similar_street': ('street', 'similar street'),
    'similar_house': ('street', 'similar street and same number'),
    'postal_code_with_a_typing_error':
        ('postal_code', 'postal code with a typing error'),
    'similar_city': ('city', 'similar city'),
    'national_id_with_a_typing_error':
        ('national_id', 'national number with a typing error'),
    'same_employer': ('employer', 'same employer'),
    'company_names_resemble': ('organisation', 'company names resemble'),
} %}
with
levels as (
    select
        {% for name, (comparison, level) in named_levels.items() %}
        max(
            case
                when comparison = '{{ comparison }}' and level = '{{ level }}'
                    then level_number
            end
        ) as {{ name }},
        {% endfor %}
        count(*) as level_count
    from {{ ref('match_weights') }}
),

compared as (
    select * from {{ ref('int_identity__compared_pairs') }}
    where record_key_a < record_key_b
),

pairs as (
    select
        compared.*,
        (
            compared.street >= levels.similar_house
            or compared.phone >= levels.phone_with_a_typing_error
        )
        and compared.organisation < levels.company_names_resemble as is_shared,
        -- Names alone are not enough, however rare: others may be called the same.
        -- Nor is an address where surnames differ; and the same e-mail links by itself,
        -- or a guard refused it.
        compared.birth_date >= levels.birth_date_with_two_errors
        or compared.email in (
            levels.email_with_a_typing_error, levels.same_mailbox_elsewhere
        )
        or compared.phone >= levels.phone_with_a_typing_error
        or compared.national_id >= levels.national_id_with_a_typing_error
        or compared.organisation >= levels.company_names_resemble
        or compared.surname <> levels.surnames_differ
        and (
            compared.email = levels.similar_mailbox
            or compared.street >= levels.similar_street
            or compared.postal_code >= levels.postal_code_with_a_typing_error
            -- A city is not enough for a surname that is only similar, where e-mails
            -- and phones are two: a mailbox made of the name says the name again.
            or compared.city >= levels.similar_city
            and not (
                compared.surname < levels.same_surname
                and compared.email >= levels.emails_differ
                and compared.email < levels.similar_mailbox
                and compared.phone = levels.phones_differ
            )
            or compared.employer >= levels.same_employer
        ) as is_backed,
        compared.given_name = levels.first_names_differ
        and compared.birth_date < levels.birth_date_with_two_errors
        and compared.email < levels.same_email as is_apart,
        compared.given_name >= levels.first_names_differ as has_given_names,
        compared.given_name = levels.first_names_differ as first_names_differ,
        compared.surname in (levels.similar_surname, levels.same_surname)
            as has_one_surname,
        compared.birth_date >= levels.birth_dates_differ as has_birth_dates,
        compared.birth_date < levels.birth_date_with_two_errors as birth_dates_differ
    from compared
    cross join levels
),

shares as (
    select * from {{ ref('int_identity__term_shares') }}
),

weights as (
    select
        *,
        log2(m_probability / nullif(u_probability, 0)) as weight
    from {{ ref('match_weights') }}
),

record_counts as (
    select count(*) as record_count from shares
),

priors as (
    select
        -log2(case when record_count > 3 then record_count - 2 else 1 end)
            as prior_weight
    from record_counts
),

-- Same surname and same address or phone: one human twice, or two of one household?
-- First names that clearly differ tell, best where birth dates differ as well. Below
-- the share that typing errors make, no household shows.
neighbours as (
    select
        cast(count_if(has_birth_dates) as double) as dated_count,
        count_if(has_birth_dates and birth_dates_differ and first_names_differ)
            as dated_apart_count,
        cast(count(*) as double) as named_count,
        count_if(first_names_differ) as named_apart_count
    from pairs
    where is_shared and has_one_surname and has_given_names
),

households as (
    select
        case
            when dated_count >= 30
                then (dated_apart_count / nullif(dated_count, 0) - 0.03) / 0.97
            when named_count >= 30
                then (named_apart_count / nullif(named_count, 0) - 0.1) / 0.9
            else 0.5
        end as household_share
    from neighbours
),

-- A term counts where both sides have the same value, so one side's share will do.
weighed as (
    select
        {% for name in comparisons %}
        {{ name }}_weights.level as {{ name }}_level,
        coalesce({{ name }}_weights.weight, 0)
        {% if name in terms %}
        + case
            when {{ name }}_weights.term = '{{ name }}'
                then
                    log2({{ name }}_weights.u_probability)
                    - log2(shares.{{ name }}_share)
            else 0
        end
        {% endif %}
            as {{ name }}_weight,
        {% endfor %}
        pairs.record_key_a,
        pairs.record_key_b,
        pairs.is_shared,
        pairs.is_apart,
        pairs.is_backed,
        priors.prior_weight,
        households.household_share
    from pairs
    cross join priors
    cross join households
    inner join shares on pairs.record_key_a = shares.record_key
    {% for name in comparisons %}
    left join weights as {{ name }}_weights
        on
            {{ name }}_weights.comparison = '{{ name }}'
            and pairs.{{ name }} = {{ name }}_weights.level_number
    {% endfor %}
),

scored as (
    select
        *,
        prior_weight
        {% for name in comparisons %}
        + {{ name }}_weight
        {% endfor %}
            as splink_weight,
        prior_weight
        {% for name in shared %}
        + {{ name }}_weight
        {% endfor %}
            as shared_weight,
        case
            when household_share > 0.99 then log2(0.01 / 0.99)
            when household_share > 0
                then log2((1 - household_share) / nullif(household_share, 0))
        end as household_weight
    from weighed
),

discounted as (
    select
        *,
        case
            when is_shared and shared_weight > household_weight
                then shared_weight - household_weight
            else 0
        end as household_discount
    from scored
),

judged as (
    select
        *,
        splink_weight - household_discount as match_weight,
        1 / nullif(1 + power(cast(2 as double), household_discount - splink_weight), 0)
            as match_probability
    from discounted
)

select
    record_key_a,
    record_key_b,
    match_weight,
    match_probability,
    case
        when match_probability >= {{ var('link_from') }} and is_backed then 'link'
        when match_probability >= {{ var('review_from') }} then 'review'
        else 'reject'
    end as band,
    case
        when
            {{ var('guards').first_name_veto }}
            and household_weight is not null
            and is_apart
            then 'first names differ and neither birth date nor e-mail agrees'
    end as veto,
    substr(
        ''
        {% for name in comparisons %}
        || case
            when {{ name }}_weight > 0.5 then ', ' || {{ name }}_level else ''
        end
        {% endfor %},
        3
    ) as reasons,
    substr(
        ''
        {% for name in comparisons %}
        || case
            when {{ name }}_weight < -0.5 then ', ' || {{ name }}_level else ''
        end
        {% endfor %},
        3
    ) as doubts,
    prior_weight,
    splink_weight,
    household_discount
from judged
where match_probability >= 0.001
