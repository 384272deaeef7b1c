-- One row per statement of consent, record it reaches and identifier it speaks for.
with
consents as (
    select * from {{ ref('conformed__consents') }}
),

identifiers as (
    select * from {{ ref('identifiers') }}
    -- Words that stand for nothing are nobody's. What only links nobody, such as the
    -- mailbox of an office, has its say all the same.
    where
        status not in (
            'placeholder', 'too long', 'not an e-mail', 'not a phone number'
        )
),

record_keys as (
    select * from {{ ref('record_keys') }}
),

customer_ids as (
    select * from {{ ref('customer_ids') }}
),

trunk_codes as (
    select distinct calling_code from {{ ref('countries') }}
    where trunk_prefix = '0'
),

-- An export repeats a flag with every other change of its record: no new answer.
changes as (
    select
        *,
        lag(status) over (
            partition by record_id, channel, purpose
            order by stated_at asc nulls first, consent_id asc
        ) as previous_status
    from consents
    where identifier_kind is null
),

statements as (
    select
        source_name,
        consent_id,
        record_id,
        record_key,
        channel,
        purpose,
        status,
        stated_at,
        cast(null as string) as identifier_kind,
        cast(null as string) as identifier_value,
        cast(null as string) as dialled,
        coalesce(status = previous_status, false) as is_repeated,
        -- A flag that was no and became yes was set by someone; the first may be old.
        previous_status is not null as is_explicit
    from changes
    union all
    select
        source_name,
        consent_id,
        record_id,
        record_key,
        channel,
        purpose,
        status,
        stated_at,
        identifier_kind,
        case
            when identifier_kind in ('email', 'email_sha256')
                then {{ composed("lower(trim(identifier_value))") }}
            else trim(identifier_value)
        end as identifier_value,
        case
            when identifier_kind = 'phone'
                then {{ regex_replace(
                    "replace(identifier_value, '(0)', '')", "[^0-9+]", ""
                ) }}
        end as dialled,
        false as is_repeated,
        true as is_explicit
    from consents
    where identifier_kind is not null
),

-- Digits of a number with its country's code, and those that its country dials.
numbered as (
    select
        statements.*,
        case
            when trunk_codes.calling_code is not null
                then
                    trunk_codes.calling_code
                    || substr(statements.dialled, length(trunk_codes.calling_code) + 3)
            when statements.dialled like '00%' then substr(statements.dialled, 3)
            else replace(statements.dialled, '+', '')
        end as digits,
        case
            when statements.dialled like '0%' and statements.dialled not like '00%'
                then substr(statements.dialled, 2)
        end as national_digits
    from statements
    left join trunk_codes
        on
            substr(statements.dialled, 1, length(trunk_codes.calling_code) + 2)
            = '+' || trunk_codes.calling_code || '0'
),

hashed as (
    select
        *,
        case
            when identifier_kind = 'email_sha256' then 'email'
            else identifier_kind
        end as hash_kind,
        case
            when identifier_kind = 'email_sha256' then identifier_value
            when identifier_kind = 'phone' and national_digits is null
                then {{ sha256_hex("'+' || digits") }}
            when identifier_kind = 'phone' then {{ sha256_hex("dialled") }}
            else {{ sha256_hex("identifier_value") }}
        end as identifier_hash
    from numbered
),

holders as (
    select
        record_id,
        case
            when identifier_kind = 'email_sha256' then 'email' else identifier_kind
        end as hash_kind,
        identifier_hash,
        case
            when identifier_kind = 'phone' then replace(identifier_value, '+', '')
        end as digits
    from identifiers
),

phones as (
    select distinct
        identifier_hash,
        digits,
        right(digits, 7) as last_digits
    from holders
    where hash_kind = 'phone'
),

-- A number without its country is anyone's that ends so: enough to say no, not yes.
dialled_phones as (
    select
        hashed.source_name,
        hashed.consent_id,
        phones.identifier_hash
    from hashed
    inner join phones
        on
            right(hashed.digits, 7) = phones.last_digits
            and (
                hashed.digits = phones.digits
                or hashed.status = 'withdrawn'
                and length(hashed.digits) > 8
                and length(phones.digits) > 8
                and (
                    phones.digits like '%' || hashed.national_digits
                    or phones.digits like '0%'
                    and hashed.digits like '%' || substr(phones.digits, 2)
                )
            )
    where hashed.hash_kind = 'phone'
),

named_identifiers as (
    select
        source_name,
        consent_id,
        hash_kind,
        identifier_hash
    from hashed
    where hash_kind is not null
    union
    select
        source_name,
        consent_id,
        'phone' as hash_kind,
        identifier_hash
    from dialled_phones
),

-- By what is named, by the record that says it, or by all that this record is known by.
reached as (
    select
        named_identifiers.source_name,
        named_identifiers.consent_id,
        holders.record_id,
        named_identifiers.hash_kind || ':' || named_identifiers.identifier_hash
            as identifier_key
    from named_identifiers
    inner join holders
        on
            named_identifiers.hash_kind = holders.hash_kind
            and named_identifiers.identifier_hash = holders.identifier_hash
    union
    select
        hashed.source_name,
        hashed.consent_id,
        hashed.record_id,
        coalesce(
            hashed.hash_kind || ':' || hashed.identifier_hash, hashed.record_id
        ) as identifier_key
    from hashed
    where hashed.record_key is not null
    union
    select
        hashed.source_name,
        hashed.consent_id,
        hashed.record_id,
        holders.hash_kind || ':' || holders.identifier_hash as identifier_key
    from hashed
    inner join holders on hashed.record_id = holders.record_id
    where hashed.hash_kind is null or hashed.hash_kind = 'customer_id'
)

select distinct
    hashed.source_name,
    hashed.consent_id,
    customer_ids.customer_id,
    reached.record_id as reached_record_id,
    reached.identifier_key,
    hashed.hash_kind as identifier_kind,
    hashed.identifier_hash,
    hashed.channel,
    hashed.purpose,
    case
        when hashed.status in ('granted', 'withdrawn', 'pending', 'expired')
            then hashed.status
        else 'unmapped'
    end as status,
    hashed.stated_at,
    hashed.is_repeated,
    hashed.is_explicit,
    coalesce(record_keys.is_gone, false) as is_record_gone
from hashed
left join reached
    on
        hashed.source_name = reached.source_name
        and hashed.consent_id = reached.consent_id
left join customer_ids on reached.record_id = customer_ids.record_id
left join record_keys on hashed.record_key = record_keys.record_key
