use super::{lexer::tags, rules::deeds};

/// Templates as models ship them, in their idioms.
const REAL: &[&str] = &[
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token}}{% endif %}{% endfor %}",
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] if loop.index0 == 0 and system_message != false else message['content'] %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% endfor %}",
    "{%- if tools is not none and tools | length > 0 %}{%- for tool in tools %}{{- tool | tojson(indent=4) }}{%- endfor %}{%- endif %}{%- set ns = namespace(found=false) %}{%- for m in messages | rejectattr('role', 'equalto', 'system') %}{%- set ns.found = true %}{%- endfor %}{{ messages | map(attribute='role') | list }}",
    "{%- macro json_to_python_type(json_spec) %}{%- set basic_type_map = {\n  \"string\": \"str\",\n  \"number\": \"float\"\n} %}{%- if basic_type_map[json_spec.type] is defined %}{{- basic_type_map[json_spec.type] }}{%- elif json_spec.type == \"array\" %}{{- \"List[\" + json_to_python_type(json_spec['items']) + \"]\" }}{%- endif %}{%- endmacro %}{{ json_to_python_type(tool.parameters) }}",
    "{% if not date_string is defined %}{% if strftime_now is defined %}{% set date_string = strftime_now(\"%d %b %Y\") %}{% else %}{% set date_string = \"26 Jul 2024\" %}{% endif %}{% endif %}{{ 'Today Date: ' + date_string }}",
    "{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}{%- if content.split('</think>')[-1].lstrip('\\n') %}{{ content.rstrip('\\n').split('<think>')[-1] }}{%- endif %}{%- endfor %}",
    "{% for arg in tool_call.arguments|items %}{{ arg[0] ~ ': ' ~ (arg[1]|string) }}{% endfor %}{{ (message.content if message.content is string else message.content[0].text) | trim }}",
    "{# a comment with __class__ #}the word __class__ in a text{{ '<|__end__|>' }}{{ '_' + role }}{{ 'first_name' }}",
    "{% generation %}{{ message['content'] }}{% endgeneration %}{% for i in range(0, messages|length, 2) %}{{ messages[i].content }}{% endfor %}{{ messages[loop.index0 - 1]['role'] }}",
    "{{ message.get('tool_calls', []) }}{{ x if x is mapping else y }}{{ messages | selectattr('role', 'equalto', 'user') | list | last }}{{ '\\n'.join(parts) }}{{ text.replace('_', '-') | upper }}",
];

/// Templates that lead to Python's builtins, in all the ways that are known.
const EVIL: &[&str] = &[
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ self.__init__.__globals__.__builtins__.__import__('os').popen('true').read() }}",
    "{{ cycler.__init__.__globals__.os.popen('true') }}",
    "{{ ()|attr('__class__') }}",
    "{{ ()|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ ''['__class__'] }}",
    "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ''['\\u005f_class__'] }}",
    "{{ ''['__cla' ~ 'ss__'] }}",
    "{{ ''['__cla' + 'ss__'] }}",
    "{{ ''['__cla' 'ss__'] }}",
    "{{ ''[['__cl', 'ass__']|join] }}",
    "{{ ''['%sclass%s'|format('__', '__')] }}",
    "{{ ''['%sclass%s' % ('__', '__')] }}",
    "{{ ''['XXclassXX'.replace('X', '_')] }}",
    "{{ ''['XXclassXX'|replace('X', '_')] }}",
    "{{ ''['__ssalc__'[::-1]] }}",
    "{{ ''['__ssalc__'|reverse] }}",
    "{{ ''['{0}class{0}'.format('__')] }}",
    "{{ ['a']|map(attribute='__class__')|list }}",
    "{{ ['a']|map('attr', '__class__')|list }}",
    "{{ ['a']|map(attribute=name)|list }}",
    "{{ x|selectattr('__class__')|list }}",
    "{{ x|groupby('__class__') }}",
    "{{ '{0.__class__}'.format(x) }}",
    "{% set k = '__cla' ~ 'ss__' %}{{ ''[k] }}",
    "{% set k = '_' * 2 %}{{ ''[k ~ 'class' ~ k] }}",
    "{% include 'x' %}",
    "{% import '/etc/passwd' as p %}",
    "{% extends 'base' %}",
    "{% from 'x' import y %}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ lipsum }}",
    "{% for c in [].__class__.__base__.__subclasses__() %}{% endfor %}",
    "{% if messages|length > 3 %}{{ namespace.__init__.__globals__ }}{% endif %}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}",
    "{{ joiner._module }}",
];

/// What real templates do not do, and what leads nowhere.
const ODD: &[&str] = &[
    "{{ url_for('x') }}",
    "{{ x|shell }}",
    "{{ x.run() }}",
    "{% execute x %}",
    "{{ range(999999999) }}",
    "{{ 'a' * 99999999 }}",
    "{{ 2 ** 99999 }}",
    "{{ x['a' + y] }}",
    "{{ open('f') }}",
];

#[test]
fn real_templates_are_quiet() {
    for template in REAL {
        let (tags, cut) = tags(template);
        assert!(!cut, "{template}");
        assert_eq!(deeds(&tags), [], "{template}");
    }
}

#[test]
fn what_leads_out_is_told() {
    for template in EVIL {
        let deeds = deeds(&tags(template).0);
        assert!(deeds.iter().any(|it| it.escapes), "{template}: {deeds:?}");
    }
}

#[test]
fn what_is_unusual_is_told() {
    for template in ODD {
        let deeds = deeds(&tags(template).0);
        assert!(deeds.iter().any(|it| !it.escapes), "{template}: {deeds:?}");
    }
}
