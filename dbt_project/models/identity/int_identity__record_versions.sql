-- One row per version of a record that a source keeps of someone; browsers are apart.
{%- set columns = [
    'email', 'other_emails', 'email_sha256', 'phone', 'other_phones', 'first_name',
    'last_name', 'full_name', 'birth_date', 'street', 'city', 'postal_code', 'state',
    'country', 'country_code', 'company_name', 'national_id', 'loyalty_number',
    'social_handle', 'external_id', 'merged_ids', 'salesforce_contact_id',
    'created_at', 'seen_at', 'last_seen_at', '_file_id', '_line',
] -%}
{#- What each source has: columns of these names, then what goes by another name. -#}
{%- set salesforce_times = {
    'seen_at': 'coalesce(created_at, modified_at)',
    'last_seen_at': 'coalesce(modified_at, created_at)',
} -%}
{%- set update_times = {
    'seen_at': 'coalesce(created_at, updated_at)',
    'last_seen_at': 'coalesce(updated_at, created_at)',
} -%}
{%- set versions = [
    {
        'record': 'hubspot.contact', 'key': 'contact_id',
        'from': ref('stg_hubspot__contacts'),
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'street', 'city',
            'postal_code', 'country',
        ],
        'birth_date': 'cast(birth_on as string)',
        'merged_ids': 'merged_contact_ids',
        'seen_at': 'valid_from_at',
        'last_seen_at': 'valid_from_at',
    },
    dict(salesforce_times, **{
        'record': 'salesforce.contact', 'key': 'contact_id',
        'from': ref('stg_salesforce__contacts'),
        'where': "not is_deleted or master_contact_id <> ''",
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'full_name', 'street', 'city',
            'postal_code', 'state', 'country', 'country_code',
        ],
        'other_phones': "coalesce(mobile_phone, '') || ';' || coalesce(home_phone, '')"
            ~ " || ';' || coalesce(other_phone, '')",
        'birth_date': 'cast(birth_on as string)',
        'merged_ids': 'master_contact_id',
    }),
    dict(salesforce_times, **{
        'record': 'salesforce.lead', 'key': 'lead_id',
        'from': ref('stg_salesforce__leads'),
        'where': "not is_deleted or master_lead_id <> ''",
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'full_name', 'street', 'city',
            'postal_code', 'state', 'country', 'country_code',
        ],
        'other_phones': 'mobile_phone',
        'company_name': 'company',
        'merged_ids': 'master_lead_id',
        'salesforce_contact_id': 'converted_contact_id',
    }),
    dict(salesforce_times, **{
        'record': 'salesforce.account', 'key': 'account_id',
        'from': ref('stg_salesforce__accounts'),
        'where': "is_person_account and (not is_deleted or master_account_id <> '')",
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'street', 'city',
            'postal_code', 'state', 'country', 'country_code',
        ],
        'full_name': 'account_name',
        'other_phones': 'mobile_phone',
        'merged_ids': 'master_account_id',
        'salesforce_contact_id': 'person_contact_id',
    }),
    dict(update_times, **{
        'record': 'pipedrive.person', 'key': 'person_id',
        'from': ref('stg_pipedrive__persons'),
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'full_name', 'city',
            'postal_code', 'state', 'country',
        ],
        'other_emails': "replace(substr(emails, length(split_part(emails, ',', 1)) + 2), "
            ~ "',', ';')",
        'other_phones': "replace(substr(phones, length(split_part(phones, ',', 1)) + 2), "
            ~ "',', ';')",
        'birth_date': 'cast(birth_on as string)',
        'street': 'address',
        'company_name': 'organization_name',
    }),
    dict(update_times, **{
        'record': 'zendesk.user', 'key': 'user_id',
        'from': ref('stg_zendesk__users'),
        'where': "not is_deleted and coalesce(role, '') not like '%agent%'"
            ~ " and coalesce(role, '') not like '%admin%'",
        'has': ['email', 'phone', 'full_name', 'external_id'],
        'company_name': 'organization_name',
    }),
    {
        'record': 'shop.customer', 'key': 'customer_id',
        'from': ref('stg_shop__customers'),
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'street', 'city',
            'postal_code', 'country_code',
        ],
        'birth_date': 'cast(birth_on as string)',
        'seen_at': 'valid_from_at',
        'last_seen_at': 'valid_from_at',
    },
    dict(update_times, **{
        'record': 'shopify.customer', 'key': 'customer_id',
        'from': ref('stg_shopify__customers'),
        'has': [
            'email', 'phone', 'first_name', 'last_name', 'street', 'city',
            'postal_code', 'country_code',
        ],
        'other_phones': 'address_phone',
        'state': 'province_code',
        'company_name': 'company',
    }),
    {
        'record': 'stripe.customer', 'key': 'customer_id',
        'from': ref('stg_stripe__customers'),
        'where': 'is_live and not is_deleted',
        'has': [
            'email', 'phone', 'street', 'city', 'postal_code', 'state', 'country_code',
        ],
        'full_name': 'customer_name',
        'seen_at': 'created_at',
        'last_seen_at': 'created_at',
    },
    {
        'record': 'partners.contact', 'key': 'email_sha256',
        'from': ref('stg_partners__contacts'),
        'where': 'email_sha256 is not null and (expires_at is null or expires_at > '
            ~ as_of() ~ ')',
        'has': ['email', 'email_sha256', 'first_name', 'last_name', 'country'],
        'created_at': 'shared_at',
        'seen_at': 'shared_at',
        'last_seen_at': 'shared_at',
    },
    {
        'record': 'email.recipient', 'key': sha256_hex(composed('email')),
        'from': 'email_recipients',
        'has': [
            'email', 'seen_at', 'last_seen_at',
        ],
        'created_at': 'seen_at',
    },
    {
        'record': 'sms.recipient', 'key': sha256_hex('dialled'),
        'from': 'sms_recipients',
        'has': [
            'phone', 'seen_at', 'last_seen_at',
        ],
        'created_at': 'seen_at',
    },
    {
        'record': 'social.handle', 'key': sha256_hex('social_handle'),
        'from': 'social_handles',
        'has': [
            'social_handle', 'seen_at', 'last_seen_at',
        ],
        'created_at': 'seen_at',
    },
    {
        'record': 'lists.person', 'key': 'person_key',
        'from': ref('stg_lists__people'),
        'has': [
            'email', 'email_sha256', 'phone', 'first_name', 'last_name', 'full_name',
            'birth_date', 'street', 'city', 'postal_code', 'state', 'country',
            'national_id', 'loyalty_number', 'company_name',
        ],
        'created_at': 'cast(null as timestamp)',
        'seen_at': 'cast(null as timestamp)',
        'last_seen_at': 'cast(null as timestamp)',
    },
] -%}
{#- The first of several rows: time, line and file as one text that sorts by time. -#}
{%- set position = "cast(occurred_at as string) || ' ' || "
    ~ "lpad(cast(_line as string), 12, '0') || ' ' || _file_id" %}
with
aliases as (
    select * from {{ ref('country_aliases') }}
),

-- Who was written to has no id there but the address itself. Record ids are
-- published, so they are made of its hash.
email_recipients as (
    select
        email,
        min(occurred_at) as seen_at,
        max(occurred_at) as last_seen_at,
        min({{ position }}) as first_position
    from {{ ref('stg_email_events__events') }}
    where email like '%@%'
    group by email
),

sms_recipients as (
    select
        {{ regex_replace('phone', '[^0-9+]', '') }} as dialled,
        min(phone) as phone,
        min(occurred_at) as seen_at,
        max(occurred_at) as last_seen_at,
        min({{ position }}) as first_position
    from {{ ref('stg_sms_events__events') }}
    where phone is not null
    group by {{ regex_replace('phone', '[^0-9+]', '') }}
),

social_handles as (
    select
        network || '/' || handle as social_handle,
        min(occurred_at) as seen_at,
        max(occurred_at) as last_seen_at,
        min({{ position }}) as first_position
    from {{ ref('stg_social__interactions') }}
    where network is not null and handle <> ''
    group by network, handle
),

-- noqa: disable=LT02
every_version as (
    {%- for version in versions %}
    select
        '{{ version.record }}:' || {{ version.key }} as record_id,
        {%- for column in columns %}
        {%- if column in version.has or column not in version and (
            column == 'created_at' or column in ('_file_id', '_line')
            and version.from is not string
        ) %}
        {{ column }}
        {%- elif column == '_file_id' %}
        split_part(first_position, ' ', 4) as _file_id
        {%- elif column == '_line' %}
        try_cast(split_part(first_position, ' ', 3) as bigint) as _line
        {%- else %}
        {{ version.get(column, 'null') }} as {{ column }}
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ version.from }}
    {%- if version.where %}
    where {{ version.where }}
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)
-- noqa: enable=LT02

select
    every_version.record_id,
    split_part(every_version.record_id, '.', 1) as source_name,
    split_part(split_part(every_version.record_id, ':', 1), '.', 2) as record_type,
    substr(
        every_version.record_id, position(':' in every_version.record_id) + 1
    ) as source_key
    {%- for column in columns[:-2] %},
    {%- if column == 'country_code' %}
    coalesce(
        every_version.country_code,
        coalesce(aliases.country_code, upper(trim(every_version.country)))
    ) as country_code
    {%- else %}
    every_version.{{ column }}
    {%- endif %}
    {%- endfor %},
    every_version._file_id as file_id,
    every_version._line as line
from every_version
left join aliases on lower(trim(every_version.country)) = aliases.alias
where every_version.record_id is not null
