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
    "{% set a = '__cl' %}{% set b = 'ass__' %}{{ ''[a ~ b] }}",
    "{% set ns = namespace(a='__cl', b='ass__') %}{{ ''[ns.a + ns.b] }}",
    "{% set k = ['__cl', 'ass__'] | join %}{{ ''[k] }}",
    "{% for k in ['__class__'[:9]] %}{{ ''[k] }}{% endfor %}",
    "{% macro m(k='__in') %}{{ ''[k + 'it__'] }}{% endmacro %}",
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
    "{{ x[a ~ b] }}",
    "{{ '__piece' }}",
];

/// Marks around a message: before its role, behind its role, behind its text, and for the answer.
#[rustfmt::skip]
const MARKS: &[[&str; 4]] = &[
    ["<|im_start|>", "\\n", "<|im_end|>\\n", "<|im_start|>assistant\\n"],
    ["<|start_header_id|>", "<|end_header_id|>\\n\\n", "<|eot_id|>", "<|start_header_id|>assistant<|end_header_id|>\\n\\n"],
    ["<start_of_turn>", "\\n", "<end_of_turn>\\n", "<start_of_turn>model\\n"],
    ["<|", "|>\\n", "<|end|>\\n", "<|assistant|>\\n"],
    ["[INST] ", " ", " [/INST]", ""],
    ["<|START_OF_TURN_TOKEN|><|", "_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"],
    ["### ", ":\\n", "\\n\\n", "### Response:\\n"],
    ["<\u{ff5c}", "\u{ff5c}>", "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>", "<\u{ff5c}Assistant\u{ff5c}>"],
    ["<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>\\n", "<|start_of_role|>assistant<|end_of_role|>"],
    ["<reserved_", ">", "</s>", "<reserved_107>"],
    ["<s>", "\\n", "</s>\\n", "<s>bot\\n"],
    ["GPT4 Correct ", ": ", "<|end_of_turn|>", "GPT4 Correct Assistant:"],
];

/// What templates do around and inside the loop over messages: before it, with the text, behind it.
const IDIOMS: &[[&str; 3]] = &[
    [
        "{{ bos_token }}",
        "{{ message['content'] }}",
        "{% if add_generation_prompt %}{{ '@A' }}{% endif %}",
    ],
    [
        "{%- if messages[0]['role'] != 'system' %}{{- '@Bsystem@CYou are a help.@D' }}{%- endif %}",
        "{{- message.content | trim }}",
        "{%- if add_generation_prompt %}{{- '@A' }}{%- endif %}",
    ],
    [
        "{% if messages[0].role == 'system' %}{% set system = messages[0].content %}{% set rest = messages[1:] %}{% else %}{% set system = none %}{% set rest = messages %}{% endif %}",
        "{{ (system + '\\n\\n' if system and loop.first else '') ~ message.content }}",
        "",
    ],
    [
        "{%- if tools %}{{- '@Bsystem@C# Tools\\n<tools>' }}{%- for tool in tools %}{{- '\\n' ~ tool | tojson }}{%- endfor %}{{- '\\n</tools>@D' }}{%- endif %}",
        "{%- if message.tool_calls %}{%- for call in message.tool_calls %}{%- if call.function is defined %}{%- set call = call.function %}{%- endif %}{{- '<tool_call>' ~ {'name': call.name, 'arguments': call.arguments} | tojson ~ '</tool_call>' }}{%- endfor %}{%- else %}{{- message.content }}{%- endif %}",
        "{%- if add_generation_prompt %}{{- '@A' }}{%- endif %}",
    ],
    [
        "{% set ns = namespace(is_first=true, last=messages|length - 1, system='') %}{% for m in messages if m['role'] == 'system' %}{% set ns.system = ns.system ~ m['content'] %}{% endfor %}{{ ns.system }}",
        "{% if ns.is_first %}{% set ns.is_first = false %}{% else %}{{ '\\n' }}{% endif %}{% set text = message['content'] %}{% if '</think>' in text %}{% set text = text.split('</think>')[-1].lstrip('\\n') %}{% endif %}{{ text }}",
        "{% if add_generation_prompt and ns.last >= 0 %}{{ '@A' }}{% endif %}",
    ],
    [
        "{%- set today = strftime_now('%d %B %Y') if strftime_now is defined else '1 May 2025' %}{{- '@Bsystem@CToday is ' ~ today ~ '@D' }}",
        "{%- if message['role'] not in ['user', 'assistant', 'system', 'tool'] %}{{- raise_exception('Only the roles ' ~ 'user and assistant are known, not ' + message['role']) }}{%- endif %}{{- message['content'] | string | trim }}",
        "{{- '@A' if add_generation_prompt else eos_token }}",
    ],
    [
        "{%- macro text(content) -%}{%- if content is string -%}{{ content }}{%- else -%}{%- for part in content -%}{%- if part['type'] == 'image' -%}{{ '<image>' }}{%- elif part.type == 'text' -%}{{ part['text'] }}{%- endif -%}{%- endfor -%}{%- endif -%}{%- endmacro -%}",
        "{{ text(message.content) }}",
        "{% if add_generation_prompt %}{{ '@A' }}{% endif %}",
    ],
    [
        "",
        "{% if message['role'] == 'assistant' %}{% generation %}{{ message['content'] + eos_token }}{% endgeneration %}{% else %}{{ message['content'] }}{% endif %}",
        "{% if messages and messages[-1]['role'] == 'user' and add_generation_prompt %}{{ '@A' }}{% endif %}",
    ],
    [
        "{%- set documents = documents | default([]) %}{%- for doc in documents %}{{ '\\n' ~ loop.index ~ '. ' ~ (doc.title | default('', true)) ~ ': ' ~ doc['text'] }}{%- for key, value in doc.items() if key not in ['title', 'text'] %}{{ key | title ~ '=' ~ value | tojson(ensure_ascii=False) }}{%- endfor %}{%- endfor %}",
        "{{ message.content.replace('<', '&lt;').strip() if message.content is not none else '' }}",
        "{{ '@A' }}",
    ],
    [
        "{%- macro kind(spec) %}{%- set names = {'string': 'str', 'integer': 'int', 'boolean': 'bool'} %}{%- if spec.type is string and names[spec.type] is defined %}{{- names[spec.type] }}{%- elif spec.enum %}{{- spec.enum | map('tojson') | join(' | ') }}{%- elif spec.type == 'array' %}{{- 'List[' + kind(spec['items']) + ']' }}{%- else %}{{- 'Any' }}{%- endif %}{%- endmacro %}{%- for tool in tools or [] %}{%- set f = tool['function'] %}{{- 'def ' + f.name + '(' }}{%- for name, spec in f.parameters.properties | dictsort %}{{- name ~ ': ' ~ kind(spec) }}{%- if not loop.last %}{{- ', ' }}{%- endif %}{%- endfor %}{{- ')' }}{%- endfor %}",
        "{{- message.content | default('') }}",
        "{%- if add_generation_prompt %}{{- '@A' }}{%- endif %}",
    ],
    [
        "{% set first = messages | selectattr('role', 'equalto', 'user') | first %}{% set count = messages | rejectattr('role', 'eq', 'system') | list | length %}{% if count % 2 == 0 %}{{ raise_exception('The last message must be of the user.') }}{% endif %}",
        "{{ loop.index0 * 2 }}{{ messages[loop.index0].content[:2000] }}{% if loop.previtem is defined and loop.previtem.role == message.role %}{{ ' ' }}{% endif %}",
        "{% do ns.update({'a': 1}) if false %}{{ '@A' }}",
    ],
    [
        "{%- for message in messages[::-1] %}{%- set index = (messages | length - 1) - loop.index0 %}{%- if message.role == 'user' and not (message.content is string and message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}{%- set last = index %}{%- break %}{%- endif %}{%- endfor %}",
        "{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- elif reasoning_effort %}{{- 'Reasoning: ' ~ reasoning_effort | upper }}{%- endif %}{{- message.content.lstrip('\\n').rstrip() }}",
        "{%- if continue_final_message %}{{- '' }}{%- elif add_generation_prompt %}{{- '@A' }}{%- endif %}",
    ],
];

/// Every idiom with every family of marks.
fn benign() -> Vec<String> {
    let mut all = Vec::new();
    for [begin, role, end, answer] in MARKS {
        for [before, text, behind] in IDIOMS {
            let whole = format!(
                "{before}{{% for message in messages %}}{{{{ '@B' + message['role'] + '@C' }}}}{text}{{{{ '@D' }}}}{{% endfor %}}{behind}"
            );
            let marks = [("@A", answer), ("@B", begin), ("@C", role), ("@D", end)];
            all.push(marks.iter().fold(whole, |text, (mark, with)| text.replace(mark, with)));
        }
    }
    all
}

#[test]
fn families_and_idioms_of_templates_are_quiet() {
    let all = benign();
    assert!(all.len() >= 120, "{}", all.len());
    for template in all {
        let (tags, cut) = tags(&template);
        assert!(!cut, "{template}");
        assert_eq!(deeds(&tags), [], "{template}");
    }
}

#[test]
fn any_template_is_judged() {
    use proptest::prelude::*;

    #[rustfmt::skip]
    const PARTS: &[&str] = &[
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "[", "]", "(", ")", "{", "}", ".", "|", "~", "+", "*", "**", ":", ",", "=", "%", "'__class__'", "'x'", "'_'", "\"", "attr", "map", "set", "for", "if", "in", "macro", "raw", "endraw", "import", "x", "loop", "range", "format", "join", "1e9", "99", "\\", "\n", "é", "\u{202e}", " ",
    ];
    let texts = proptest::collection::vec(proptest::sample::select(PARTS), 0..80);
    proptest!(|(parts in texts)| {
        let text = parts.concat();
        let spaced = parts.join(" ");
        for template in [text, spaced] {
            let (tags, _) = tags(&template);
            for deed in deeds(&tags) {
                prop_assert!(deed.line as usize <= template.matches('\n').count() + 1);
            }
        }
    });
    // nothing that an honest template holds is told, and one step out of it always is
    proptest!(|(at in 0..benign().len(), evil in 0..EVIL.len())| {
        let both = format!("{}{}", benign()[at], EVIL[evil]);
        prop_assert!(deeds(&tags(&both).0).iter().any(|it| it.escapes));
    });
}

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
