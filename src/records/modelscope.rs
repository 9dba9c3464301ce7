//! `ModelScope`'s cache: `.msc` lists what was downloaded, without digests. It is a Python pickle; of its
//! opcodes only those are known here that make texts, lists and dictionaries.

use std::{collections::BTreeMap, fs, path::Path};

use super::{By, Kind, Record, Records, Says, Store, Trouble, Wrong, counts, reading};
use crate::{
    facts::Facts,
    inventory::report_path,
    words::{Origin, Place},
};

pub(super) const STORE: Store = Store { gather };

/// A list of several hundred thousand files.
const MOST: u64 = 16 << 20;

fn gather(facts: &Facts, records: &mut Records) {
    if facts.release.origin != Origin::Modelscope {
        return;
    }
    left_over(&facts.release.root, records);
    let Some(list) = facts.artifacts.iter().find(|it| it.path == ".msc") else {
        for artifact in facts.artifacts.iter().filter(|it| counts(it)) {
            let says = Says::Nothing(NO_DIGEST.to_owned());
            records.records.push(Record::new(&artifact.path, By::Modelscope, "the cache", says));
        }
        return;
    };
    let read = reading::bytes(&list.place, MOST);
    let read = read.and_then(|bytes| {
        paths(&bytes).ok_or_else(|| "is a pickle with more in it than a list of files".to_owned())
    });
    match read {
        Ok(paths) => {
            for path in paths {
                let says = Says::Nothing(NO_DIGEST.to_owned());
                let path = report_path(Path::new(&path));
                if !path.is_empty() && !path.split('/').any(|part| part == "..") {
                    records.records.push(Record::new(path, By::Modelscope, ".msc", says));
                }
            }
            records.closed.insert(Kind::StoreRecord, ".msc".to_owned());
        }
        Err(why) => records.unusable(Some(Place::file(".msc")), why),
    }
}

const NO_DIGEST: &str = "this cache keeps no digest of what it downloaded";

/// What a download that stopped left in `._____temp/<owner>/<name>` beside the owners.
fn left_over(root: &Path, records: &mut Records) {
    let Ok(root) = root.canonicalize() else {
        return;
    };
    let inside = root.join("._____temp");
    let beside = root.parent().and_then(|owner| {
        let names = Path::new(owner.file_name()?).join(root.file_name()?);
        Some(owner.parent()?.join("._____temp").join(names))
    });
    for folder in [Some(inside), beside].into_iter().flatten() {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<(String, u64)> = entries
            .filter_map(|it| {
                let metadata = it.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((report_path(Path::new(&it.file_name())), metadata.len()))
            })
            .collect();
        names.sort();
        for (name, len) in names {
            records.troubles.push(Trouble {
                what: Wrong::LeftOver,
                saying: format!("{len} bytes of {name} lie in ._____temp: a download that stopped"),
                at: Some(Place::file(name)),
            });
        }
    }
}

/// What lies on the stack of a pickle.
#[derive(Clone, Copy)]
enum Item<'p> {
    Text(&'p str),
    Mark,
    Other,
}

/// The texts under the key `Path` in a pickle of dictionaries; `None` where it holds anything else than
/// texts, numbers, lists and dictionaries.
fn paths(pickle: &[u8]) -> Option<Vec<String>> {
    let mut stack: Vec<Item> = Vec::new();
    let mut memo: BTreeMap<u32, Item> = BTreeMap::new();
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let opcode = *pickle.get(at)?;
        at += 1;
        let mut take = |len: usize| {
            let taken = pickle.get(at..at.checked_add(len)?)?;
            at += len;
            Some(taken)
        };
        let mut number = |len: usize| {
            let taken = take(len)?;
            let value = taken.iter().rev().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
            usize::try_from(value).ok()
        };
        match opcode {
            b'.' => return Some(found),
            0x80 => drop(take(1)?),
            0x95 => drop(take(8)?),
            0x8c | b'X' | 0x8d => {
                let len = number(match opcode {
                    0x8c => 1,
                    b'X' => 4,
                    _ => 8,
                })?;
                stack.push(Item::Text(std::str::from_utf8(take(len)?).ok()?));
            }
            b'h' | b'j' => {
                let key = number(if opcode == b'h' { 1 } else { 4 })?;
                stack.push(*memo.get(&u32::try_from(key).ok()?)?);
            }
            0x94 => drop(memo.insert(u32::try_from(memo.len()).ok()?, *stack.last()?)),
            b'q' | b'r' => {
                let key = number(if opcode == b'q' { 1 } else { 4 })?;
                memo.insert(u32::try_from(key).ok()?, *stack.last()?);
            }
            b'(' => stack.push(Item::Mark),
            b']' | b'}' | b'N' | 0x88 | 0x89 => stack.push(Item::Other),
            b'K' | b'M' | b'J' => {
                take(match opcode {
                    b'K' => 1,
                    b'M' => 2,
                    _ => 4,
                })?;
                stack.push(Item::Other);
            }
            b'a' => drop(stack.pop()?),
            b's' => {
                let (value, key) = (stack.pop()?, stack.pop()?);
                found.extend(path(key, value));
            }
            b'e' | b'u' => {
                let mark = stack.iter().rposition(|it| matches!(it, Item::Mark))?;
                if opcode == b'u' {
                    let pairs = stack[mark + 1..].as_chunks::<2>().0;
                    found.extend(pairs.iter().filter_map(|[key, value]| path(*key, *value)));
                }
                stack.truncate(mark);
            }
            _ => return None,
        }
    }
}

fn path(key: Item, value: Item) -> Option<String> {
    match (key, value) {
        (Item::Text("Path"), Item::Text(path)) => Some(path.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What `pickle.dumps([{"Path": "a.json", "Revision": "1"}, {"Path": "b", "Revision": "1"}], protocol)`
    /// gives, of protocol 4 and of protocol 2.
    const FOUR: &[u8] =
        b"\x80\x04\x95\x36\0\0\0\0\0\0\0]\x94(}\x94(\x8c\x04Path\x94\x8c\x06a.json\x94\
        \x8c\x08Revision\x94\x8c\x011\x94u}\x94(h\x02\x8c\x01b\x94h\x04h\x05ue.";
    const TWO: &[u8] =
        b"\x80\x02]q\0(}q\x01(X\x04\0\0\0Pathq\x02X\x06\0\0\0a.jsonq\x03X\x08\0\0\0Revision\
        q\x04X\x01\0\0\x001q\x05u}q\x06(h\x02X\x01\0\0\0bq\x07h\x04h\x05ue.";

    #[test]
    fn the_list_is_read_without_being_loaded() {
        let expected = Some(vec!["a.json".to_owned(), "b".to_owned()]);
        assert_eq!(paths(FOUR), expected);
        assert_eq!(paths(TWO), expected);
        assert_eq!(paths(b"\x80\x04]\x94."), Some(Vec::new()));
        assert_eq!(paths(b"cos\nsystem\n(S'id'\ntR."), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_damaged_list_is_read_or_refused(
            four: bool, cut in 0_usize..90, at in 0_usize..90, byte: u8
        ) {
            let mut bytes = if four { FOUR } else { TWO }.to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len().saturating_sub(cut));
            let _ = paths(&bytes);
        }
    }
}
