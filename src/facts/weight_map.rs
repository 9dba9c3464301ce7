//! Which shard holds which tensor, as an index says.

/// A map from tensors to shards: an index of a large model has hundreds of thousands of rows and a few
/// hundred shards, so that each shard's name is kept once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeightMap {
    /// By name, each once.
    rows: Vec<(Box<str>, u32)>,
    /// By name, each once, all of them used.
    shards: Vec<String>,
}

impl WeightMap {
    /// The rows in any order, each a tensor and its shard; and the first tensor that stood twice. Of two
    /// rows the later one holds, as loaders take it.
    pub fn of<T: Into<Box<str>>>(
        rows: impl IntoIterator<Item = (T, String)>,
    ) -> (Self, Option<Box<str>>) {
        let mut making = Making::default();
        for (tensor, shard) in rows {
            making.add(tensor.into(), &shard);
        }
        making.finish()
    }

    /// Tensors with their shards, by the tensors' names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rows.iter().map(|(tensor, shard)| (&**tensor, self.shards[*shard as usize].as_str()))
    }

    /// Tensors with the places of their shards in [`WeightMap::shards`], by the tensors' names.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.rows.iter().map(|(tensor, shard)| (&**tensor, *shard as usize))
    }

    /// The shard that a tensor is said to lie in.
    pub fn get(&self, tensor: &str) -> Option<&str> {
        let at = self.rows.binary_search_by(|(name, _)| (**name).cmp(tensor)).ok()?;
        Some(&self.shards[self.rows[at].1 as usize])
    }

    /// The shards named, each once, in order.
    pub fn shards(&self) -> &[String] {
        &self.shards
    }

    /// How many tensors are named.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no tensor is named.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A map in the making, row by row.
#[derive(Default)]
pub struct Making {
    rows: Vec<(Box<str>, u32)>,
    places: std::collections::BTreeMap<String, u32>,
    /// The last shard: most rows name that of the row before.
    last: Option<(String, u32)>,
}

impl Making {
    /// The next row.
    pub fn add(&mut self, tensor: Box<str>, shard: &str) {
        let place = match &self.last {
            Some((name, place)) if name == shard => *place,
            _ => {
                let next = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
                let place = *self.places.entry(shard.to_owned()).or_insert(next);
                self.last = Some((shard.to_owned(), place));
                place
            }
        };
        self.rows.push((tensor, place));
    }

    /// How many rows there are so far.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row yet.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The map, and the first tensor by name that stood twice.
    pub fn finish(mut self) -> (WeightMap, Option<Box<str>>) {
        let mut twice = None;
        if !self.rows.is_sorted_by(|a, b| a.0 < b.0) {
            self.rows.sort_by(|a, b| a.0.cmp(&b.0)); // stable: the later of two stays behind
            let mut kept: Vec<(Box<str>, u32)> = Vec::with_capacity(self.rows.len());
            for row in self.rows {
                match kept.last_mut() {
                    Some(last) if last.0 == row.0 => {
                        twice.get_or_insert_with(|| last.0.clone());
                        *last = row;
                    }
                    _ => kept.push(row),
                }
            }
            self.rows = kept;
        }
        // places by first use become places by name; a shard that only lost rows named is dropped
        let mut used = vec![false; self.places.len()];
        for (_, shard) in &self.rows {
            used[*shard as usize] = true;
        }
        let mut by_name = vec![0; used.len()];
        let mut shards = Vec::with_capacity(used.len());
        for (name, place) in self.places {
            if used[place as usize] {
                by_name[place as usize] = u32::try_from(shards.len()).unwrap_or(u32::MAX);
                shards.push(name);
            }
        }
        for (_, shard) in &mut self.rows {
            *shard = by_name[*shard as usize];
        }
        (WeightMap { rows: self.rows, shards }, twice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_rows_holds_and_is_told() {
        check(&[("b", "2"), ("a", "1")], "a:1 b:2", "1 2", None);
        check(&[("a", "2"), ("b", "1"), ("a", "1")], "a:1 b:1", "1", Some("a"));
        check(&[("a", "1"), ("a", "1")], "a:1", "1", Some("a"));
        check(&[], "", "", None);
    }

    #[track_caller]
    fn check(rows: &[(&str, &str)], map: &str, shards: &str, twice: Option<&str>) {
        let (made, double) = WeightMap::of(rows.iter().map(|(a, b)| (*a, (*b).to_owned())));
        let told: Vec<String> = made.iter().map(|(a, b)| format!("{a}:{b}")).collect();
        assert_eq!((told.join(" ").as_str(), made.shards().join(" ").as_str()), (map, shards));
        assert_eq!(double.as_deref(), twice);
        for (tensor, shard) in made.iter() {
            assert_eq!(made.get(tensor), Some(shard));
        }
        assert_eq!(made.get("zz"), None);
    }
}
