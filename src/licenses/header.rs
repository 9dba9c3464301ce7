//! What the comment at the top of a code file says of its license, in sentences.

use super::catalog::License;
use super::read::{self, How};
use super::spoken::named_in;

/// What a sentence says that puts a file under a license.
const GRANTS: [&str; 7] = [
    "licensed under",
    "subject to the terms of",
    "under the terms of",
    "released under",
    "distributed under the",
    "governed by",
    "available under",
];

/// How the texts begin that stand in comments as they are.
const TEXTS: [&str; 3] = [
    "redistribution and use in source and binary forms",
    "permission is hereby granted, free of charge",
    "permission to use, copy, modify, and",
];

/// The longest sentence that is looked at, in words.
const LONGEST: usize = 60;

/// The SPDX ids, or the ids of the catalog, of the licenses that the header of a code file states in
/// its sentences, each with the line, from 1, on which its sentence begins. A header that only points
/// to a file (`the license found in the LICENSE file`) states none.
///
/// ```
/// use weighbill::licenses::stated_in_header;
///
/// let header = "# Licensed under the Apache License, Version 2.0 (the \"License\");\n# you may not use";
/// assert_eq!(stated_in_header(header), [(1, "Apache-2.0".to_owned())]);
/// ```
pub fn stated_in_header(header: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let sentences = sentences(header);
    let begins = |sentence: &str| TEXTS.iter().any(|text| sentence.contains(text));
    if sentences.iter().any(|(_, sentence)| begins(&sentence.to_lowercase())) {
        found.extend(texts(header));
    }
    for (line, sentence) in sentences {
        let lower = sentence.to_lowercase();
        if sentence.split_whitespace().count() > LONGEST
            || !GRANTS.iter().any(|grant| lower.contains(grant))
        {
            continue;
        }
        let ids = match gnu(&lower) {
            Some(id) => vec![id],
            None => named_in(&sentence).into_iter().map(id).collect(),
        };
        for id in ids {
            if !found.iter().any(|(_, have)| *have == id) {
                found.push((line, id));
            }
        }
    }
    found
}

/// The licenses whose whole text stands in a comment.
fn texts(header: &str) -> Vec<(u32, String)> {
    let matches = read::read(header.as_bytes(), "NOTICE").matches;
    let whole = matches.into_iter().filter(|found| found.how == How::Whole);
    whole.map(|found| (found.line, id(found.license))).collect()
}

/// The SPDX id, else that of the catalog.
fn id(license: &License) -> String {
    license.spdx.clone().unwrap_or_else(|| license.id.clone())
}

/// The sentences of a comment without its marks, each with its first line.
fn sentences(header: &str) -> Vec<(u32, String)> {
    let mut all: Vec<(u32, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1..).zip(header.lines()) {
        let marks = |c: char| c.is_whitespace() || "#/*;%<!->\"'".contains(c);
        let line = line.trim_matches(marks);
        if line.is_empty() {
            open = false;
            continue;
        }
        // `v. 2.0` and `Inc.` end no sentence; a capital behind a full stop begins one
        for part in line.split_inclusive(". ") {
            match all.last_mut().filter(|_| open) {
                Some((_, sentence)) => {
                    sentence.push(' ');
                    sentence.push_str(part.trim());
                }
                None => all.push((number, part.trim().to_owned())),
            }
            let short = ["Inc.", " v.", " ver."].iter().any(|end| part.trim_end().ends_with(end));
            open = short || !part.trim_end().ends_with(['.', ';']);
        }
        // a license's grant goes on behind the semicolon of `GPL; either version 3`
        open |= line.ends_with(';') && line.contains("Foundation");
    }
    all
}

/// The id of the GNU license that a notice in the usual words names: `GNU Lesser General Public
/// License … either version 2.1 … or (at your option) any later version`.
fn gnu(lower: &str) -> Option<String> {
    let at = lower.find("general public license")?;
    let (front, back) = lower.split_at(at);
    let stem = match () {
        () if front.trim_end().ends_with("affero") => "AGPL",
        () if front.trim_end().ends_with("lesser") || front.trim_end().ends_with("library") => {
            "LGPL"
        }
        () => "GPL",
    };
    let version = ["version ", "v"].iter().find_map(|mark| {
        back.match_indices(mark).find_map(|(at, _)| {
            let rest = &back[at + mark.len()..];
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let version = rest[..end].trim_end_matches('.');
            version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_owned())
        })
    })?;
    let version = if version.contains('.') {
        version
    } else {
        format!("{version}.0")
    };
    let later = if back.contains("later version") || back.contains("or later") {
        "or-later"
    } else {
        "only"
    };
    let id = format!("{stem}-{version}-{later}");
    spdx::license_id(&id).map(|id| id.name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_they_stand_in_files() {
        check(
            "# coding=utf-8\n# Copyright 2024 Some Team. All rights reserved.\n#\n# Licensed under the Apache License, \
             Version 2.0 (the \"License\");\n# you may not use this file except in compliance with the License.",
            "4 Apache-2.0",
        );
        check(
            "/*\n * This program is free software: you can redistribute it and/or modify\n * it under the terms of the \
             GNU General Public License as published by\n * the Free Software Foundation, either version 3 of the \
             License, or\n * (at your option) any later version.\n */",
            "2 GPL-3.0-or-later",
        );
        check(
            "// This library is free software; you can redistribute it and/or\n// modify it under the terms of the GNU \
             Lesser General Public\n// License as published by the Free Software Foundation; either\n// version 2.1 of \
             the License, or (at your option) any later version.",
            "1 LGPL-2.1-or-later",
        );
        check("# under the terms of the GNU General Public License version 2.", "1 GPL-2.0-only");
        check(
            "# This source code is licensed under the license found in the\n# LICENSE file in the root directory of \
             this source tree.",
            "",
        );
        check(
            "# This source code is licensed under the MIT license found in the\n# LICENSE file in the root directory \
             of this source tree.",
            "1 MIT",
        );
        check(
            "# This Source Code Form is subject to the terms\n# Use of this source code is governed by a BSD-3-Clause \
             license that can be found in the LICENSE file.",
            "1 BSD-3-Clause",
        );
        check(
            "/* This Source Code Form is subject to the terms of the Mozilla Public\n * License, v. 2.0. If a copy of \
             the MPL was not distributed with this\n * file, You can obtain one at https://mozilla.org/MPL/2.0/. */",
            "1 MPL-2.0",
        );
        check(
            "// This program and the accompanying materials are made available under the\n// terms of the Eclipse \
             Public License v2.0 which accompanies this distribution.",
            "1 EPL-2.0",
        );
        check(
            "# This program is free software; you can redistribute it and/or modify it under the terms\n# of the GNU \
             Affero General Public License as published by the Free Software Foundation,\n# version 3.",
            "1 AGPL-3.0-only",
        );
        check(
            "// Use of this source code is governed by a BSD-style license\n// that can be found in the LICENSE file.",
            "",
        );
        check("import os\nprint('not licensed to anyone')\n", "");
        check("", "");
    }

    #[test]
    fn a_text_in_a_comment_is_stated() {
        for id in ["BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC", "HPND"] {
            let text = spdx::license_id(id).expect("listed").text();
            let slashes = format!("// {}\n\nint main() {{}}\n", text.replace('\n', "\n// "));
            let stars = format!("/*\n * {}\n */\n", text.replace('\n', "\n * "));
            for header in [slashes, stars] {
                let found = stated_in_header(&header);
                assert_eq!(found.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>(), [id]);
            }
        }
    }

    #[track_caller]
    fn check(header: &str, told: &str) {
        let found = stated_in_header(header);
        let found: Vec<String> = found.iter().map(|(line, id)| format!("{line} {id}")).collect();
        assert_eq!(found.join(", "), told, "{header}");
    }
}
