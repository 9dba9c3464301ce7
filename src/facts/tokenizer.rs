//! Vocabularies.

/// What a tokenizer file says of its ids. Of the tokens themselves, only those added are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokenizer {
    /// `BPE`, `WordPiece`, `Unigram`, `WordLevel`, where it is named.
    pub model: Option<String>,
    /// Entries of the vocabulary proper.
    pub vocabulary: u64,
    /// Tokens added beside it.
    pub added: u64,
    /// Those, by id and content, as many as a sensible tokenizer has; of `tokenizer.json` alone.
    pub marks: Vec<(u64, String)>,
    /// The highest id of either; `None` where there is no token at all.
    pub highest_id: Option<u64>,
}
