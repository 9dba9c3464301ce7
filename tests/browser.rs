//! The page of HTML in a real browser: no complaint on its console, and its tables work.
//!
//! Runs where Chromium and its driver are installed; where `CI` is set they have to be.

#[path = "support/sample.rs"]
mod sample;
#[path = "support/webdriver.rs"]
mod webdriver;

use std::{fs, path::PathBuf};

use serde_json::json;
use weighbill::{
    render::{self, OUTPUTS, Style},
    report::Report,
};

use webdriver::Browser;

/// Writes a report's page, and says where.
fn page(name: &str, report: &Report, style: &Style) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let html = render::named(OUTPUTS, "html").expect("a row of the table");
    let mut out = Vec::new();
    (html.write)(report, style, &mut out).expect("memory takes it");
    fs::write(&path, out).expect("a folder of the build");
    path
}

/// Opens pages one after another, so that one browser serves all.
#[test]
fn pages_open_sort_filter_and_print() {
    let style = Style { digests: true, ..Style::default() };
    let mut busy = sample::llama();
    busy.findings.extend(sample::hostile().findings.into_iter().take(26));
    let llama = page("llama.html", &busy, &style);
    let tiny = page("tiny.html", &sample::tiny(), &Style::default());
    let hostile = page("hostile.html", &sample::hostile(), &style);
    let large = page("large.html", &sample::large(), &Style::default());
    let Some(mut browser) = Browser::start() else {
        return;
    };

    browser.open(&llama);
    filters_and_sorts(&mut browser);
    moves_by_keyboard(&mut browser);
    prints(&mut browser);
    assert_eq!(browser.complaints(), "");

    for path in [&tiny, &hostile] {
        browser.open(path);
        assert_eq!(browser.run("return document.documentElement.dataset.ready"), "yes");
        assert_eq!(browser.run("return window.owned"), json!(null));
        let strays = "return document.querySelectorAll('img, iframe, base, form, [onload]').length";
        assert_eq!(browser.run(strays), 0);
        assert_eq!(browser.complaints(), "");
    }

    browser.open(&large);
    assert_eq!(
        browser.run("return document.querySelector('#every output').textContent"),
        "100,002 of 100,002 tensors"
    );
    let nodes = browser.run("return document.querySelectorAll('#every .body .row').length");
    assert!(nodes.as_u64().unwrap() < 100, "{nodes}");
    let ready = browser.run("return Math.round(performance.now())");
    assert!(ready.as_u64().unwrap() < 10_000, "ready after {ready} ms");
    assert_eq!(browser.complaints(), "");
}

fn filters_and_sorts(browser: &mut Browser) {
    let filtered = "
        const field = document.querySelector('#every input');
        field.value = 'layers.3. q_proj';
        field.dispatchEvent(new Event('input'));
        return [document.querySelector('#every output').textContent,
                document.querySelector('#every .body .row code').textContent];";
    let name = "model.layers.3.self_attn.q_proj.weight";
    assert_eq!(browser.run(filtered), json!(["1 of 291 tensors", name]));
    let sorted = "
        const field = document.querySelector('#every input');
        field.value = '';
        field.dispatchEvent(new Event('input'));
        const bytes = [...document.querySelectorAll('#every .sort')].find((it) => it.textContent === 'bytes');
        bytes.click(); bytes.click();
        return [bytes.parentElement.getAttribute('aria-sort'),
                document.querySelector('#every .body .row').textContent.includes('262.14 MB')];";
    assert_eq!(browser.run(sorted), json!(["descending", true]));
    let findings = "
        const table = document.querySelector('table.findings');
        const field = table.closest('section').querySelector('input');
        field.value = 'medium open-source';
        field.dispatchEvent(new Event('input'));
        const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden).length;
        field.value = '';
        field.dispatchEvent(new Event('input'));
        return shown;";
    assert_eq!(browser.run(findings), 1);
    let files = "
        const table = document.querySelector('table.files');
        [...table.querySelectorAll('.sort')].find((it) => it.textContent === 'Bytes').click();
        return [table.rows.length, table.tBodies[0].rows[0].cells[0].textContent];";
    assert_eq!(browser.run(files), json!([10, "generation_config.json"]));
}

fn moves_by_keyboard(browser: &mut Browser) {
    let moved = "
        const body = document.querySelector('#every .body');
        body.focus();
        for (const key of ['End', 'ArrowUp', 'Home', 'ArrowDown'])
            body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        const said = document.querySelector('#every .picked').textContent;
        return [document.activeElement === body, said.includes('sha256'), document.querySelectorAll('.row.here').length];";
    assert_eq!(browser.run(moved), json!([true, true, 1]));
}

fn prints(browser: &mut Browser) {
    let pdf = browser.print();
    assert!(pdf.starts_with("JVBERi"), "a PDF, as base64");
    assert!(pdf.len() > 20_000);
}
