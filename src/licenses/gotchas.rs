//! The traps that license texts have set for other tools, each as a row. Texts are put together here
//! from phrases of the catalog and from the texts of the `spdx` crate.

use super::*;

/// The standard text with this id.
fn standard(id: &str) -> &'static str {
    spdx::license_id(id).expect("listed").text()
}

/// A text with the title and all phrases of an entry of the catalog, on one line.
fn composed(id: &str) -> String {
    let detect = &license(id).expect("listed").detect;
    let filling =
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt. ";
    let phrases = [&detect.must[..], &detect.phrases[..]].concat().join(&format!(". {filling}"));
    format!(
        "{} {} {phrases}. {}",
        detect.titles.first().map_or("", String::as_str),
        filling.repeat(2),
        filling.repeat(3)
    )
}

/// A clause that no license has, in words that no list of triggers knows all of.
const CLAUSE: &str = "Anyone with a fleet larger than nine vehicles sends the authors a postcard every spring \
    and names the vessel that carried it, which the authors then pin to the wall of their kitchen.";

#[track_caller]
fn check(text: &str, found: &str) {
    check_bytes(text.as_bytes(), found);
}

/// `found`: what the text is or refers to, in order, e.g. `whole mit, altered apache-2.0`.
#[track_caller]
fn check_bytes(text: &[u8], found: &str) {
    let matches = read(text, "LICENSE").matches;
    let told = matches.iter().filter(|found| found.how < How::Mention);
    let told: Vec<String> =
        told.map(|found| format!("{:?} {}", found.how, found.license.id).to_lowercase()).collect();
    assert_eq!(told.join(", "), found, "{matches:#?}");
}

#[test]
fn a_license_on_one_line() {
    check(&standard("CC-BY-NC-4.0").replace('\n', " "), "whole cc-by-nc-4.0");
    check(&standard("MIT").replace('\n', " "), "whole mit");
    check(&composed("llama3.2"), "whole llama3.2");
}

#[test]
fn apache_with_and_without_its_appendix() {
    let apache = standard("Apache-2.0");
    let (terms, appendix) = apache.split_once("END OF TERMS AND CONDITIONS").expect("an appendix");
    check(apache, "whole apache-2.0");
    check(terms, "whole apache-2.0");
    check(&terms[..terms.len() / 2], "cut apache-2.0");
    check(&format!("{terms}\n\n{CLAUSE}"), "altered apache-2.0");
    check(
        &format!(
            "{terms}END OF TERMS AND CONDITIONS{}",
            appendix.replace("[yyyy] [name of copyright owner]", "2024 Some Lab, Inc.")
        ),
        "whole apache-2.0",
    );
    check(standard("Pixar"), "whole Pixar".to_lowercase().as_str());
    let (front, back) = apache.split_at(apache.find("3. Grant of Patent").expect("a section"));
    check(&format!("{front}{CLAUSE}\n\n   {back}"), "altered apache-2.0");
    check(&apache.replace("irrevocable", "revocable"), "altered apache-2.0");
}

#[test]
fn licenses_built_on_ordinary_ones() {
    let (mit, apache, bsd) = (standard("MIT"), standard("Apache-2.0"), standard("BSD-3-Clause"));
    for (id, how) in [
        // of this one an edition is known, and the phrases alone are not all of it
        ("kimi-k2-modified-mit", "cut"),
        ("minimax-m2-modified-mit", "whole"),
        ("mistral-modified-mit", "whole"),
        ("gpt-2-modified-mit", "whole"),
    ] {
        let detect = &license(id).expect("listed").detect;
        check(&format!("{mit}\n\n{}", detect.phrases.join(". ")), &format!("{how} {id}"));
    }
    check(&format!("{mit}\n\n{CLAUSE}"), "altered mit");
    check(&format!("{mit}\n\nNot for military use."), "altered mit");
    check(&format!("{}\n{apache}", composed("falcon-llm-1.0")), "whole falcon-llm-1.0");
    let s_lab = bsd.replace(
        "Redistribution and use in source",
        "Redistribution and use for non-commercial purpose in source",
    );
    check(&format!("S-Lab License 1.0\n\n{s_lab}"), "whole s-lab-1.0");
    check(
        &bsd.replace("with or without modification", "without modification"),
        "altered bsd-3-clause",
    );
    check(&format!("{}\n\n{mit}", composed("commons-clause")), "whole commons-clause, whole mit");
}

#[test]
fn words_put_in_or_taken_out_change_a_license() {
    let mit = standard("MIT").split_whitespace().collect::<Vec<_>>().join(" ");
    // no word of these is the language of conditions
    let afar = "substantial portions of the Software, or wherever somebody talks to it from afar over a wire";
    check(&mit.replacen("substantial portions of the Software", afar, 1), "altered mit");
    check(&mit.replace("and/or sell copies of the Software, ", ""), "altered mit");
    let words: Vec<&str> = standard("CC-BY-4.0").split_whitespace().collect();
    let without =
        [&words[..1700], &words[1760..]].concat().join(" ").replace("Licensor", "Some Lab");
    check(&without, "altered cc-by-4.0");
}

#[test]
fn what_stands_around_a_license_does_not_change_it() {
    let (gpl, ofl) = (standard("LGPL-3.0-only"), standard("OFL-1.1"));
    let notice = "This library is free software: you can redistribute it and/or modify it under the terms of the \
        GNU Lesser General Public License as published by the Free Software Foundation, either version 3 of the \
        License, or (at your option) any later version.\n\nThis library is distributed in the hope that it will be \
        useful, but WITHOUT ANY WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS FOR A \
        PARTICULAR PURPOSE. See the GNU Lesser General Public License for more details.";
    check(&format!("{notice}\n\n{gpl}"), "whole lgpl-3.0");
    let fonts = "Copyright (c) 2024, Some Foundry, with no Reserved Font Name.\n\nThis Font Software is licensed \
        under the SIL Open Font License, Version 1.1. This license is copied below, and is also available with a \
        FAQ at: https://openfontlicense.org";
    let terms = &ofl[ofl.find("PREAMBLE").expect("a heading")..];
    check(&format!("{fonts}\n\nSIL OPEN FONT LICENSE Version 1.1\n\n{terms}"), "whole ofl-1.1");
    let page =
        format!("Attribution-NonCommercial 4.0 International\n\n{}", standard("CC-BY-NC-4.0"));
    check(&page, "whole cc-by-nc-4.0");
}

#[test]
fn a_heading_with_another_version_is_another_license() {
    let cpl = standard("CPL-1.0");
    check(cpl, "whole cpl-1.0");
    check(
        &cpl.replacen("v 1.0", "Version 0.5", 1).replacen("Version 1.0", "Version 0.5", 1),
        "altered cpl-1.0",
    );
    check(&format!("Some Model, version 3.1\n\n{}", standard("Apache-2.0")), "whole apache-2.0");
}

#[test]
fn two_licenses_in_one_file() {
    let (mit, apache) = (standard("MIT"), standard("Apache-2.0"));
    check(&format!("{mit}\n\n{apache}"), "whole mit, whole apache-2.0");
    check(
        &format!("{}\n\n{apache}", composed("llama2").repeat(3)),
        "whole llama2, whole apache-2.0",
    );
}

#[test]
fn versions_and_variants_are_told_apart() {
    for id in [
        "llama2",
        "llama3",
        "llama3.1",
        "llama3.2",
        "llama3.3",
        "llama4",
        "openmdw-1.0",
        "openmdw-1.1",
    ] {
        check(&composed(id), &format!("whole {id}"));
    }
    for id in [
        "gemma",
        "gemma-prohibited-use-policy",
        "qwen",
        "qwen-research",
        "tongyi-qianwen",
        "creativeml-openrail-m",
        "openrail++",
    ] {
        check(&composed(id), &format!("whole {id}"));
    }
    for (id, name) in [
        ("BSD-2-Clause", "bsd-2-clause"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("ISC", "isc"),
        ("X11", "x11"),
        ("GPL-2.0-only", "gpl-2.0"),
        ("GPL-3.0-or-later", "gpl-3.0"),
        ("LGPL-3.0-only", "lgpl-3.0"),
        ("CC-BY-4.0", "cc-by-4.0"),
        ("CC-BY-SA-4.0", "cc-by-sa-4.0"),
        ("CC-BY-NC-ND-4.0", "cc-by-nc-nd-4.0"),
        ("CC-BY-NC-SA-3.0", "cc-by-nc-sa-3.0"),
        ("JSON", "json"),
        ("ECL-2.0", "ecl-2.0"),
    ] {
        check(standard(id), &format!("whole {name}"));
    }
    let lgpl = standard("LGPL-3.0-only");
    let alone = &lgpl[..lgpl.find("GNU GENERAL PUBLIC LICENSE\n").expect("the GPL")];
    check(alone, "whole lgpl-3.0");
}

#[test]
fn a_version_that_nobody_knows_has_no_facts() {
    let future = composed("llama3.1").replace("3.1", "5");
    check(&future, "whole family-llama");
    check(&composed("qwen").replace("Qwen LICENSE", "Qwen 9 LICENSE"), "whole family-qwen");
    let matches = read(future.as_bytes(), "LICENSE").matches;
    let asked = [Use::Commercial, Use::Distill];
    let answers = answers(&[matches[0].license], &asked, Situation::default());
    assert!(answers.iter().all(|answer| answer.says == Says::Unclear));
}

#[test]
fn what_names_a_license_is_not_its_text() {
    check(
        "Please refer to license: https://github.com/facebookresearch/llama/blob/main/LICENSE",
        "reference llama2",
    );
    check("// SPDX-License-Identifier: Apache-2.0 OR MIT", "reference apache-2.0, reference mit");
    check("<!-- SPDX-License-Identifier: GPL-3.0-or-later -->", "reference gpl-3.0-or-later");
    check("Unlimited, permitted, submitted, committed: no license is meant.", "");
    check("This model is limited to permitted use. Submit requests in the usual form.", "");
    check(&"Neither limited nor permitted nor submitted words make a license. ".repeat(20), "");
    check(&composed("llama3.2-aup"), "whole llama3.2-aup");
}

#[test]
fn pages_languages_and_encodings() {
    let page = format!(
        "<!DOCTYPE html><html><head><title>x</title></head><body><nav>MIT License Apache License 2.0</nav><p>{}</p>\
         <footer>Apache License 2.0</footer></body></html>",
        composed("gemma")
            .replace("Gemma Terms of Use", "<b>Gemma</b>&nbsp;Terms of <a href=\"#\">Use</a>")
    );
    check(&page, "whole gemma");
    let chinese = format!(
        "Yi系列模型社区许可协议\n{}",
        "北京零一万物信息技术有限公司。我们提供模型。".repeat(20)
    );
    check(&chinese, "whole yi-license");
    let mit = standard("MIT");
    let utf16: Vec<u8> =
        [0xFEFF].into_iter().chain(mit.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    check_bytes(&utf16, "whole mit");
    check(&mit.replace('\n', "\r\n"), "whole mit");
    check(&mit.replace('\n', "\r"), "whole mit");
    check(&format!("> {}", mit.replace('\n', "\n> ")), "whole mit");
    check(&format!("/*\n * {}\n */", mit.replace('\n', "\n * ")), "whole mit");
    check(&mit.replace('"', "“"), "whole mit");
}

#[test]
fn a_right_that_is_taken_out_or_put_in_alters_a_license() {
    let mit = standard("MIT");
    check(&mit.replace("sublicense, and/or", "and/or"), "altered mit");
    check(&mit.replace("sublicense", "rent"), "altered mit");
    check(&mit.replace("free of charge", "for a fee"), "altered mit");
    check(&mit.replace("AUTHORS OR COPYRIGHT HOLDERS", "SOME LAB, INC."), "whole mit");
    let bsd = standard("BSD-3-Clause");
    check(
        &bsd.replace("with or without modification", "without modification"),
        "altered bsd-3-clause",
    );
    check(&bsd.replace("source and binary forms", "binary form"), "altered bsd-3-clause");
}

#[test]
fn a_huge_file_is_cut_and_said_to_be() {
    let text = format!("{}\n{}", standard("MIT"), "x ".repeat(1 << 20));
    let reading = read(text.as_bytes(), "LICENSE");
    assert!(reading.capped && reading.bytes == text.len() as u64);
    assert_eq!(reading.matches[0].license.id, "mit");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        read(&bytes, "LICENSE");
    }

    #[test]
    fn any_cut_and_any_flip_is_read(at in 0..1000_usize, byte in 0..=255_u8) {
        let mut mit = standard("MIT").as_bytes().to_vec();
        let at = at % mit.len();
        read(&mit[..at], "LICENSE");
        mit[at] = byte;
        read(&mit, "LICENSE");
    }
}
