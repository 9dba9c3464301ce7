//! What real templates say: their filters, methods, functions and statements; and the names by which one leaves its
//! data.

#[rustfmt::skip]
pub(super) const FILTERS: &[&str] = &[
    "abs", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first", "float", "forceescape", "format", "from_json", "fromjson", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "lstrip", "map", "max", "min", "pprint", "random", "reject", "rejectattr", "replace", "reverse", "round", "rstrip", "safe", "select", "selectattr", "slice", "sort", "split", "string", "strip", "striptags", "sum", "title", "to_json", "tojson", "trim", "truncate", "type", "unique", "upper", "urlencode", "wordcount", "wordwrap", "xmlattr",
];
#[rustfmt::skip]
pub(super) const METHODS: &[&str] = &[
    "append", "capitalize", "copy", "count", "endswith", "extend", "find", "format", "get", "index", "insert", "isalnum", "isalpha", "isdigit", "islower", "isnumeric", "isspace", "isupper", "items", "join", "keys", "lower", "lstrip", "partition", "pop", "remove", "removeprefix", "removesuffix", "replace", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "setdefault", "split", "splitlines", "startswith", "strftime", "strip", "swapcase", "title", "tojson", "update", "upper", "values", "zfill", "isoformat", "reverse", "sort", "next", "current", "cycle", "changed", "clear",
];
#[rustfmt::skip]
pub(super) const FUNCTIONS: &[&str] = &[
    "caller", "cycler", "dict", "joiner", "loop", "namespace", "raise_exception", "range", "strftime_now", "super", "varargs", "kwargs", "len", "zip", "enumerate", "str", "int", "list", "tojson", "min", "max", "bool", "float",
];
#[rustfmt::skip]
pub(super) const STATEMENTS: &[&str] = &[
    "set", "endset", "for", "endfor", "if", "elif", "else", "endif", "macro", "endmacro", "call", "endcall", "filter", "endfilter", "raw", "endraw", "break", "continue", "block", "endblock", "with", "endwith", "autoescape", "endautoescape", "generation", "endgeneration", "trans", "endtrans", "do",
];
/// Filters that take the name of an attribute.
pub(super) const BY_ATTRIBUTE: &[&str] = &[
    "map",
    "selectattr",
    "rejectattr",
    "groupby",
    "sort",
    "sum",
    "unique",
    "min",
    "max",
];
/// Names of Python's that lead from any object to all of them.
pub(super) const LADDER: &[&str] = &[
    "class",
    "globals",
    "builtins",
    "subclasses",
    "mro",
    "bases",
    "base",
    "import",
    "init",
    "getattribute",
    "dict",
    "reduce",
    "code",
    "func_globals",
    "gi_frame",
    "f_globals",
];
/// Words that stand before a bracket that is no subscript, and before parentheses that are no call.
pub(super) const KEYWORDS: &[&str] = &[
    "in",
    "is",
    "not",
    "and",
    "or",
    "if",
    "else",
    "elif",
    "for",
    "recursive",
    "set",
    "call",
    "do",
    "import",
    "from",
    "macro",
    "filter",
];
