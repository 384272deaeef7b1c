{% macro regex_like(text, pattern) -%} {{ adapter.dispatch('regex_like')(text, pattern) }} {%- endmacro %}
{% macro default__regex_like(text, pattern) -%} regexp_matches({{ text }}, {{ pattern }}) {%- endmacro %}
{% macro spark__regex_like(text, pattern) -%} ({{ text }}) rlike {{ pattern }} {%- endmacro %}
{# Every occurrence. #}
{% macro regex_replace(text, pattern, replacement) -%} {{ adapter.dispatch('regex_replace')(text, pattern, replacement) }} {%- endmacro %}
{% macro default__regex_replace(text, pattern, replacement) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g') {%- endmacro %}
{% macro spark__regex_replace(text, pattern, replacement) -%} regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}') {%- endmacro %}
{# Lower-case hexadecimal. #}
{% macro sha256_hex(text) -%} {{ adapter.dispatch('sha256_hex')(text) }} {%- endmacro %}
{% macro default__sha256_hex(text) -%} sha256({{ text }}) {%- endmacro %}
{% macro spark__sha256_hex(text) -%} sha2({{ text }}, 256) {%- endmacro %}
{# Unicode composed form; Spark has no function for it and gets the text as it is. #}
{% macro composed(text) -%} {{ adapter.dispatch('composed')(text) }} {%- endmacro %}
{% macro default__composed(text) -%} nfc_normalize({{ text }}) {%- endmacro %}
{% macro spark__composed(text) -%} {{ text }} {%- endmacro %}
{# A join that gives one row per part of a delimited text, as <alias>.item. #}
{% macro split_rows(text, delimiter, alias) -%} {{ adapter.dispatch('split_rows')(text, delimiter, alias) }} {%- endmacro %}
{% macro default__split_rows(text, delimiter, alias) -%}
    cross join unnest(string_split({{ text }}, '{{ delimiter }}')) as {{ alias }} (item)
{%- endmacro %}
{% macro spark__split_rows(text, delimiter, alias) -%} lateral view explode(split({{ text }}, '{{ delimiter }}')) {{ alias }} as item {%- endmacro %}
{# Of a URL: + and %20 are spaces, other escapes UTF-8; what cannot be read stays as it is. #}
{% macro url_decoded(text) -%} {{ adapter.dispatch('url_decoded')(text) }} {%- endmacro %}
{% macro default__url_decoded(text) -%} coalesce(try(url_decode(replace({{ text }}, '+', ' '))), {{ text }}) {%- endmacro %}
{% macro spark__url_decoded(text) -%} case when {{ text }} rlike '%(?![0-9A-Fa-f]{2})' then {{ text }} else url_decode({{ text }}) end {%- endmacro %}
{# The texts of a group as one, in their own order. #}
{% macro joined_rows(text, delimiter) -%} {{ adapter.dispatch('joined_rows')(text, delimiter) }} {%- endmacro %}
{% macro default__joined_rows(text, delimiter) -%} string_agg({{ text }}, '{{ delimiter }}' order by {{ text }}) {%- endmacro %}
{% macro spark__joined_rows(text, delimiter) -%} nullif(array_join(sort_array(collect_list({{ text }})), '{{ delimiter }}'), '') {%- endmacro %}
{# A number for a text: joins and windows of one night are far cheaper over numbers. #}
{% macro text_key(text) -%} {{ adapter.dispatch('text_key')(text) }} {%- endmacro %}
{% macro default__text_key(text) -%} hash({{ text }}) {%- endmacro %}
{% macro spark__text_key(text) -%} xxhash64({{ text }}) {%- endmacro %}
