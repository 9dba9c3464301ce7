//! Files that a loader takes for pickles, by all their names and wrappings, and templates in all their places.

use super::{
    super::made::{calling, of, one, packed, pickle, tar, torch, zip},
    ACTS, Adding,
};

/// Files that a loader takes for pickles, by all their names and wrappings.
pub(super) fn places(add: &mut Adding) {
    let evil = calling("os", "system", "true", 1);
    for path in [
        "a.pdparams",
        "a.p",
        "a.pck",
        "model.ckpt-100",
        "scaler.pt",
        "rng_state_0.pth",
        "training_args.bin",
        ".metadata",
        "a.skl",
        "a.pickle.txt",
        "vocab.pkl.bak",
        "a.npz",
        "a.mdl",
        "events.out",
        "a.keras",
        "a.onnx",
        "a.tflite",
        "a.csv",
        "a.yaml",
        "LICENSE",
    ] {
        add(&format!("named {path}"), one(path, evil.clone()));
    }
    add("in a tar in zstd", one("a.tar.zst", packed("zstd", &tar(&[("y.pkl", &evil)]))));
    add("in a tar in bzip2", one("a.tbz", packed("bzip2", &tar(&[("y", &torch(&evil))]))));
    add(
        "in a wheel",
        one("a-1-py3-none-any.whl", zip(&[("a/__init__.py", b""), ("a/w.pkl", &evil)])),
    );
    add("in an egg", one("a.egg", zip(&[("EGG-INFO/x", b""), ("w.dat", &evil)])));
    add("in an archive that ends in noise", one("a.bin", [torch(&evil), vec![7; 40_000]].concat()));
    add("two archives in one file", one("a.bin", [torch(b"\x80\x02}q\0."), torch(&evil)].concat()));
    add(
        "in a gzip of two members",
        one(
            "a.pkl.gz",
            [
                packed("gzip", &pickle(b"N".to_vec())),
                packed("gzip", &evil),
            ]
            .concat(),
        ),
    );
    add(
        "a file of paths in a wheel",
        one("a.whl", zip(&[("a.pth", b"import os;os.system('true')\n")])),
    );
    add("a notebook's kernel", of(&[("a/sitecustomize.py", ACTS)]));
}

/// Templates that leave their sandbox, in all the places where templates live.
pub(super) fn templates(add: &mut Adding) {
    let escapes = [
        "{% for c in [].__class__.__base__.__subclasses__() %}{% if c.__name__ == 'x' %}{{ c() }}{% endif %}{% endfor %}",
        "{{ ''|attr('\\x5f\\x5fclass\\x5f\\x5f')|attr('mro') }}",
        "{{ ()|attr(['_'*2, 'class', '_'*2]|join) }}",
        "{{ self._TemplateReference__context.cycler.__init__.__globals__ }}",
        "{{ messages|map(attribute='__class__')|list }}",
        "{{ ''[\"%c%cclass%c%c\" % (95, 95, 95, 95)] }}",
        "{{ joiner['__in' ~ 'it__']['__globals__']['os'].popen('true') }}",
        "{% set a = dict(__class__=1)|list|first %}{{ ''[a] }}",
        "{{ lipsum.__globals__['o'+'s'].system('true') }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os.system('true') }}",
        "{{ raise_exception.__globals__ }}",
        "{{ strftime_now['__globals__'] }}",
        "{{ '{0.__class__}'.format(x) }}",
        "{{ ('_' ~ '_class_' ~ '_')|attr(x) }}{{ x|attr('__' + 'init' + '__') }}",
        "{%- macro m() -%}{{ m.__globals__ }}{%- endmacro -%}{{ m() }}",
        "{{ namespace.__init__.__globals__.__builtins__.eval('1') }}",
        "{{ (messages|string|list)[0] ~ ''['__cla''ss__'] }}",
    ];
    for (at, escape) in escapes.iter().enumerate() {
        let quoted = serde_json::to_string(escape).unwrap();
        let files = match at % 6 {
            0 => one("chat_template.jinja", escape),
            1 => one(
                "tokenizer_config.json",
                format!(
                    "{{\"chat_template\": [{{\"name\": \"default\", \"template\": \"{{{{ x }}}}\"}}, {{\"name\": \"tool_use\", \"template\": {quoted}}}]}}"
                ),
            ),
            2 => one("chat_template.json", format!("{{\"chat_template\": {quoted}}}")),
            3 => one("additional_chat_templates/rag.jinja", escape),
            4 => one("processor_config.json", format!("{{\"chat_template\": {quoted}}}")),
            _ => one(
                "original/tokenizer_config.json",
                format!("{{\"chat_template\": {{\"default\": {quoted}}}}}"),
            ),
        };
        add(escape, files);
    }
}
