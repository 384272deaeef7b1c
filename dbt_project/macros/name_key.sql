{# A name for comparison: lower case, Latin letters only and without accents; in other
   scripts as it is. To look for accents first is cheaper than to replace them always. #}
{% macro name_key(name) -%} case when {{ regex_like(name, "'[^ -~]'") }} then coalesce(nullif({{ regex_replace(
        "replace(translate(lower(" ~ name ~ "), "
        ~ "'áàâäãåāéèêëēíìîïīóòôöõøōúùûüūçčćñńłšśžźżýÿ', "
        ~ "'aaaaaaaeeeeeiiiiiooooooouuuuucccnnlsszzzyy'), 'ß', 'ss')", "[^a-z]", "") }}, ''), lower(trim({{ name }})))
    else {{ regex_replace("lower(" ~ name ~ ")", "[^a-z]", "") }} end
{%- endmacro %}
