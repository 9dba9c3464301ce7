use super::*;

#[test]
fn names_are_judged_as_a_loader_resolves_them() {
    for (module, name) in [
        ("os", "system"),
        ("posix", "system"),
        ("nt", "popen"),
        ("__builtin__", "eval"),
        ("builtins", "exec"),
        ("commands", "getoutput"),
        ("os.path", "os.system"),
        ("torch.serialization", "os.system"),
        ("collections", "_sys.modules.get"),
        ("collections", "OrderedDict.__reduce__.__globals__"),
        ("pip", "main"),
        ("asyncio.unix_events", "_UnixSubprocessTransport._start"),
        ("torch.hub", "load"),
        ("pathlib", "Path.write_text"),
        ("numpy", "f2py.crackfortran.getlincoef"),
        ("torch", "jit.load"),
        ("torch._dynamo.guards", "GuardBuilder.get"),
        ("uuid", "_popen"),
        ("functools", "reduce"),
        ("joblib", "load"),
        ("pathlib", "PosixPath.write_text"),
        ("numpy", "ndarray.tofile"),
        ("torch", "FloatStorage.from_file"),
        ("operator", "call"),
        ("hydra.utils", "get_method"),
        ("torch.multiprocessing.spawn", "spawn"),
        ("numpy", "__builtins__"),
        ("picklescan.scanner", "_unsafe_globals.clear"),
        ("torch.ops", "load_library"),
        ("torch.ops.aten", "from_file"),
    ] {
        let told = verdict(module, name);
        assert!(matches!(told, Verdict::Dangerous(_)), "{module}.{name} is {told:?}");
    }
    for (module, name) in [
        ("collections", "OrderedDict"),
        ("torch._utils", "_rebuild_tensor_v2"),
        ("torch", "_utils._rebuild_tensor_v2"),
        ("torch", "FloatStorage"),
        ("torch", "float16"),
        ("torch.nn.modules.linear", "Linear"),
        ("sklearn.tree._classes", "DecisionTreeClassifier"),
        ("sklearn.tree._tree", "Tree"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.random._pickle", "__randomstate_ctor"),
        ("__builtin__", "xrange"),
        ("uuid", "UUID"),
        ("copy_reg", "_reconstructor"),
        ("transformers.training_args", "TrainingArguments"),
        ("inspect", "_empty"),
        ("pathlib", "PosixPath"),
        ("functools", "partial"),
        ("re", "_compile"),
        ("torch.jit._pickle", "build_intlist"),
        ("__torch__.vad.___torch_mangle_0", "Block"),
        ("numpy", "log1p"),
        ("operator", "add"),
        ("sklearn.metrics._regression", "r2_score"),
        ("scipy.stats._continuous_distns", "norm_gen"),
        ("gensim.utils", "call_on_class_only"),
        ("builtins", "ValueError"),
    ] {
        assert_eq!(verdict(module, name), Verdict::Harmless, "{module}.{name}");
    }
    for (module, name) in [
        ("some.package", "thing"),
        ("sklearn.utils", "estimate"),
        ("torch.nn.modules.linear", "lower"),
        ("__main__", "Thing"),
        ("sklearn.metrics", "_private"),
        ("scipy.special", "np.load_it"),
    ] {
        assert_eq!(verdict(module, name), Verdict::Unknown, "{module}.{name}");
    }
}

#[test]
fn names_of_known_packages_have_a_shape() {
    assert_eq!(known_shape("optuna.study.study", "Study"), Some(Shape::Class));
    assert_eq!(known_shape("formulaic.parser", "Token.Kind"), Some(Shape::Class));
    assert_eq!(known_shape("gensim.models.tfidfmodel", "df2idf"), Some(Shape::Function));
    for (module, name) in [
        ("gensim.utils", "unpickle"),
        ("skimage", "io.imread"),
        ("matplotlib.pyplot", "savefig"),
        ("optuna", "Study.__init__"),
        ("mypackage", "Thing"),
        ("nltk", "download"),
    ] {
        assert_eq!(known_shape(module, name), None, "{module}.{name}");
    }
}

#[test]
fn the_words_of_a_name_tell_what_it_does() {
    assert_eq!(deed_by_name("_exec_with_source"), Some("runs code that it is handed"));
    assert_eq!(deed_by_name("Repo.clone_from"), Some("opens connections"));
    assert_eq!(deed_by_name("load_dataset"), Some("unpickles what it is handed"));
    assert_eq!(deed_by_name("DataLoader"), None);
    assert_eq!(deed_by_name("go"), None);
}

#[test]
fn paths_are_judged_at_every_dot() {
    assert!(matches!(verdict_of("os"), Verdict::Dangerous(_)));
    assert!(matches!(verdict_of("os.system"), Verdict::Dangerous(_)));
    assert_eq!(verdict_of("torch.nn.modules.linear.Linear"), Verdict::Harmless);
    assert_eq!(verdict_of("a.b.C"), Verdict::Unknown);
}

#[test]
fn every_row_is_whole_and_stands_once() {
    let mut seen = std::collections::HashSet::new();
    for row in TABLE.lines().skip(1) {
        let fields: Vec<_> = row.split('\t').collect();
        assert_eq!(fields.len(), 4, "{row}");
        assert!(["deny", "allow", "class", "function", "known"].contains(&fields[0]), "{row}");
        let word = fields[1];
        assert!(fields[0] != "deny" || DEEDS.iter().any(|it| it.0 == word), "{row}");
        assert!(
            seen.insert((
                ["class", "function", "known"].iter().position(|it| *it == fields[0]),
                fields[2],
                fields[3]
            )),
            "{row} stands twice"
        );
    }
}
