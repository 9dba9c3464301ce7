//! Text as phrases are matched in it: without case, accents, and typographic marks.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Folded text that knows where each of its bytes comes from.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The folded text.
    pub(super) text: String,
    /// For every byte of it, the byte of the character it comes from; empty where they are the same.
    origins: Vec<u32>,
    /// Bytes of the text it comes from.
    len: usize,
}

impl Folded {
    /// Where a byte of the folded text comes from.
    pub(super) fn origin(&self, at: usize) -> usize {
        if self.origins.is_empty() && self.text.len() == self.len {
            return at;
        }
        self.origins.get(at).map_or(self.len, |origin| *origin as usize)
    }
}

/// Folds a text; a byte of ASCII stays a byte.
pub(super) fn fold(text: &str) -> Folded {
    if text.is_ascii() {
        let folded: Vec<u8> = text.bytes().map(ascii).collect();
        return Folded {
            text: String::from_utf8(folded).unwrap_or_default(),
            origins: Vec::new(),
            len: text.len(),
        };
    }
    let mut folded = Folded { len: text.len(), ..Folded::default() };
    for (at, c) in text.char_indices() {
        let origin = u32::try_from(at).unwrap_or(u32::MAX);
        let before = folded.text.len();
        match c {
            c if c.is_ascii() => folded.text.push(char::from(ascii(c as u8))),
            '‘' | '’' | '‚' | '`' | '´' | 'ʼ' => folded.text.push('\''),
            '“' | '”' | '„' | '«' | '»' => folded.text.push('"'),
            '‐'..='―' | '−' => folded.text.push('-'),
            'ß' => folded.text.push_str("ss"),
            'đ' | 'Đ' => folded.text.push('d'),
            'ı' => folded.text.push('i'),
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | 'ـ' => {}
            c if c.is_whitespace() => folded.text.push(' '),
            c if is_cjk(c) => folded.text.push(c),
            c => {
                let parts = std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part));
                folded.text.extend(parts.flat_map(char::to_lowercase));
            }
        }
        folded.origins.resize(folded.origins.len() + folded.text.len() - before, origin);
    }
    folded
}

/// Han, kana and Hangul, which are matched as they are, and anywhere in a run of their own.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}

fn ascii(byte: u8) -> u8 {
    match byte {
        b'\n' | b'\t' | b'\r' => b' ',
        b'`' => b'\'',
        byte => byte.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_off_what_does_not_matter() {
        check("Données d’Entraînement", "donnees d'entrainement");
        check("Straße – ＡＢ\u{a0}c", "strasse - ab c");
        check("ОБУЧЁН", "обучен");
        check("学習データ 학습", "学習データ 학습");
        check("إصدار", "اصدار");
        check("Dữ liệu Đào", "du lieu dao");
    }

    #[track_caller]
    fn check(text: &str, folded: &str) {
        assert_eq!(fold(text).text, folded);
    }

    #[test]
    fn places_lead_back() {
        let text = "Où est le Modèle?";
        let folded = fold(text);
        let at = folded.text.find("modele").unwrap();
        assert!(text[folded.origin(at)..].starts_with("Modèle"));
        assert_eq!(folded.origin(folded.text.len()), text.len());
        assert_eq!(fold("abc").origin(3), 3);
    }
}
