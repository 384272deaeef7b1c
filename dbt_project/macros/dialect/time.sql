{# Whole days from one date to a later one. #}
{% macro days_between(earlier, later) -%} {{ adapter.dispatch('days_between')(earlier, later) }} {%- endmacro %}
{% macro default__days_between(earlier, later) -%} date_diff('day', cast({{ earlier }} as date), cast({{ later }} as date)) {%- endmacro %}
{% macro spark__days_between(earlier, later) -%} datediff({{ later }}, {{ earlier }}) {%- endmacro %}
{# Seconds since 1970 of a UTC timestamp. #}
{% macro epoch_seconds(at) -%} {{ adapter.dispatch('epoch_seconds')(at) }} {%- endmacro %}
{% macro default__epoch_seconds(at) -%} cast(floor(epoch({{ at }})) as bigint) {%- endmacro %}
{% macro spark__epoch_seconds(at) -%} unix_seconds(cast({{ at }} as timestamp_ltz)) {%- endmacro %}
{# 17/May/2015:10:05:03 +0000, or 2015-05-17 10:05:03 in UTC, as a UTC timestamp. #}
{% macro log_time(text) -%} {{ adapter.dispatch('log_time')(text) }} {%- endmacro %}
{% macro default__log_time(text) -%}
    coalesce(cast(try_strptime({{ text }}, '%d/%b/%Y:%H:%M:%S %z') as timestamp), try_cast({{ text }} as timestamp))
{%- endmacro %}
{% macro spark__log_time(text) -%}
    coalesce(cast(try_to_timestamp({{ text }}, 'dd/MMM/yyyy:HH:mm:ss Z') as timestamp), try_cast({{ text }} as timestamp))
{%- endmacro %}
{# The calendar day of a UTC timestamp in the reporting time zone. #}
{% macro business_day(at) -%} {{ adapter.dispatch('business_day')(at, env_var('UNAVISTA_TIMEZONE', 'UTC')) }} {%- endmacro %}
{% macro default__business_day(at, zone) -%} cast(({{ at }} at time zone 'UTC') at time zone '{{ zone }}' as date) {%- endmacro %}
{% macro spark__business_day(at, zone) -%} to_date(from_utc_timestamp({{ at }}, '{{ zone }}')) {%- endmacro %}
{# The UTC timestamp at which a day of the reporting time zone begins. #}
{% macro start_of_day(day) -%} {{ adapter.dispatch('start_of_day')(day, env_var('UNAVISTA_TIMEZONE', 'UTC')) }} {%- endmacro %}
{% macro default__start_of_day(day, zone) -%} (cast({{ day }} as timestamp) at time zone '{{ zone }}' at time zone 'UTC') {%- endmacro %}
{% macro spark__start_of_day(day, zone) -%} to_utc_timestamp(cast({{ day }} as timestamp), '{{ zone }}') {%- endmacro %}
{# A join that gives one row per day from one date to another, as <alias>.item. #}
{% macro day_rows(first, last, alias) -%} {{ adapter.dispatch('day_rows')(first, last, alias) }} {%- endmacro %}
{% macro default__day_rows(first, last, alias) -%}
    cross join unnest(generate_series({{ first }}, {{ last }}, interval '1' day)) as {{ alias }} (item)
{%- endmacro %}
{% macro spark__day_rows(first, last, alias) -%}
    lateral view explode(sequence({{ first }}, {{ last }}, interval '1' day)) {{ alias }} as item
{%- endmacro %}
