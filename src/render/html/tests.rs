use sha2::{Digest as _, Sha256};

use super::*;
use crate::render::sample;

pub(super) fn page(report: &Report, style: &Style) -> String {
    let mut out = Vec::new();
    write(report, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_policy_knows_its_style_and_script() {
    for (text, hash) in [(STYLE, STYLE_HASH), (SCRIPT, SCRIPT_HASH)] {
        assert_eq!(format!("sha256-{}", rows::base64(&Sha256::digest(text))), hash);
        // The text ends where its element does, whatever is in it.
        assert!(!text.contains("</"));
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = page(&sample::llama(), &Style::default());
    assert!(!page.contains("http://") && !page.contains("https://"));
    assert!(!page.contains(" style=") && !page.contains("javascript:"));
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("<style").count(), 1);
    assert!(page.ends_with("</script></body></html>\n"));
    let tiny = super::tests::page(&sample::tiny(), &Style::default());
    assert_eq!(tiny.matches("<script").count(), 1);
}

#[test]
fn frameworks_stand_side_by_side() {
    let page = page(&sample::llama(), &Style::default());
    for shown in [
        "Model Openness Framework",
        "European Open Source AI Index",
        "Five dimensions",
        "Annex XI 1(d)",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!super::tests::page(&sample::tiny(), &Style::default()).contains("Annex XI"));
}

#[test]
fn nothing_of_the_release_is_markup() {
    let page = page(&sample::hostile(), &Style::default());
    let body = page.replace(STYLE, "").replace(SCRIPT, "");
    for attack in ["<script>alert", "<img", "<svg onload", "<!--", "<summary>x"] {
        assert!(!body.contains(attack), "{attack}");
    }
    assert_eq!(body.matches("<script").count(), 2);
    let unseen = |c: &char| *c != '\n' && super::super::escape::is_unseen(*c);
    assert_eq!(body.chars().find(unseen), None);
}

#[test]
fn a_hundred_thousand_tensors_stay_small() {
    let page = page(&sample::large(), &Style::default());
    assert!(page.len() < 4_000_000, "{}", page.len());
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let style = Style { digests: true, ..Style::default() };
    assert!(page(&sample::llama(), &style) == page(&sample::llama(), &style));
}
