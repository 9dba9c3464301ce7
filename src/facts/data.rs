//! Files of rows.

/// Rows of data, told from the first bytes (and the last, where the format has both).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// `parquet`, `jsonl`, `arrow`, `csv`, `tsv`, `tar`, `tfrecord`, `mmap`; `.gz` or `.zst` behind
    /// it where the rows themselves are compressed and were not looked at.
    pub format: &'static str,
    /// Names of columns, of keys in the first row, or of a sample's parts, as far as they were seen.
    pub columns: Vec<String>,
    /// Rows, where the file says how many.
    pub rows: Option<u64>,
}
