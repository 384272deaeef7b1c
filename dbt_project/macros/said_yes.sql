{# A flag of an export as a boolean, in the language of whoever exported it. #}
{% macro said_yes(text) -%} lower(trim({{ text }})) in ('true', '1', 'yes', 'y', 't', 'ja', 'wahr', 'oui', 'vrai', 'sí', 'si', 'sim', 'verdadero', 'verdadeiro', 'sì', 'vero') {%- endmacro %}
