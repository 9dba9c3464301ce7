//! What the names of files count: `model-00001-of-00003` is a part of three.

/// How a name counts its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parts {
    /// Not at all.
    One,
    /// `-00001-of-00003`: how many there are.
    Of(u64),
    /// An index lists them.
    Indexed,
    /// `consolidated.00`: slices, if there are several.
    Slices,
    /// A number that may count parts or stages.
    Perhaps,
}

/// A file's name without its extension and the number of its part.
pub(super) fn stem(name: &str) -> (String, Parts) {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    if let Some((stem, _)) = name.split_once(".data-") {
        return (stem.to_owned(), Parts::One);
    }
    let mut stem = match name.rfind('.') {
        Some(dot) if dot > 0 && !name[dot + 1..].bytes().all(|it| it.is_ascii_digit()) => {
            &name[..dot]
        }
        _ => name,
    };
    // `model-00001-of-00002.bin.index` and the like.
    while let Some(shorter) = [".index", ".bin", ".h5", ".onnx", ".weights"]
        .iter()
        .find_map(|end| stem.strip_suffix(end))
    {
        stem = shorter;
    }
    if let Some((head, total)) = stem.rsplit_once("-of-") {
        let (total, variant) = total.split_at(digits_at_start(total));
        let first = head.trim_end_matches(|it: char| it.is_ascii_digit());
        if first.len() < head.len()
            && let Ok(total) = total.parse()
        {
            let stem = first.trim_end_matches(['-', '_', '.']);
            return (format!("{stem}{variant}"), Parts::Of(total));
        }
    }
    if let Some(number) = stem.strip_prefix("consolidated.")
        && number.bytes().all(|it| it.is_ascii_digit())
    {
        return ("consolidated".to_owned(), Parts::Slices);
    }
    if let Some(rest) = stem.strip_prefix("mp_rank_") {
        let name = rest.trim_start_matches(|it: char| it.is_ascii_digit());
        return (format!("mp_rank{name}"), Parts::Slices);
    }
    let bare = stem.trim_end_matches(|it: char| it.is_ascii_digit());
    let bare = bare.strip_suffix(['-', '_', '.']).filter(|_| bare.len() < stem.len());
    match bare {
        Some(bare) if !bare.is_empty() => (bare.to_owned(), Parts::Perhaps),
        _ => (stem.to_owned(), Parts::One),
    }
}

/// The stem, the number and the total of a name such as `model-00001-of-00003.safetensors`.
pub(crate) fn numbering(name: &str) -> Option<(String, u64, u64)> {
    let (stem, Parts::Of(total)) = stem(name) else {
        return None;
    };
    let (head, _) = name.rsplit_once("-of-")?;
    let number = head.rsplit(|it: char| !it.is_ascii_digit()).next()?.parse().ok()?;
    Some((stem, number, total))
}

fn digits_at_start(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_without_their_numbers() {
        stems("model-00001-of-00003.safetensors", "model", Parts::Of(3));
        stems("model.fp16-00001-of-00002.safetensors", "model.fp16", Parts::Of(2));
        stems("pytorch_model_00001-of-00046.bin", "pytorch_model", Parts::Of(46));
        stems("model-7b-Q4_K_M-00001-of-00002.gguf", "model-7b-Q4_K_M", Parts::Of(2));
        stems("diffusion_pytorch_model.non_ema.bin", "diffusion_pytorch_model.non_ema", Parts::One);
        stems("consolidated.07.pth", "consolidated", Parts::Slices);
        stems("consolidated.safetensors", "consolidated", Parts::One);
        stems("mp_rank_03_model_states.pt", "mp_rank_model_states", Parts::Slices);
        stems("model.ckpt-100.index", "model.ckpt", Parts::Perhaps);
        stems("layer-12.safetensors", "layer", Parts::Perhaps);
        stems("00001.safetensors", "00001", Parts::One);
        stems(".safetensors", ".safetensors", Parts::One);
        stems("x-of-y", "x-of-y", Parts::One);
        stems("-of-", "-of-", Parts::One);
    }

    #[track_caller]
    fn stems(name: &str, expected: &str, parts: Parts) {
        assert_eq!(stem(name), (expected.to_owned(), parts));
    }
}
