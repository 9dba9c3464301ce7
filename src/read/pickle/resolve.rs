//! What a computed callee comes down to: names that a pickle reaches by `getattr`, `attrgetter`,
//! `methodcaller`, `partial`, `import_module` and their kin, without an import of their own.

use super::{Call, Node, Value, Values};

/// How many steps are followed.
const STEPS: u8 = 16;
/// Longer names are not told.
const LONGEST: usize = 1 << 10;

impl Values {
    /// The dotted name that a call reaches: what it calls, where a call made that; else what it
    /// makes, where that is a name. `None` where it is a plain call of a name, or not known.
    pub(super) fn reached(&self, call: &Call) -> Option<String> {
        let callee = match call.callee {
            Value::Node(_) => self.name_of(call.callee, STEPS),
            _ => None,
        };
        callee.or_else(|| self.result_of(call, STEPS)).filter(|name| name.len() <= LONGEST)
    }

    fn name_of(&self, value: Value, steps: u8) -> Option<String> {
        if let Some(global) = self.global(value) {
            let known = !global.module.is_empty() || !global.name.is_empty();
            return known.then(|| global.path());
        }
        let steps = steps.checked_sub(1)?;
        let Some(Node::Call(call)) = self.node(value) else {
            return None;
        };
        self.result_of(call, steps)
    }

    /// The class that an object was made of, where it is imported as such: what `NEWOBJ` and its kin call.
    fn class_of(&self, object: Value) -> Option<String> {
        let Some(Node::Call(maker)) = self.node(object) else {
            return None;
        };
        let class = maker.opcode != "REDUCE";
        self.global(maker.callee).filter(|_| class).map(crate::facts::Global::path)
    }

    fn result_of(&self, call: &Call, steps: u8) -> Option<String> {
        let arguments = self.items(call.arguments);
        let text = |at: usize| self.text(*arguments.get(at)?);
        if let Some(Node::Call(maker)) = self.node(call.callee) {
            // a callable that a call made: `attrgetter("system")(os)`
            let maker_name = self.name_of(maker.callee, steps)?;
            let given = |at: usize| self.text(*self.items(maker.arguments).get(at)?);
            let object = self.name_of(*arguments.first()?, steps)?;
            return match last(&maker_name) {
                "attrgetter" | "methodcaller" => Some(format!("{object}.{}", given(0)?)),
                "itemgetter" => item(&object, &given(0)?),
                _ => None,
            };
        }
        let name = self.name_of(call.callee, steps)?;
        let first = || self.name_of(*arguments.first()?, steps);
        match last(&name) {
            "getattr" | "_get_attr" | "__getattribute__" => {
                let of = first().or_else(|| self.class_of(*arguments.first()?))?;
                Some(format!("{of}.{}", text(1)?))
            }
            "getitem" | "get" => {
                item(&first().unwrap_or_else(|| name.clone()), &text(1).or_else(|| text(0))?)
            }
            "partial" | "staticmethod" | "classmethod" => first(),
            "import_module" | "__import__" | "_import_module" | "subimport" | "import_dill" => {
                text(0)
            }
            "resolve_name" | "_import_dotted_name" => Some(text(0)?.replace(':', ".")),
            _ => None,
        }
    }
}

/// An entry of `sys.modules` is the module; of anything else it is not known.
fn item(of: &str, key: &str) -> Option<String> {
    of.ends_with("modules").then(|| key.to_owned())
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
