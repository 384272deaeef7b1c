{# What a value identifies: by its declared type, or by its look where none is given. #}
{% macro identifier_kind(type, value) -%}
    {%- set bare = regex_replace("lower(coalesce(" ~ type ~ ", ''))", "[^a-z]", "") -%}
    case
        when
            ({{ bare }} = '' or {{ bare }} like '%mail%' or {{ bare }} = 'sha')
            and {{ regex_like("trim(" ~ value ~ ")", "'^[0-9a-fA-F]{64}$'") }}
            then 'email_sha256'
        when {{ bare }} in ('email', 'mail', 'emailaddress') then 'email'
        when {{ bare }} in ('phone', 'phonenumber', 'mobile', 'telephone', 'msisdn', 'sms') then 'phone'
        when {{ bare }} in ('cookie', 'cookieid', 'anonymousid', 'visitor', 'visitorid') then 'anonymous_id'
        when {{ bare }} in ('device', 'deviceid', 'maid', 'madid', 'idfa', 'gaid', 'aaid') then 'device_id'
        when {{ bare }} <> '' then replace(lower(trim({{ type }})), ' ', '_')
        when {{ value }} like '%@%' then 'email'
        when {{ regex_like(value, "'^ *([+]|0)[0-9 ()/.-]{6,}$'") }} then 'phone'
    end
{%- endmacro %}
