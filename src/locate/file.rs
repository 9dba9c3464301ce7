//! One file: itself, and what cannot be read without it or it without them.

use std::{
    ffi::OsString,
    fs,
    io::BufReader,
    path::{Component, Path, PathBuf},
};

use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};

use super::{caches, hub_cache, name_of, parent_of};
use crate::{
    facts::{Release, Scope},
    words::Origin,
};

pub(super) fn release(asked: &Path) -> Release {
    let folder = parent_of(asked);
    let name = PathBuf::from(asked.file_name().unwrap_or(asked.as_os_str()));
    let is_index = name_of(asked).ends_with(".index.json");
    let mut files = vec![name.clone()];
    if is_index {
        files.extend(shards(asked));
    } else {
        files.extend(companions(&folder, &name));
    }
    files.sort();
    files.dedup();
    let snapshot = hub_cache::snapshot_around(&folder);
    let cached = caches::file(asked).filter(|_| snapshot.is_none()).unwrap_or_default();
    let plain = if is_index {
        Origin::IndexFile
    } else {
        Origin::WeightFile
    };
    Release {
        name: name_of(asked),
        origin: cached.origin.unwrap_or(plain),
        repo_id: snapshot.as_ref().map_or(cached.repo_id, |it| it.repo_id.clone()),
        revision: snapshot.as_ref().map_or(cached.revision, |it| it.revision.clone()),
        commit: snapshot.as_ref().and_then(|it| it.commit.clone()),
        bounds: snapshot.map_or_else(|| bounds_of(asked, &folder), |it| it.bounds),
        root: folder,
        scope: Scope::Files(files),
    }
}

/// A file named outright may be a link to anywhere: naming it is leave to follow it.
fn bounds_of(asked: &Path, folder: &Path) -> Vec<PathBuf> {
    let target = asked.canonicalize().ok().and_then(|it| it.parent().map(Path::to_owned));
    [Some(folder.to_owned()), target].into_iter().flatten().collect()
}

/// The other parts of a split file, external data beside it, and its `.json` twin.
fn companions(folder: &Path, name: &Path) -> Vec<PathBuf> {
    let text = name.to_string_lossy();
    let stem = text.rsplit_once('.').map_or(&*text, |(stem, _)| stem);
    let mut wanted = vec![
        format!("{text}_data"),
        format!("{text}.data"),
        format!("{stem}.onnx_data"),
        format!("{stem}.json"),
        format!("{text}.json"),
        format!("{text}.etag"),
    ];
    match text.rsplit_once('.').map(|(_, ending)| ending) {
        Some("xml") => wanted.push(format!("{stem}.bin")),
        Some("bin") => wanted.push(format!("{stem}.xml")),
        _ => {}
    }
    let is_part = part_pattern(&text);
    let listed = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let names = listed.map(|entry| entry.file_name());
    let mine = |other: &OsString| {
        let other = other.to_string_lossy();
        wanted.iter().any(|it| *it == other)
            || is_part.as_ref().is_some_and(|(front, back)| is_part_of(&other, front, back))
            || (text.ends_with(".index") && other.starts_with(&format!("{stem}.data-")))
    };
    names.filter(mine).map(PathBuf::from).collect()
}

/// `model-00001-of-00002.safetensors` is `model-`, five digits, `-of-00002.safetensors`.
fn part_pattern(name: &str) -> Option<(String, String)> {
    let of = name.find("-of-")?;
    let (front, back) = name.split_at(of);
    let digits = front.bytes().rev().take_while(u8::is_ascii_digit).count();
    let count = back["-of-".len()..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0 && count > 0).then(|| (front[..front.len() - digits].to_owned(), back.to_owned()))
}

fn is_part_of(name: &str, front: &str, back: &str) -> bool {
    let number = name.strip_prefix(front).and_then(|rest| rest.strip_suffix(back));
    number.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()))
}

/// The shards that an index names, as far as it can be parsed and they lie below its folder.
fn shards(index: &Path) -> Vec<PathBuf> {
    let Ok(file) = fs::File::open(index) else {
        return Vec::new();
    };
    let mut found = Shards(Vec::new());
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(file));
    let _ = json.deserialize_map(&mut found); // the reader says later what is wrong with it
    found.0.into_iter().map(PathBuf::from).filter(|path| is_below(path)).collect()
}

fn is_below(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}

/// Collects the values of `weight_map`, each once, without keeping the names.
struct Shards(Vec<String>);

impl<'de> Visitor<'de> for &mut Shards {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("an index of shards")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "weight_map" {
                map.next_value_seed(WeightMap(&mut self.0))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct WeightMap<'a>(&'a mut Vec<String>);

impl<'de> serde::de::DeserializeSeed<'de> for WeightMap<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WeightMap<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("tensor names and their shards")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some((_, shard)) = map.next_entry::<IgnoredAny, String>()? {
            if self.0.last() != Some(&shard) && !self.0.contains(&shard) {
                self.0.push(shard);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_share_all_but_their_number() {
        check("m-00001-of-00002.gguf", "m-00002-of-00002.gguf", true);
        check("m-00001-of-00002.gguf", "m-00002-of-00003.gguf", false);
        check("m-00001-of-00002.gguf", "n-00002-of-00002.gguf", false);
        check("m-00001-of-00002.gguf", "m--of-00002.gguf", false);
    }

    #[track_caller]
    fn check(name: &str, other: &str, part: bool) {
        let (front, back) = part_pattern(name).expect("a part");
        assert_eq!(is_part_of(other, &front, &back), part);
    }

    #[test]
    fn names_without_a_count_have_no_parts() {
        assert_eq!(part_pattern("model.safetensors"), None);
        assert_eq!(part_pattern("best-of-breed.bin"), None);
    }
}
