-- One row per time that someone of Salesforce opted out of e-mail or calls, or back in.
with
contacts as (
    select * from {{ ref('stg_salesforce__contacts') }}
),

leads as (
    select * from {{ ref('stg_salesforce__leads') }}
),

accounts as (
    select * from {{ ref('stg_salesforce__accounts') }}
    where is_person_account
),

flags as (
    select
        'salesforce.contact:' || contact_id as record_id,
        'email' as channel,
        'Salesforce, opted out of e-mail' as origin,
        has_opted_out_of_email as is_out,
        lag(has_opted_out_of_email) over (
            partition by contact_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from contacts
    where has_opted_out_of_email is not null
    union all
    select
        'salesforce.contact:' || contact_id as record_id,
        'phone' as channel,
        'Salesforce, do not call' as origin,
        has_opted_out_of_calls as is_out,
        lag(has_opted_out_of_calls) over (
            partition by contact_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from contacts
    where has_opted_out_of_calls is not null
    union all
    select
        'salesforce.lead:' || lead_id as record_id,
        'email' as channel,
        'Salesforce, opted out of e-mail' as origin,
        has_opted_out_of_email as is_out,
        lag(has_opted_out_of_email) over (
            partition by lead_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from leads
    where has_opted_out_of_email is not null
    union all
    select
        'salesforce.lead:' || lead_id as record_id,
        'phone' as channel,
        'Salesforce, do not call' as origin,
        has_opted_out_of_calls as is_out,
        lag(has_opted_out_of_calls) over (
            partition by lead_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from leads
    where has_opted_out_of_calls is not null
    union all
    select
        'salesforce.account:' || account_id as record_id,
        'email' as channel,
        'Salesforce, opted out of e-mail' as origin,
        has_opted_out_of_email as is_out,
        lag(has_opted_out_of_email) over (
            partition by account_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from accounts
    where has_opted_out_of_email is not null
    union all
    select
        'salesforce.account:' || account_id as record_id,
        'phone' as channel,
        'Salesforce, do not call' as origin,
        has_opted_out_of_calls as is_out,
        lag(has_opted_out_of_calls) over (
            partition by account_id order by modified_at
        ) as was_out,
        modified_at as stated_at,
        _file_id,
        _line
    from accounts
    where has_opted_out_of_calls is not null
)

-- Only to have opted out is an answer. One that was taken back has run out: it forbids
-- no more, and allows nothing.
select
    record_id || '/' || channel || '@' || coalesce(
        cast(stated_at as string), _file_id || ':' || cast(_line as string)
    ) as consent_id,
    record_id,
    null as identifier_kind,
    null as identifier_value,
    channel,
    'marketing' as purpose,
    case when is_out then 'withdrawn' else 'expired' end as status,
    origin,
    null as text_version,
    stated_at,
    _file_id as file_id,
    _line as line
from flags
where is_out is distinct from coalesce(was_out, false)
