{# A name for comparison: lower case, without accents, letters only. #}
{% macro name_key(name) -%}
    {{ regex_replace(
        "replace(translate(lower(" ~ name ~ "), "
        ~ "'áàâäãåāéèêëēíìîïīóòôöõøōúùûüūçčćñńłšśžźżýÿ', "
        ~ "'aaaaaaaeeeeeiiiiiooooooouuuuucccnnlsszzzyy'), 'ß', 'ss')",
        "[^a-z]", ""
    ) }}
{%- endmacro %}
